"""What goes on now, at all nodes: the first page, and the stream that keeps it so."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final

from quart import Blueprint, Response, abort
from quart.templating import render_template

from callcenter.domain.ids import CallId
from callcenter.domain.people import Person, Role
from callcenter.errors import StorageError
from callcenter.web.console import board
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import Doorkeeper, doorkeeper, me, requires

BEAT_SECONDS: Final = 0.5
"""Between two updates of a page, at least."""

BEATS_OF_SILENCE: Final = 30
"""Then something is said, so that proxies keep the connection."""

BEATS_OF_TRUST: Final = 8
"""So often a stream asks whether its session still is one."""

MOST_STREAMS: Final = 100
"""Of one node: each is a connection."""


@dataclass(slots=True)
class Screen:
    """What one page shows: so that it is told nothing twice."""

    person: Person
    revision: int = -1
    slow: int = -1
    shown: set[CallId] = field(default_factory=set)
    cards: dict[str, Any] = field(default_factory=dict)


def pages(desk: ConsoleDesk) -> Blueprint:
    """The first page."""
    routes = Blueprint("wallboard", __name__)
    figures = board.day_cards(desk.rules.answer_goal_s)

    @routes.get("")
    @requires(Role.VIEWER)
    async def wallboard() -> str:
        return await render_template(
            "wallboard.html",
            now_cards=board.NOW_CARDS,
            day_cards=figures,
            model_cards=board.MODEL_CARDS,
            zone=desk.rules.house_zone,
        )

    @routes.get("/board/stream")
    @requires(Role.VIEWER)
    async def stream() -> Response:
        if desk.live.looking >= MOST_STREAMS:
            abort(503)
        keeper = doorkeeper()
        told = _told(desk, Screen(me()), figures, keeper, keeper.token())
        answer = Response(told, content_type="text/event-stream; charset=utf-8")
        answer.headers["X-Accel-Buffering"] = "no"
        answer.timeout = None
        return answer

    return routes


async def _told(
    desk: ConsoleDesk,
    screen: Screen,
    figures: tuple[board.Figure, ...],
    keeper: Doorkeeper,
    token: str,
) -> AsyncIterator[bytes]:
    beat = silent = 0
    with desk.live.look():
        while True:
            asks = beat % BEATS_OF_TRUST == BEATS_OF_TRUST - 1
            if asks and not await _still(keeper, token):
                yield b"event: over\ndata: {}\n\n"
                return
            if changes := update(desk, screen, figures):
                silent = 0
                yield b"event: board\ndata: " + json.dumps(changes).encode() + b"\n\n"
            elif (silent := silent + 1) % BEATS_OF_SILENCE == 0:
                yield b": still here\n\n"
            beat += 1
            await asyncio.sleep(BEAT_SECONDS)


async def _still(keeper: Doorkeeper, token: str) -> bool:
    try:
        return await keeper.still(token, Role.VIEWER)
    except StorageError:  # nobody is thrown out because the database is away
        return True


def update(
    desk: ConsoleDesk, screen: Screen, figures: tuple[board.Figure, ...]
) -> dict[str, Any]:
    """What is different on this page since the last time; empty when nothing is."""
    wall, now = desk.live.wall, desk.clock.now()
    changes: dict[str, Any] = {}
    if wall.revision != screen.revision:
        changed = wall.changed_since(screen.revision)
        if changed:
            changes["calls"] = [board.of_call(one, screen.person) for one in changed]
        if gone := screen.shown - wall.calls.keys():
            changes["gone"] = sorted(gone)
        screen.shown = set(wall.calls)
        screen.revision = wall.revision
    if desk.live.slow.revision != screen.slow:
        screen.slow = desk.live.slow.revision
        changes["operators"] = board.of_operators(desk.live.slow.operators, now)
        changes["outcomes"] = dict(desk.live.slow.day.waits.outcomes)
        changes["problem"] = desk.live.slow.problem
    cards = _cards(desk, figures)
    if fresh := {
        key: card for key, card in cards.items() if card != screen.cards.get(key)
    }:
        changes["cards"] = fresh
        screen.cards = cards
    if changes:
        changes["now"] = now.isoformat()
    return changes


def _cards(desk: ConsoleDesk, figures: tuple[board.Figure, ...]) -> dict[str, Any]:
    live, now = desk.live, desk.clock.now()
    slow = live.slow
    waiting = [one for one in live.wall.calls.values() if one.waits]
    longest = min((one.needed_at for one in waiting if one.needed_at), default=None)
    free = [
        one for one in slow.operators if one.is_free(now) and one.operator.at_work(now)
    ]
    limit = desk.rules.spend_limit_usd
    near = limit and slow.day.cost_usd > limit * NEARLY
    return {
        "active": {"value": board.number(len(live.wall.calls)), "sub": "", "tone": ""},
        "waiting": {
            "value": board.number(len(waiting)),
            "sub": "" if longest else "nobody waits",
            "since": longest.isoformat() if longest else "",
            "tone": "warn" if waiting else "",
        },
        "operators": {
            "value": f"{len(free)}",
            "sub": f"of {len(slow.operators)}",
            "tone": "" if free else "warn",
        },
        "spend": {
            "value": board.money(slow.day.cost_usd),
            "sub": f"of {board.money(limit)}"
            if limit
            else "no limit of the day is set",
            "tone": "warn" if near else "",
        },
        **board.of_day(figures, slow.day, slow.before),
        **board.of_model(live.wall.model.health(now), desk.rules.trouble()),
    }


NEARLY: Final = 0.8
