"""The roster's cards as the SDK's agents, with one call's tools in their hands."""

from collections.abc import Callable, Mapping
from typing import Any

from agents import RunContextWrapper
from agents.realtime import RealtimeAgent

from callcenter.domain.card import Card
from callcenter.domain.events import Event
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool
from callcenter.realtime.hands import Hands
from callcenter.realtime.manner import Manner
from callcenter.realtime.passing import Passing


def staff(
    roster: Roster,
    tools: Mapping[str, Tool],
    *,
    manner: Manner,
    record: Callable[[Event], None],
    clock: Callable[[], int],
    working: list[str],
    passing: Passing,
) -> dict[AgentName, RealtimeAgent[Any]]:
    """One agent for each card.

    `manner` says what each of them is told, `passing` how they hand over. While a tool
    runs, its filler stands in `working`.
    """
    hands = Hands(record, clock, working)
    agents: dict[AgentName, RealtimeAgent[Any]] = {
        card.name: RealtimeAgent(
            name=card.name,
            handoff_description=card.description,
            instructions=_told_by(manner),
            tools=[
                *(hands.holding(tool) for tool in _of(card, tools)),
                *passing.relays(card),
            ],
        )
        for card in roster.cards
    }
    for card in roster.cards:  # all agents exist by now, so cycles are ordinary
        agents[card.name].handoffs = [*passing.handoffs(card, agents)]
    return agents


def _of(card: Card, tools: Mapping[str, Tool]) -> list[Tool]:
    """Those that the card lists, and those that are there for this agent alone."""
    brought = [tool for tool in tools.values() if card.name in tool.agents]
    return [tools[name] for name in card.tools] + brought


def _told_by(manner: Manner) -> Callable[..., str]:
    """Asked for at each handoff: the caller may have chosen a language meanwhile."""

    def instructions(_: RunContextWrapper[Any], agent: RealtimeAgent[Any]) -> str:
        return manner.instructions(agent.name)

    return instructions
