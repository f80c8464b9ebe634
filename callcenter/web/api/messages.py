"""What callers left for the people of the house: spoken, written, or to be rung for."""

from datetime import datetime
from typing import Final

from pydantic import BaseModel, Field

from callcenter.domain.callbacks import CallbackState
from callcenter.domain.scopes import Scope
from callcenter.storage.summaries import messages as written_messages, wished_callbacks
from callcenter.storage.voicemails import voicemails
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Endpoints, Operation, Query
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import MOST, USUAL

TAG: Final = "messages"
READ: Final = Scope.MESSAGES_READ


class VoicemailAnswer(BaseModel):
    """A message in the caller's own voice, kept by the carrier."""

    recording_sid: str
    at: datetime
    seconds: int | None
    text: str = Field(description="As the carrier wrote it down; empty until then.")
    call_id: str
    caller_number: str


class VoicemailList(BaseModel):
    """The newest first."""

    items: list[VoicemailAnswer]


class MessageAnswer(BaseModel):
    """A message that an agent wrote down."""

    at: datetime
    text: str
    call_id: str
    caller_number: str


class MessageList(BaseModel):
    """The newest first."""

    items: list[MessageAnswer]


class CallbackAnswer(BaseModel):
    """A wish to be called back."""

    id: str
    call_id: str
    caller_number: str = Field(description="The number that is dialled.")
    asked_at: datetime
    wanted: str = Field(description="When, in the caller's words.")
    due_at: datetime
    promised_at: datetime
    reason: str
    topic: str
    state: str
    tries: int
    settled_at: datetime | None
    why: str = Field(description="Why it ended as it did.")


class CallbackList(BaseModel):
    """The newest first."""

    items: list[CallbackAnswer]


class LastQuery(Query):
    """How many."""

    limit: int = Field(default=USUAL, ge=1, le=MOST)


class CallbackQuery(LastQuery):
    """Which wishes."""

    state: CallbackState | None = None


def messages(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    @api.add(Operation("GET", "/voicemails", TAG, READ, VoicemailList, query=LastQuery))
    async def list_voicemails(query: LastQuery) -> object:
        """What callers said after the tone."""
        await desk.audit.note(visitor().name, "voicemails.list", "voicemails")
        return {"items": await voicemails(desk.database, query.limit)}

    @api.add(Operation("GET", "/messages", TAG, READ, MessageList, query=LastQuery))
    async def list_messages(query: LastQuery) -> object:
        """What agents wrote down for the house."""
        await desk.audit.note(visitor().name, "messages.list", "messages")
        return {"items": await written_messages(desk.database, query.limit)}

    @api.add(
        Operation("GET", "/callbacks", TAG, READ, CallbackList, query=CallbackQuery)
    )
    async def list_callbacks(query: CallbackQuery) -> object:
        """Who wants to be called back, and what has come of it."""
        await desk.audit.note(visitor().name, "callbacks.list", "callbacks")
        found = await wished_callbacks(desk.database, query.limit, query.state)
        return {"items": found}
