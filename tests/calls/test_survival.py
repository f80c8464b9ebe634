"""A model that dies, in every way and at every moment: the caller stays on the line."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition
from callcenter.domain.tool import ToolResult
from callcenter.simulator.carrier import Answers, Happening
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.reply import Pace
from callcenter.simulator.model.session import Session
from tests.fakes.center import ADA, Caller, Center, center
from tests.fakes.rooms import with_tool
from tests.fakes.speech import VOICE_MS, milliseconds
from tests.fakes.trouble import hasten, spoil

TAKES = Answers(after_s=0.1, talks=tone((180.0,), 200), hangs_up_after_s=0.1)
LONG_MS = 1_500
BOUND_MS = 1_000
"""Within this after a loss, the caller hears something."""

LINES_BREAK = Pace(think_ms=0, times_real=2, transcribe_ms=0)
"""Slow enough to be cut in the middle of a word."""

Moment = Callable[[Center, Caller], Awaitable[None]]


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


async def idle(here: Center, caller: Caller) -> None:
    await caller.asks("what services do you offer")


async def mid_delta(here: Center, caller: Caller) -> None:
    await caller.asks("what services do you offer")
    await caller.says("thank you")
    await here.until(
        lambda: here.session.kinds_sent()[-1] == "response.output_audio.delta"
    )


async def tool_running(here: Center, caller: Caller) -> None:
    async def hangs(_: str) -> ToolResult:
        await asyncio.Event().wait()
        raise AssertionError

    with_tool(here, "list_services", hangs)


async def handoff(here: Center, caller: Caller) -> None:
    session = here.session
    updates = len(session.events("session.update"))
    spoil(session, Faults(ignore_updates=True))
    await caller.says("what services do you offer")
    await here.until(lambda: len(session.events("session.update")) > updates)


async def running_tool(here: Center, caller: Caller) -> None:
    await caller.says("what services do you offer")
    await here.happened(e.ToolCalled)


MOMENTS: dict[str, Moment] = {
    "idle": idle,
    "mid-delta": mid_delta,
    "tool running": running_tool,
    "handoff": handoff,
}
WAYS = ("1000", "1001", "1011", "reset", "malformed")


async def dies(session: Session, way: str) -> None:
    match way:
        case "malformed":
            await session.send_raw('{"type": "response.output_audio.delta", ')
        case "reset":
            await session.close(1006)
        case code:
            await session.close(int(code))


def spoken_ms(text: str) -> int:
    return LONG_MS if "You are welcome" in text else VOICE_MS


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_caller_stays_and_the_same_agent_goes_on(
    tmp_path: Path, moment: str, way: str
) -> None:
    async with center(tmp_path, voice_ms=spoken_ms, pace=LINES_BREAK) as here:
        if moment == "tool running":
            await tool_running(here, None)  # type: ignore[arg-type]

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await MOMENTS[moment](here, caller)
            before = here.of(e.AgentHandedOff)
            caller.forgets()
            if moment == "idle":
                here.model.accept_ms = BOUND_MS  # the next session takes its time
            lost_ms = caller.phone.now_ms
            await dies(here.session, way)
            await caller.phone.hears_sound()
            assert caller.phone.now_ms - lost_ms <= BOUND_MS
            resumed = await here.happened(e.CallResumed)
            if moment != "handoff":
                assert [resumed.agent] == [one.to_agent for one in before[-1:]]
            await here.until(lambda: "cut off" in here.of(e.AgentSpoke)[-1].heard)
            assert here.model.open_sessions == 1
            caller.forgets()
            await caller.says("thank you")
            await here.until(lambda: "welcome" in here.of(e.AgentSpoke)[-1].heard)

        call = await here.call(script)
        assert len(here.of(e.StreamStarted)) == len(here.of(e.SessionLost)) == 1
        greetings = [text for text in here.voice.said if "Fjord Cycles" in text]
        assert len(greetings) == 1, "nobody is greeted twice"
        assert (await here.story(call))["disposition"] == "resolved"


async def test_a_model_that_dies_before_it_can_go_on_leads_to_a_human(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            here.model.faults = Faults(close_before_created=True)
            await here.session.close(1011)
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert len(here.of(e.SessionLost)) == 2
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        assert len(here.of(e.OperatorLeft)) == 1


@pytest.mark.parametrize("code", ["insufficient_quota", "invalid_api_key"])
async def test_a_fatal_error_in_mid_conversation_is_not_tried_again(
    tmp_path: Path, code: str
) -> None:
    async with center(tmp_path, operators={ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await here.session.dialogue.complain(code, "You must pay.")
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert here.model.connections == 1
        assert len(here.of(e.OperatorLeft)) == 1


# Renewal.

SHORT = {"session_seconds": 0.3}


def remembered(here: Center) -> list[str]:
    """What the newest session was told of the conversation."""
    return [item.text for item in here.session.items]


async def test_a_session_that_grows_old_is_renewed_and_nobody_notices(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=SHORT) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            caller.forgets()
            heard_ms = milliseconds(caller.phone.heard_from("stream"))
            sessions = len(here.model.sessions)
            await here.until(lambda: len(here.model.sessions) > sessions + 1)
            assert milliseconds(caller.phone.heard_from("stream")) == heard_ms
            await here.until(lambda: here.model.open_sessions == 1)
            await caller.asks("thank you")
            # The newest may have only just been opened: it is told in a moment.
            await here.until(lambda: "what services do you offer" in remembered(here))

        call = await here.call(script)
        assert len(here.of(e.StreamStarted)) == 1
        assert here.of(e.SessionLost) == []
        assert {one.reason for one in here.of(e.CallResumed)} == {
            "the session was renewed"
        }
        assert {one.agent for one in here.of(e.CallResumed)} <= {"triage", "scheduling"}
        assert here.of(e.CallResumed)[-1].agent == "scheduling"
        spoken = [one["generated"] for one in (await here.story(call))["turns"]]
        assert spoken.count("thank you") == 1
        assert sum("You are welcome" in text for text in here.voice.said) == 1


async def test_a_session_is_not_renewed_in_the_middle_of_the_callers_sentence(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=SHORT) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            here.told.texts.append("thank you")
            saying = here.session
            await caller.phone.say(tone((300.0,), 900))
            assert here.session is saying or not saying.events(
                "input_audio_buffer.speech_started"
            )
            await here.until(lambda: "welcome" in here.of(e.AgentSpoke)[-1].heard)

        await here.call(script)
        assert [one.text for one in here.of(e.CallerSpoke)] == ["thank you"]


async def test_a_session_is_not_renewed_while_a_tool_works(tmp_path: Path) -> None:
    async with center(tmp_path, settings=SHORT) as here:

        async def slow(_: str) -> ToolResult:
            await asyncio.sleep(0.9)
            return ToolResult(json.dumps({"say": "Here it is."}))

        with_tool(here, "list_services", slow)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("what services do you offer")
            await here.happened(e.ToolReturned)
            await here.until(lambda: here.of(e.AgentSpoke)[-1].heard == "Here it is.")

        await here.call(script)
        assert len(here.of(e.ToolCalled)) == 1
