"""The agents: who hands over to whom, what each is told, what changed, how they do."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from markupsafe import Markup
from quart import Blueprint, abort, request
from quart.templating import render_template

from callcenter.domain.agent_figures import HALF, NEARLY_ALL, AgentFigures
from callcenter.domain.card import Card
from callcenter.domain.people import Role
from callcenter.domain.problems import Problem
from callcenter.domain.prompt import about_tokens, prompt
from callcenter.domain.roster import Roster
from callcenter.storage.agent_figures import agent_figures
from callcenter.storage.rosters import RosterVersions, Version, changes
from callcenter.web.console import board
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import requires
from callcenter.web.console.house_desk import HouseDesk, house_of
from callcenter.wire.card_text import HOUSE_STYLE, mcp_address, texts_of, tuned
from callcenter.wire.roster_svg import part_of_page

LIST: Final = "/console/agents"
SPANS: Final = (7, 30)
"""Days that figures may be of."""

FRESH: Final = timedelta(seconds=60)
"""So old may figures be: everybody who looks sees the same."""


class FiguresKept:
    """Figures of some days, asked for once a minute at most."""

    def __init__(self, desk: ConsoleDesk) -> None:
        self._desk = desk
        self._asking = asyncio.Lock()
        self._kept: dict[int, tuple[datetime, Mapping[str, AgentFigures]]] = {}

    async def of(self, days: int) -> Mapping[str, AgentFigures]:
        """By agent. Raises StorageError."""
        async with self._asking:  # one asks, the others wait for the same answer
            now = self._desk.clock.now()
            if days not in self._kept or self._kept[days][0] < now - FRESH:
                found = await agent_figures(self._desk.database, now - timedelta(days))
                self._kept[days] = now, found
            return self._kept[days][1]


def pages(desk: ConsoleDesk) -> Blueprint:
    """The drawing with the figures, one page for each card, one for each version."""
    routes = Blueprint("agents", __name__)
    versions, kept = RosterVersions(desk.database), FiguresKept(desk)

    @routes.get("/agents")
    @requires(Role.VIEWER)
    async def list_() -> str:
        house, days = house_of(desk), _days()
        roster, found = house.cards.current(), await kept.of(days)
        since = desk.clock.now() - timedelta(days)
        return await render_template(
            "agents.html",
            drawing=Markup(part_of_page(roster, address)),  # noqa: S704  # escaped there
            roster=roster,
            problems=house.cards.problems,
            lines=[_line(card, found.get(card.name)) for card in roster.cards],
            days=days,
            spans=SPANS,
            versions=await versions.latest(),
            calls=await versions.calls(since),
        )

    @routes.get("/agents/<name>")
    @requires(Role.VIEWER)
    async def one(name: str) -> str:
        house, days = house_of(desk), _days()
        roster, found = house.cards.current(), await kept.of(days)
        card = next((card for card in roster.cards if card.name == name), None)
        if card is None:
            abort(404)
        return await render_template(
            "agent.html",
            card=card,
            line=_line(card, found.get(name)),
            days=days,
            spans=SPANS,
            **_card(house, roster, card),
        )

    @routes.get("/agents/versions/<hash_>")
    @requires(Role.VIEWER)
    async def version(hash_: str) -> str:
        found = await versions.find(hash_) or _current(desk, hash_)
        if found is None:
            abort(404)
        before = await versions.before(found)
        return await render_template(
            "roster.html",
            version=found,
            before=before,
            changes=changes(before, found) if before else [],
            house_style=HOUSE_STYLE,
        )

    return routes


def address(name: str) -> str:
    """Of an agent's page."""
    return f"{LIST}/{quote(name, safe='')}"


def _days() -> int:
    asked = request.args.get("days", "")
    return int(asked) if asked in {str(one) for one in SPANS} else SPANS[0]


def _current(desk: ConsoleDesk, hash_: str) -> Version | None:
    """The roster of now, which no call may have had yet."""
    roster = house_of(desk).cards.current()
    if roster.hash != hash_:
        return None
    return Version(hash_, roster.entry, desk.clock.now(), texts_of(roster))


def _card(house: HouseDesk, roster: Roster, card: Card) -> dict[str, Any]:
    told = prompt(roster, card.name)
    known = house.cards.descriptions()
    return {
        "prompt": told,
        "tokens": about_tokens(told),
        "tools": [(tool, known.get(tool, "").split("\n\n")[0]) for tool in card.tools],
        "handoffs": [(name, address(name)) for name in card.handoffs],
        "givers": [
            (one.name, address(one.name))
            for one in roster.cards
            if card.name in one.handoffs
        ],
        "voice": roster.voice(card.name),
        "tuned": list(tuned(card)),
        "mcp": [mcp_address(one) for one in card.mcp],
        "entry": card.name == roster.entry,
        "roster": roster,
        "problems": [one for one in house.cards.problems if _is_of(one, card)],
    }


def _is_of(problem: Problem, card: Card) -> bool:
    return bool(card.file) and problem.file == card.file


def _line(card: Card, found: AgentFigures | None) -> dict[str, Any]:
    """One line of figures, as text; with what sorts it."""
    its = found or AgentFigures()
    figures = {
        "calls": (its.calls, board.number),
        "handed_in": (its.handed_in, board.number),
        "handed_out": (its.handed_out, board.number),
        "handle_time": (its.handle_time_s, board.length),
        "latency": (its.latency_ms(HALF), _ms),
        "slow": (its.latency_ms(NEARLY_ALL), _ms),
        "interrupted": (its.interruption, board.share),
        "tool_errors": (its.tool_errors, board.share),
        "containment": (its.containment, board.share),
    }
    shown = {
        key: (board.NOTHING if value is None else said(value), value)
        for key, (value, said) in figures.items()
    }
    return {"name": card.name, "address": address(card.name), **shown}


def _ms(value: float) -> str:
    return f"{value / 1000:.2f} s"
