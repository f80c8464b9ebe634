"""The roster's cards as the SDK's agents, with one call's tools in their hands."""

from collections.abc import Callable, Mapping
from typing import Any

from agents.realtime import RealtimeAgent, realtime_handoff

from callcenter.domain.card import Card
from callcenter.domain.events import Event
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool
from callcenter.realtime.hands import Hands


def staff(
    roster: Roster,
    tools: Mapping[str, Tool],
    *,
    briefing: str,
    record: Callable[[Event], None],
    clock: Callable[[], int],
    working: list[str],
) -> dict[AgentName, RealtimeAgent[Any]]:
    """One agent for each card.

    `briefing` is what all of them know of this call. While a tool runs, its filler
    stands in `working`.
    """
    hands = Hands(record, clock, working)
    agents: dict[AgentName, RealtimeAgent[Any]] = {
        card.name: RealtimeAgent(
            name=card.name,
            handoff_description=card.description,
            instructions=_instructions(roster, card, briefing),
            tools=[hands.holding(tool, card.name) for tool in _of(card, tools)],
        )
        for card in roster.cards
    }
    for card in roster.cards:  # all agents exist by now, so cycles are ordinary
        agents[card.name].handoffs = [
            realtime_handoff(agents[AgentName(name)]) for name in card.handoffs
        ]
    return agents


def _of(card: Card, tools: Mapping[str, Tool]) -> list[Tool]:
    """Those that the card lists, and those that are there for this agent alone."""
    brought = [tool for tool in tools.values() if card.name in tool.agents]
    return [tools[name] for name in card.tools] + brought


def _instructions(roster: Roster, card: Card, briefing: str) -> str:
    parts = (roster.house_style, card.instructions, briefing)
    return "\n\n".join(part.strip() for part in parts if part.strip())
