"""A caller and the agents: hand-overs, tools, barge-in, goodbyes."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.tool import ToolResult
from callcenter.simulator.carrier import Happening, Source, StreamFaults
from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.faults import Faults
from callcenter.simulator.model.reply import Pace
from tests.fakes.center import Caller, Center, center
from tests.fakes.rooms import with_tool
from tests.fakes.speech import VOICE_MS, milliseconds

LONG_MS = 4_000
"""An agent's sentence that there is time to interrupt."""


async def test_two_handoffs_keep_one_session_and_its_telephone_sound(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            await caller.asks("what are your opening hours")

        call = await here.call(script)
        handoffs = [(one.from_agent, one.to_agent) for one in here.of(e.AgentHandedOff)]
        assert handoffs == [("triage", "scheduling"), ("scheduling", "support")]
        assert len(here.model.sessions) == 1
        updates = [
            recorded.event["session"]
            for recorded in here.session.received
            if recorded.kind == "session.update"
        ]
        assert len(updates) >= 3
        for update in updates:
            for direction in ("input", "output"):
                assert update["audio"][direction]["format"] == {"type": "audio/pcmu"}
        assert here.of(e.CallEnded)[0].disposition is Disposition.RESOLVED
        assert here.carrier.warnings == []
        assert (await here.story(call))["disposition"] == "resolved"


async def test_an_agent_can_hand_back(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            await caller.asks("what are your opening hours")
            await caller.asks("what services do you offer")

        await here.call(script)
        agents = [one.to_agent for one in here.of(e.AgentHandedOff)]
        assert agents == ["scheduling", "support", "scheduling"]


async def test_the_record_says_what_the_phone_heard_and_the_caller_said(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what services do you offer")
            await caller.asks("thank you")

        call = await here.call(script)
        story = await here.story(call)
        spoken = [turn for turn in story["turns"] if turn["speaker"] == "agent"]
        assert [turn["generated"] for turn in spoken] == here.voice.said
        assert all(turn["heard"] == turn["generated"] for turn in spoken)
        assert [
            turn["heard"] for turn in story["turns"] if turn["speaker"] == "caller"
        ] == ["what services do you offer", "thank you"]
        order = [turn["speaker"] for turn in story["turns"]]
        assert order == ["agent", "caller", "agent", "caller", "agent"]
        heard_ms = milliseconds(call.phone.heard_from("stream"))
        assert abs(sum(turn["heard_ms"] for turn in spoken) - heard_ms) <= 60
        (tool,) = story["tool_calls"]
        assert (tool["tool"], tool["outcome"]) == ("list_services", "ok")


async def test_what_the_agent_said_before_the_stream_came_is_heard_at_once(
    tmp_path: Path,
) -> None:
    late = StreamFaults(open_after_s=20.0)  # a second, at this hurry
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.STREAM_STARTED)
            assert here.voice.said, "the model had not begun before the stream"
            began_ms = caller.phone.now_ms
            await caller.phone.hears_sound()
            assert caller.phone.now_ms - began_ms <= 200
            await caller.hears_agent()

        call = await here.call(script, faults=late)
        assert milliseconds(call.phone.heard_from("stream")) == VOICE_MS
        assert here.of(e.AgentSpoke)[0].heard == here.voice.said[0]


def truncations(here: Center) -> list[dict[str, object]]:
    return [
        recorded.event
        for recorded in here.session.received
        if recorded.kind == "conversation.item.truncate"
    ]


def long_but(*short: str) -> Callable[[str], int]:
    """Everything takes long to say, but what has one of these words."""
    return lambda text: VOICE_MS if any(word in text for word in short) else LONG_MS


async def cut_off_after(caller: Caller, ms: int, request: str = "") -> int:
    """Interrupt the answer; returns how much was heard, in ms, when the clear came."""
    before_ms = milliseconds(caller.phone.heard_from("stream"))
    if request:
        await caller.says(request)
    await caller.phone.hears_sound()
    await caller.phone.waits(ms)
    await caller.says("wait")
    await caller.phone.happens(Happening.CLEARED)
    heard_ms = milliseconds(caller.phone.heard_from("stream"))
    await caller.phone.waits(100)
    later_ms = milliseconds(caller.phone.heard_from("stream"))
    assert later_ms <= heard_ms + 40, "audio after the clear"
    return heard_ms - before_ms


async def differences_ms(
    here: Center, script: Callable[[Caller], Awaitable[int]]
) -> AsyncIterator[int]:
    """Between what the model was told and what the phone heard, call by call.

    Three calls: a machine that is busy elsewhere lets the simulated clocks jump.
    """
    for _ in range(3):
        heard: list[int] = []

        async def act(caller: Caller, heard: list[int] = heard) -> None:
            heard.append(await script(caller))

        await here.call(act)
        (cut,) = truncations(here)
        yield abs(int(str(cut["audio_end_ms"])) - heard[0])


async def test_a_caller_who_barges_in_is_listened_to(tmp_path: Path) -> None:
    async with center(tmp_path, voice_ms=long_but("Fjord Cycles")) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await cut_off_after(caller, 500, "thank you")

        await here.call(script)
        (cut,) = truncations(here)
        answer = here.of(e.AgentSpoke)[1]
        assert answer.item_id == cut["item_id"]
        assert answer.heard_ms == cut["audio_end_ms"]
        assert 0 < answer.heard_ms < answer.spoken_ms
        assert answer.generated.startswith(answer.heard)
        assert answer.heard != answer.generated
        assert here.of(e.CallerBargedIn)[0].item_id == cut["item_id"]
        item = next(one for one in here.session.items if one.id == cut["item_id"])
        assert item.heard_ms == cut["audio_end_ms"]


async def test_the_model_is_told_to_sixty_milliseconds_what_was_heard(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, voice_ms=long_but("Fjord Cycles")) as here:

        async def script(caller: Caller) -> int:
            await caller.hears_agent()
            return await cut_off_after(caller, 500, "thank you")

        found = [one async for one in differences_ms(here, script)]
        assert min(found) <= 60, found


async def test_the_very_first_words_can_be_cut_off_as_exactly(tmp_path: Path) -> None:
    slow = Pace(think_ms=300, times_real=50, transcribe_ms=0)
    async with center(tmp_path, voice_ms=LONG_MS, pace=slow) as here:

        async def script(caller: Caller) -> int:
            return await cut_off_after(caller, 500)

        found = [one async for one in differences_ms(here, script)]
        assert min(found) <= 60, found


async def test_late_audio_of_an_interrupted_answer_is_not_played(
    tmp_path: Path,
) -> None:
    slow = Pace(think_ms=0, times_real=2, transcribe_ms=0)
    async with center(
        tmp_path, voice_ms=LONG_MS, pace=slow, faults=Faults(late_deltas=5)
    ) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.hears_sound()
            await caller.phone.waits(300)
            here.told.texts.append("wait")
            await caller.phone.say(tone((300.0,), 700))  # while late audio comes

        call = await here.call(script)
        assert len(truncations(here)) == 1
        events = call.phone.events
        cleared_ms = next(o.at_ms for o in events if o.what is Happening.CLEARED)
        first = next(o for o in call.phone.heard if o.source is Source.STREAM)
        assert first.at_ms + milliseconds(first.audio) <= cleared_ms + 60


async def test_two_answers_are_cut_off_one_by_one(tmp_path: Path) -> None:
    """Barging in twice truncates each item once."""
    async with center(tmp_path, voice_ms=LONG_MS) as here:

        async def script(caller: Caller) -> None:
            for text in ("wait", "thank you"):
                await caller.phone.hears_sound()
                await caller.phone.waits(300)
                await caller.says(text)
                caller.forgets()
            await caller.phone.hears_sound()

        await here.call(script)
        items = [cut["item_id"] for cut in truncations(here)]
        assert len(items) == len(set(items)) == 2


async def test_silence_from_the_caller_cuts_nothing_off(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("thank you")

        await here.call(script)
        assert truncations(here) == []
        assert here.of(e.CallerBargedIn) == []


async def test_a_slow_tool_neither_stops_the_sound_nor_the_caller(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, voice_ms=LONG_MS) as here:
        working, done = asyncio.Event(), asyncio.Event()

        async def slow(_: str) -> ToolResult:
            working.set()
            await done.wait()
            return ToolResult(json.dumps({"say": "Here it is."}))

        with_tool(here, "search_knowledge", slow)

        async def script(caller: Caller) -> None:
            await caller.phone.hears_sound()
            await caller.says("what are your opening hours")
            await working.wait()
            await caller.says("thank you")
            await caller.phone.happens(Happening.CLEARED)
            caller.forgets()
            await caller.phone.hears_sound()
            assert not done.is_set()
            assert "You are welcome." in here.voice.said[-1]
            done.set()
            await here.happened(e.ToolReturned)

        await here.call(script)


async def test_a_tool_that_takes_too_long_is_excused(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def late(_: str) -> ToolResult:
            return ToolResult(
                json.dumps({"error": "It took too long.", "say": "It takes longer."}),
                ToolOutcome.TIMED_OUT,
            )

        with_tool(here, "search_knowledge", late)

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("what are your opening hours")
            await caller.asks("thank you")

        call = await here.call(script)
        (tool,) = (await here.story(call))["tool_calls"]
        assert tool["outcome"] == "timed_out"
        assert "It takes longer." in here.voice.said
        assert here.of(e.SessionLost) == []


@pytest.mark.parametrize(
    "faults",
    [Faults(invented_tool="launch_rocket"), Faults(broken_arguments=True)],
    ids=["unknown tool", "broken arguments"],
)
async def test_a_tool_call_that_makes_no_sense_does_not_end_the_call(
    tmp_path: Path, faults: Faults
) -> None:
    async with center(tmp_path, faults=faults) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("what are your opening hours")
            await here.until(lambda: here.session.events("conversation.item.create"))
            await caller.phone.waits(400)
            caller.forgets()
            await caller.asks("thank you")

        await here.call(script)
        assert here.of(e.SessionLost) == []
        assert any("You are welcome" in text for text in here.voice.said)


async def test_a_caller_without_transcripts_is_served_all_the_same(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, faults=Faults(no_transcription=True)) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("thank you")

        call = await here.call(script)
        assert [one.text for one in here.of(e.CallerSpoke)] == [None]
        assert (await here.story(call))["turns"][1]["speaker"] == "caller"


async def test_keys_are_noted_without_saying_which(tmp_path: Path) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            caller.phone.press("73")
            await here.happened(e.KeyPressed, times=2)

        call = await here.call(script)
        events = (await here.story(call))["events"]
        pressed = [one for one in events if one["kind"] == "KeyPressed"]
        assert len(pressed) == 2
        assert all(set(one["data"]) == {"at_ms"} for one in pressed)


async def test_the_line_closes_only_after_the_goodbye_was_heard(tmp_path: Path) -> None:
    farewell_ms = 800

    def ms(text: str) -> int:
        return farewell_ms if "Goodbye" in text else VOICE_MS

    async with center(tmp_path, voice_ms=ms) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says("goodbye")
            await caller.phone.happens(Happening.ENDED)

        call = await here.call(script, wait=False)
        await call.ended()
        heard_ms = milliseconds(call.phone.heard_from("stream"))
        assert heard_ms == VOICE_MS + farewell_ms
        last = here.of(e.AgentSpoke)[-1]
        assert last.heard == last.generated == here.voice.said[-1]
        assert last.heard_ms == farewell_ms
        (ended,) = here.of(e.CallEnded)
        assert ended.disposition is Disposition.RESOLVED
        requests = [one for one in here.carrier.requests if one.kind == "rest"]
        assert [one.params["Status"] for one in requests] == ["completed"]


@pytest.mark.parametrize("after_ms", [0, 60, 200, 500, 900])
async def test_a_caller_may_leave_at_any_moment(tmp_path: Path, after_ms: int) -> None:
    async with center(tmp_path, rules={"watch_s": 0.5}) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.waits(after_ms)

        call = await here.call(script)
        if here.of(e.CallAnswered):  # or else they were quicker than the webhook
            await here.happened(e.CallEnded)
            assert here.of(e.CallEnded)[0].disposition is Disposition.ABANDONED
            assert (await here.story(call))["ended_at"] is not None


@pytest.mark.parametrize(
    "text", ["what services do you offer", "goodbye", "an operator"]
)
async def test_a_caller_may_leave_while_something_is_done_for_them(
    tmp_path: Path, text: str
) -> None:
    async with center(tmp_path) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.says(text)
            await here.happened(e.ToolCalled)

        await here.call(script)
        await here.happened(e.CallEnded)
