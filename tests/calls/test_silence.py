"""Whatever the model does or does not do, nobody is left in silence."""

import asyncio
import json
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition
from callcenter.domain.tool import ToolResult
from callcenter.realtime import terms
from callcenter.simulator.carrier import Answers, Happening
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.reply import Pace
from tests.fakes.center import ADA, Caller, Center, center
from tests.fakes.rooms import with_tool
from tests.fakes.speech import VOICE_MS
from tests.fakes.trouble import (
    QUICK,
    asked_for_answers,
    fails_next,
    hasten,
    rejects_next_update,
    spoil,
)

TAKES = Answers(after_s=0.1, talks=tone((180.0,), 200), hangs_up_after_s=0.1)
SLACK_MS = 500
STALLED = Faults(stall_s=60)
FILLER = "One moment, I am looking it up."


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    hasten(monkeypatch)


def ms(setting: str) -> int:
    return round(float(QUICK[setting]) * 1000)


async def is_understood_but_not_answered(here: Center, caller: Caller) -> int:
    """Returns when the silence began, on the phone's clock."""
    await caller.hears_agent()
    spoil(here.session, STALLED)
    await caller.says("thank you")
    caller.forgets()
    await here.until(lambda: here.session.events("input_audio_buffer.speech_stopped"))
    return caller.phone.now_ms


async def test_a_caller_whose_model_stalls_soon_hears_that_the_line_lives(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            began_ms = await is_understood_but_not_answered(here, caller)
            await caller.phone.hears_sound()
            waited_ms = caller.phone.now_ms - began_ms
            assert ms("filler_seconds") - 100 <= waited_ms
            assert waited_ms <= ms("filler_seconds") + SLACK_MS

        await here.call(script)
        assert here.of(e.SessionLost) == []


async def test_a_model_that_stalls_is_asked_once_more_and_may_still_answer(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            await is_understood_but_not_answered(here, caller)
            spoil(here.session, Faults())
            await here.until(lambda: here.session.events("response.cancel"))
            await here.happened(e.AgentSpoke, times=2)

        await here.call(script)
        assert len(here.session.events("response.cancel")) == 1
        _, answer = here.of(e.AgentSpoke)  # asked again, it does not answer twice
        assert answer.heard == answer.generated
        assert here.of(e.OperatorCalled) == []


async def test_a_model_that_never_answers_is_replaced_by_a_person(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=QUICK, operators={ADA: TAKES}) as here:

        async def script(caller: Caller) -> None:
            began_ms = await is_understood_but_not_answered(here, caller)
            await caller.phone.happens(Happening.SAID)
            waited_ms = caller.phone.now_ms - began_ms
            assert waited_ms <= ms("give_up_seconds") + 2 * SLACK_MS
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert "connecting you to a colleague" in call.phone.said_texts[0]
        assert here.of(e.CallEscalated)[0].reason == "the assistant fell silent"
        assert here.of(e.CallEnded)[0].disposition is Disposition.ESCALATED
        assert len(here.of(e.OperatorLeft)) == 1


async def test_a_model_that_never_greets_is_found_out_just_so(tmp_path: Path) -> None:
    async with center(
        tmp_path, settings=QUICK, operators={ADA: TAKES}, faults=STALLED
    ) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.hears_sound()
            assert caller.phone.now_ms <= ms("filler_seconds") + 2 * SLACK_MS
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        assert len(here.of(e.OperatorLeft)) == 1


async def test_while_a_tool_is_slow_the_agent_says_so_and_then_answers(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=QUICK) as here:
        done = asyncio.Event()

        async def slow(_: str) -> ToolResult:
            await done.wait()
            return ToolResult(json.dumps({"say": "Here it is."}))

        with_tool(here, "search_knowledge", slow, filler=FILLER)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("what are your opening hours")
            await here.until(lambda: FILLER in here.voice.said)
            await caller.hears_agent()
            done.set()
            await caller.hears_agent()

        await here.call(script)
        assert [one.generated for one in here.of(e.AgentSpoke)][-2:] == [
            FILLER,
            "Here it is.",
        ]
        assert here.session.events("response.cancel") == []


async def test_a_tool_is_not_called_twice_because_it_is_slow(tmp_path: Path) -> None:
    async with center(tmp_path, settings=QUICK) as here:
        done = asyncio.Event()

        async def slow(_: str) -> ToolResult:
            await done.wait()
            return ToolResult(json.dumps({"say": "Here it is."}))

        with_tool(here, "search_knowledge", slow)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("what are your opening hours")
            await here.happened(e.ToolCalled)
            await caller.phone.waits(ms("ask_again_seconds") + SLACK_MS)
            done.set()
            await here.until(lambda: "Here it is." in here.voice.said)
            await caller.hears_agent()

        await here.call(script)
        assert len(here.of(e.ToolCalled)) == 1


async def test_an_answer_that_had_to_wait_for_the_filler_comes_all_the_same(
    tmp_path: Path,
) -> None:
    """The tool returns while the agent still speaks: the model refuses to begin."""
    slow_speech = Pace(think_ms=0, times_real=1, transcribe_ms=0)
    async with center(tmp_path, settings=QUICK, pace=slow_speech, voice_ms=600) as here:
        done = asyncio.Event()

        async def slow(_: str) -> ToolResult:
            await done.wait()
            return ToolResult(json.dumps({"say": "Here it is."}))

        with_tool(here, "search_knowledge", slow, filler=FILLER)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("what are your opening hours")
            await here.until(lambda: FILLER in here.voice.said)
            await caller.phone.waits(100)
            done.set()
            await here.until(lambda: "Here it is." in here.voice.said)
            await caller.hears_agent()

        await here.call(script)
        assert here.voice.said[-1] == "Here it is."
        assert here.of(e.AgentSpoke)[-1].heard == "Here it is."


async def test_a_tool_that_does_not_exist_does_not_end_in_silence(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            spoil(here.session, Faults(invented_tool="launch_rocket"))
            asked = asked_for_answers(here)
            await caller.says("what services do you offer")
            await here.until(lambda: asked_for_answers(here) > asked)
            await caller.hears_agent()

        await here.call(script)
        assert here.of(e.SessionLost) == []


@pytest.mark.parametrize("times", [1, 2])
async def test_an_answer_that_fails_is_asked_for_again(
    tmp_path: Path, times: int
) -> None:
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            fails_next(here.session, times=times)
            await caller.asks("thank you")

        await here.call(script)
        assert "You are welcome" in here.of(e.AgentSpoke)[-1].heard
        assert here.of(e.SessionLost) == []


async def test_a_session_whose_answers_all_fail_is_replaced(tmp_path: Path) -> None:
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            fails_next(here.session, times=99)
            await caller.says("thank you")
            await here.happened(e.CallResumed)
            await caller.hears_agent()

        await here.call(script)
        (lost,) = here.of(e.SessionLost)
        assert "server_error" in lost.reason
        assert len(here.of(e.StreamStarted)) == 1


async def test_a_refused_update_after_a_handoff_is_repaired(tmp_path: Path) -> None:
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            rejects_next_update(here.session)
            await caller.asks("what services do you offer")

        await here.call(script)
        tools = {tool["name"] for tool in here.session.config["tools"]}
        assert "find_free_slots" in tools, "the model has the next agent's tools"
        assert "We offer" in here.of(e.AgentSpoke)[-1].heard
        assert here.of(e.SessionLost) == []


async def test_an_update_that_is_never_answered_is_a_lost_session_and_no_lost_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terms, "UPDATE_SECONDS", 0.2)
    async with center(tmp_path, settings=QUICK) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            spoil(here.session, Faults(ignore_updates=True))
            await caller.says("what services do you offer")
            await here.happened(e.CallResumed)
            await caller.hears_agent()
            await caller.asks("what services do you offer")

        await here.call(script)
        assert len(here.of(e.SessionLost)) == 1
        assert "We offer" in here.of(e.AgentSpoke)[-1].heard


async def test_a_caller_who_says_nothing_is_asked_twice_and_then_bidden_farewell(
    tmp_path: Path,
) -> None:
    farewell_ms = 600

    def spoken_ms(text: str) -> int:
        return farewell_ms if "cannot hear you" in text else VOICE_MS

    settings = {**QUICK, "idle_seconds": 0.5}
    async with center(tmp_path, settings=settings, voice_ms=spoken_ms) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        _, *asked, goodbye = here.of(e.AgentSpoke)
        assert [one.generated for one in asked] == ["Are you still there?"] * 2
        assert "I cannot hear you" in goodbye.generated
        assert goodbye.heard == goodbye.generated
        assert goodbye.heard_ms == farewell_ms
        assert here.of(e.CallEnded)[0].reason == "the caller was silent"


async def test_a_caller_who_talks_for_long_is_not_asked_whether_they_are_there(
    tmp_path: Path,
) -> None:
    settings = {**QUICK, "idle_seconds": 0.4}
    async with center(tmp_path, settings=settings, voice_ms=2_000) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.hears_sound()
            here.told.texts.append("thank you")
            await caller.phone.say(tone((300.0,), 1_500))  # barging in
            await caller.phone.waits(200)

        await here.call(script)
        assert "Are you still there?" not in here.voice.said
