"""Calls over the API: lists, and what was said and done in one."""

from typing import Any, Final

from pydantic import Field

from callcenter.domain.outcomes import Disposition
from callcenter.domain.scopes import Scope
from callcenter.storage.filters import Which
from callcenter.storage.history import AmbiguousCall
from callcenter.storage.search import CallSearch
from callcenter.web.api import call_shapes as shapes
from callcenter.web.api.answers import ApiError, not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import Moment, Page, Word, cursor_of, place_of

TAG: Final = "calls"
ONE: Final = "/calls/<call_id>"
READ: Final = Scope.CALLS_READ

LONGEST: Final = 10_000_000
"""Seconds; a call of four months."""


class CallQuery(Page):
    """Which calls; all that is given must fit."""

    since: Moment | None = Field(default=None, description="Began then or later.")
    until: Moment | None = Field(default=None, description="Began before that.")
    disposition: Disposition | None = None
    agent: Word = Field(default="", description="An agent whom the caller met.")
    operator: Word = Field(default="", description="Who talked to the caller last.")
    caller: Word = Field(default="", description="The caller's number, as in +4755…")
    min_seconds: int | None = Field(default=None, ge=0, le=LONGEST)
    max_seconds: int | None = Field(default=None, ge=0, le=LONGEST)
    recorded: bool | None = None
    voicemail: bool | None = None
    escalated: bool | None = None
    tool_failed: bool | None = None
    text: Word = Field(default="", description="Words that were said.")


async def call_of(desk: ApiDesk, call_id: str) -> dict[str, Any]:
    """Everything of a call: by its whole id or CallSid, for a program guesses nothing.

    Raises ApiError.
    """
    try:
        found = await desk.history.show_call(call_id)
    except AmbiguousCall:
        found = None
    if found is None or call_id not in {found["id"], found["call_sid"]}:
        raise not_found("call")
    return found


def calls(api: Endpoints, desk: ApiDesk) -> None:  # one view each
    """Declare the operations."""
    search = CallSearch(desk.database)

    async def whole(call_id: str, act: str) -> dict[str, Any]:
        found = await call_of(desk, call_id)
        await desk.audit.note(visitor().name, act, found["id"])
        return found

    @api.add(Operation("GET", "/calls", TAG, READ, shapes.CallPage, query=CallQuery))
    async def list_calls(query: CallQuery) -> object:
        """Calls, the newest first."""
        chosen = query.model_dump(exclude={"limit", "cursor", "caller"})
        which = Which(**chosen, caller_number=query.caller)
        after = place_of(query.cursor, tuple[int])[0] if query.cursor else None
        if after is not None and not 0 <= after < 2**62:
            raise ApiError(422, "It is no cursor of ours.", field="cursor")
        page = await search.page(
            which, limit=query.limit, after=None if after is None else f"{after:x}"
        )
        await desk.audit.note(visitor().name, "calls.list", "calls")
        following = None if page.next is None else cursor_of(int(page.next, 16))
        return {"items": page.calls, "next": following}

    @api.add(Operation("GET", ONE, TAG, READ, shapes.WholeCall))
    async def get_call(call_id: str) -> object:
        """Everything of one call, by its id or CallSid."""
        return await whole(call_id, "call.read")

    @api.add(Operation("GET", f"{ONE}/turns", TAG, READ, shapes.Turns))
    async def get_turns(call_id: str) -> object:
        """What was said, as it was heard."""
        return {"items": (await whole(call_id, "call.read"))["turns"]}

    @api.add(Operation("GET", f"{ONE}/tool-calls", TAG, READ, shapes.ToolCalls))
    async def get_tool_calls(call_id: str) -> object:
        """What agents had done."""
        return {"items": (await whole(call_id, "call.read"))["tool_calls"]}

    @api.add(Operation("GET", f"{ONE}/escalations", TAG, READ, shapes.Escalations))
    async def get_escalations(call_id: str) -> object:
        """Which operators were tried, and how each try ended."""
        return {"items": (await whole(call_id, "call.read"))["escalations"]}
