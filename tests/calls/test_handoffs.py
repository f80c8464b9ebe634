"""Agents that pass a caller on: what they tell each other, and what is heard of it."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain import events as e
from callcenter.domain.handover import HandoffRefused
from callcenter.floor import talk
from tests.fakes.center import Caller, Center, center

AGENTS = Path(__file__).parents[2] / "agents"
SERVICES = "what services do you offer"
LONG_MS = 2_000
"""A caller who hears nothing for so long asks whether somebody is there."""

HOURS = "what are your opening hours"


def instructions(here: Center) -> list[str]:
    """What the model was told, session by session and update by update."""
    return [
        recorded.event["session"]["instructions"]
        for session in here.model.sessions
        for recorded in session.received
        if recorded.kind == "session.update"
    ]


async def test_the_next_agent_is_told_why_and_what_is_known(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(SERVICES)

        call = await here.call(script)
        first, second = instructions(here)
        assert "passed on to you" not in first
        assert f"- What the caller wants: {SERVICES}\n" in second
        (handoff,) = (await here.story(call))["handoffs"]
        assert (handoff["reason"], handoff["known"]) == (SERVICES, SERVICES)


async def test_a_caller_who_was_passed_on_too_often_is_kept(tmp_path: Path) -> None:
    async with center(tmp_path, rules={"max_handoffs": 1}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(SERVICES)
            await caller.asks(HOURS)
            await caller.asks(SERVICES)

        call = await here.call(script)
        (refused,) = here.of(HandoffRefused)
        assert (refused.agent, refused.to_agent) == ("scheduling", "support")
        outputs = [tool["tool"] for tool in (await here.story(call))["tool_calls"]]
        assert outputs == ["list_services", "list_services"]
        assert (await here.story(call))["agent"] == "scheduling"


async def test_agents_that_insist_on_passing_the_caller_on_lose_them_to_a_human(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, rules={"max_handoffs": 0}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            for _ in range(3):
                await caller.asks(SERVICES)
            await here.happened(e.CallEscalated)

        await here.call(script)
        (escalated,) = here.of(e.CallEscalated)
        assert "passed the caller round" in escalated.reason
        assert here.of(e.AgentHandedOff) == []


async def test_whoever_may_pass_a_caller_on_again_keeps_them_from_no_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two refusals are forgiven once a handoff makes sense: nobody is rescued."""
    reasons = iter(["Too often.", "Too often.", ""])
    monkeypatch.setattr(talk, "why_not", lambda **_: next(reasons))
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            for _ in range(3):
                await caller.asks(SERVICES)

        await here.call(script)
        assert len(here.of(HandoffRefused)) == 2
        assert len(here.of(e.AgentHandedOff)) == 1
        assert here.of(e.CallEscalated) == []


async def test_who_is_saying_goodbye_passes_nobody_on(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            (there,) = here.node.floor._calls.values()
            there.call.saying_goodbye = True
            await caller.asks(SERVICES)

        await here.call(script)
        (refused,) = here.of(HandoffRefused)
        assert "leaving" in refused.reason
        assert here.of(e.AgentHandedOff) == []


@pytest.fixture
def two_voices(tmp_path: Path) -> Path:
    """The house's agents, with another voice for appointments."""
    folder = tmp_path / "agents"
    shutil.copytree(AGENTS, folder)
    card = folder / "scheduling.md"
    card.write_text(card.read_text().replace("voice: marin", "voice: cedar"))
    return folder


async def test_an_agent_with_another_voice_takes_over_by_a_relay(
    tmp_path: Path, two_voices: Path
) -> None:
    async with center(tmp_path, settings={"agents_dir": two_voices}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks(SERVICES)
            await caller.asks(HOURS)

        call = await here.call(script)
        handoffs = [(one.from_agent, one.to_agent) for one in here.of(e.AgentHandedOff)]
        assert handoffs == [("triage", "scheduling"), ("scheduling", "support")]
        voices = [voice_of(session.received) for session in here.model.sessions]
        assert voices == ["marin", "cedar", "marin"]
        assert here.of(e.SessionLost) == []
        # Each spoke once, nobody greeted again, and the caller heard it all.
        spoken = [turn.agent for turn in here.of(e.AgentSpoke)]
        assert spoken == ["triage", "scheduling", "support"]
        turns = (await here.story(call))["turns"]
        assert [turn["heard"] for turn in turns if turn["speaker"] == "caller"] == [
            SERVICES,
            HOURS,
        ]
        assert all(turn["heard"] == turn["generated"] for turn in turns)
        story = await here.story(call)
        assert story["timings"]["handoff_gap_ms"]["longest"] < LONG_MS
        told = instructions(here)[1]
        assert f"- What the caller wants: {SERVICES}\n" in told


def voice_of(received: list[Any]) -> str:
    update = next(one for one in received if one.kind == "session.update")
    return str(update.event["session"]["audio"]["output"]["voice"])
