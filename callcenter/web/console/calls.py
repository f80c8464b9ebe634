"""The history of calls: what was said, by whom, what became of it; and views of it.

The address is the question: whoever has it asks the same.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from quart import Blueprint, abort, request
from quart.templating import render_template
from werkzeug.wrappers import Response

from callcenter.domain.outcomes import Disposition
from callcenter.domain.people import Role
from callcenter.errors import StorageError
from callcenter.storage.filters import BadFilter, Which
from callcenter.storage.saved_views import SavedViews
from callcenter.storage.search import CallSearch
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me, requires
from callcenter.web.console.said import back_to, told

HERE: Final = "/console/calls"
SPANS: Final[Mapping[str, tuple[str, timedelta]]] = {
    "day": ("the last 24 hours", timedelta(days=1)),
    "week": ("the last 7 days", timedelta(days=7)),
    "month": ("the last 30 days", timedelta(days=30)),
}
TEXTS: Final = ("text", "agent", "operator", "caller_number", "disposition")
NUMBERS: Final = ("min_seconds", "max_seconds", "min_cost_usd", "max_cost_usd")
MARKS: Final = ("recorded", "voicemail", "escalated", "tool_failed")
DAYS: Final = ("from", "to")
KNOWN: Final = ("span", *TEXTS, *NUMBERS, *MARKS, *DAYS)
MOST_LETTERS: Final = 200


def pages(desk: ConsoleDesk) -> Blueprint:
    """The list, and what is kept of its questions."""
    routes = Blueprint("calls", __name__, url_prefix="/calls")
    search, views = CallSearch(desk.database), SavedViews(desk.database)

    @routes.get("")
    @requires(Role.OPERATOR)
    async def list_() -> str | tuple[str, int]:
        asked = asked_for(request.args)
        problem, page = "", None
        try:
            which = which_calls(asked, desk)
            page = await search.page(which, after=request.args.get("after") or None)
        except BadFilter as error:
            problem = str(error)
        shown = await render_template(
            "calls.html",
            asked=asked,
            page=page,
            problem=problem,
            spans=SPANS,
            dispositions=list(Disposition),
            roster=desk.floor.house.rosters.current(),
            views=await views.of(me().name),
            same=urlencode(asked),
            address_of=_address_of,
            said=told(),
        )
        return (shown, 400) if problem else shown

    @routes.post("/views")
    @requires(Role.OPERATOR)
    async def save() -> Response:
        asked = asked_for(await request.form)
        try:
            which = which_calls(asked, desk)
            name = await field("name")
            await views.save(me().name, name, which, desk.clock.now())
        except BadFilter:
            abort(400)
        except StorageError:  # a name that is none, or too many views
            return back_to(f"{HERE}?{urlencode(asked)}", "not_saved")
        return back_to(f"{HERE}?{urlencode(asked)}", "saved")

    @routes.post("/views/remove")
    @requires(Role.OPERATOR)
    async def remove() -> Response:
        gone = await views.remove(me().name, await field("name"))
        return back_to(HERE, "removed" if gone else "unchanged")

    return routes


def which_calls(asked: Mapping[str, str], desk: ConsoleDesk) -> Which:
    """What an address asks for. Raises BadFilter."""
    filters: dict[str, Any] = {
        name: asked[name] for name in (*TEXTS, *NUMBERS) if name in asked
    }
    filters |= {name: asked[name] == "yes" for name in MARKS if name in asked}
    if span := SPANS.get(asked.get("span", "")):
        filters["since"] = (desk.clock.now() - span[1]).isoformat()
    zone = desk.house.zone
    for name, filter_, later in (("from", "since", 0), ("to", "until", 1)):
        if name in asked:
            try:
                day = datetime.fromisoformat(asked[name]) + timedelta(days=later)
            except (ValueError, OverflowError) as error:
                raise BadFilter(f"{asked[name]!r} is no day.") from error
            filters[filter_] = day.replace(tzinfo=day.tzinfo or zone).isoformat()
    return Which.of(filters)


def _address_of(filters: Mapping[str, Any]) -> str:
    """What a saved view asks, as an address does."""
    marks = {True: "yes", False: "no"}
    asked = {
        name: marks[value] if isinstance(value, bool) else value
        for name, value in filters.items()
    }
    days = {"since": "from", "until": "to"}
    return urlencode({days.get(name, name): value for name, value in asked.items()})


def asked_for(given: Mapping[str, str]) -> dict[str, str]:
    """What an address or a form asks for: known names with something in them."""
    return {
        name: value[:MOST_LETTERS]
        for name in KNOWN
        if (value := given.get(name, "").strip())
    }
