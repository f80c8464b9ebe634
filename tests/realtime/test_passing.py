"""What an agent may do with a caller, and what it is answered when it may not."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from agents import RunContextWrapper
from agents.realtime import RealtimeAgent
from agents.tool_context import ToolContext

from callcenter.domain.card import Card
from callcenter.domain.events import AgentHandedOff, Event
from callcenter.domain.handover import HandoffRefused, Handover
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster
from callcenter.realtime.manner import Manner
from callcenter.realtime.model_settings import ModelSettings
from callcenter.realtime.passing import GONE, Passing

TRIAGE, WEATHER, SUPPORT = (AgentName(n) for n in ("triage", "weather", "support"))
WRITTEN = json.dumps({"reason": "rain?", "known": "in Oslo"})
CARDS = (
    Card(TRIAGE, "Answers.", "Hi.", handoffs=(WEATHER, SUPPORT), voice="marin"),
    Card(WEATHER, "Weather.", "Hi."),
    Card(SUPPORT, "Support.", "Hi.", voice="cedar"),
)
AGENTS: dict[AgentName, RealtimeAgent[Any]] = {
    card.name: RealtimeAgent(name=card.name) for card in CARDS
}


class Session:
    """What the agents of one session share."""

    def __init__(self, may_pass: Callable[[], str] = lambda: "") -> None:
        roster = Roster(CARDS, "", TRIAGE)
        settings = ModelSettings("", "", "gpt-realtime-2.1", "marin", "")
        self.manner = Manner(
            settings,
            roster,
            agent=TRIAGE,
            language="",
            briefing="",
            handover=Handover(),
        )
        self.facts: list[Event] = []
        self.relayed: list[AgentName] = []
        self.passing = Passing(
            self.manner,
            roster,
            record=self.facts.append,
            may_pass=may_pass,
            relay=self.relayed.append,
        )

    async def hands_over(self, written: str | None = WRITTEN) -> tuple[str, str]:
        """To the weather: who talks afterwards, and what the model is answered."""
        (handoff,) = self.passing.handoffs(CARDS[0], AGENTS)
        agent = await handoff.on_invoke_handoff(RunContextWrapper(None), written or "")
        return agent.name, handoff.get_transfer_message(agent)

    async def relays(self) -> str:
        (tool,) = self.passing.relays(CARDS[0])
        context = ToolContext(
            None, tool_name=tool.name, tool_call_id="1", tool_arguments=WRITTEN
        )
        return str(await tool.on_invoke_tool(context, WRITTEN))


async def test_the_same_voice_is_a_handoff_and_another_one_a_relay() -> None:
    session = Session()
    (handoff,) = session.passing.handoffs(CARDS[0], AGENTS)
    (relay,) = session.passing.relays(CARDS[0])
    assert handoff.tool_name == "transfer_to_weather"
    assert relay.name == "transfer_to_support"
    assert relay.description.startswith("Handoff to the support agent")


async def test_who_takes_over_knows_why() -> None:
    session = Session()
    assert await session.hands_over() == ("weather", '{"assistant": "weather"}')
    assert session.manner.handover == Handover("rain?", "in Oslo")
    assert "in Oslo" in session.manner.instructions(WEATHER)
    assert session.facts == [AgentHandedOff(TRIAGE, WEATHER, "rain?", "in Oslo")]


@pytest.mark.parametrize("written", [None, "{", "[]", '{"reason": null}'])
async def test_nonsense_hands_over_without_a_word(written: str | None) -> None:
    session = Session()
    assert (await session.hands_over(written))[0] == "weather"
    assert session.facts == [AgentHandedOff(TRIAGE, WEATHER)]


async def test_who_may_not_pass_a_caller_on_keeps_them_and_is_told_why() -> None:
    session = Session(lambda: "Too often.")
    assert await session.hands_over() == ("triage", '{"error": "Too often."}')
    assert await session.relays() == '{"error": "Too often."}'
    assert session.relayed == []
    assert session.facts == [
        HandoffRefused(TRIAGE, WEATHER, "Too often."),
        HandoffRefused(TRIAGE, SUPPORT, "Too often."),
    ]


async def test_of_two_handoffs_in_one_breath_the_first_counts() -> None:
    session = Session()
    await session.hands_over()
    assert await session.relays() == json.dumps({"error": GONE})
    assert await session.hands_over() == ("weather", json.dumps({"error": GONE}))
    assert len(session.facts) == 1


async def test_a_relay_never_answers_the_agent_who_asked_for_it() -> None:
    session = Session()
    async with asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(session.relays())
        await asyncio.sleep(0.01)
        assert session.relayed == [SUPPORT]
        assert not asking.done()
        asking.cancel()
    assert session.facts == [AgentHandedOff(TRIAGE, SUPPORT, "rain?", "in Oslo")]
