"""One call: its whole story, live or over."""

import asyncio
import re
from typing import Any, Final

from quart import Blueprint, abort, request
from quart.templating import render_template

from callcenter.domain.events import EVENTS
from callcenter.domain.people import Role
from callcenter.storage.history import AmbiguousCall
from callcenter.storage.story import Stories
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import BY_ITSELF, me, requires

LOOK_AGAIN_SECONDS: Final = 0.1
MOST_LOOKS: Final = 50
"""The wallboard is told of a call a moment before the record has it."""

SLOW_MS: Final = 1_500
"""An answer that takes longer is marked: callers notice."""


def pages(desk: ConsoleDesk) -> Blueprint:
    """The page, and its timeline alone: what a live page asks for again."""
    routes = Blueprint("call", __name__, url_prefix="/calls")
    routes.add_app_template_filter(_words, "words")
    stories = Stories(desk.database)

    @routes.get("/<call_id>")
    @requires(Role.OPERATOR)
    async def page(call_id: str) -> str:
        call = await _story(desk, stories, call_id)
        await desk.audit.note(me().name, "call.read", call["id"])
        return await render_template(
            "call.html", call=call, drawn=_drawn(call), kinds=" ".join(EVENTS)
        )

    @routes.get("/<call_id>/timeline")
    @requires(Role.OPERATOR)
    async def timeline(call_id: str) -> str:
        if BY_ITSELF not in request.headers:  # the page has said that it is read
            abort(404)
        call = await _story(desk, stories, call_id)
        return await render_template("_story.html", call=call, drawn=_drawn(call))

    return routes


async def _story(desk: ConsoleDesk, stories: Stories, call_id: str) -> dict[str, Any]:
    call = await _known(stories, call_id)
    for _ in range(MOST_LOOKS):
        if call or call_id not in desk.live.wall.calls:
            break
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        call = await _known(stories, call_id)
    return call or abort(404)


async def _known(stories: Stories, call_id: str) -> dict[str, Any] | None:
    try:
        call = await stories.tell(call_id)
    except AmbiguousCall:
        return None
    return call if call and call_id in {call["id"], call["call_sid"]} else None


def _words(kind: str) -> str:
    """A fact's name as people write: SupervisorTookOver, Supervisor took over."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kind).capitalize()


def _drawn(call: dict[str, Any]) -> dict[str, Any]:
    """What the page draws: the answers' latencies, and where recordings lie."""
    measured = [one for one in call["timeline"] if one.get("latency_ms") is not None]
    longest = max([one["latency_ms"] for one in measured], default=0)
    recorded = [one for one in call["timeline"] if one["fact"] == "RecordingStarted"]
    return {
        "latencies": [
            {
                "sequence": one["sequence"],
                "at_ms": one["ms"],
                "ms": one["latency_ms"],
                "slow": one["latency_ms"] > SLOW_MS,
            }
            for one in measured
        ],
        "longest_ms": longest,
        "recordings": [
            {"name": str(one["path"]).rpartition("/")[2], "ms": one["ms"]}
            for one in recorded
        ],
    }
