"""Recorded calls: announced first, both sides as they were, paused when asked."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain import events as e, recording as r
from callcenter.floor.live_call import LiveCall
from callcenter.simulator.carrier import Happening, Leg, StreamFaults
from callcenter.simulator.carrier.records import Source
from callcenter.storage import recordings as storage
from callcenter.storage.recordings import Recordings
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_MS, SILENCE
from tests.fakes.center import Caller, Center, center
from tests.fakes.listening import played
from tests.fakes.speech import SENTENCE, SENTENCE_MS, VOICE_MS, milliseconds

NOTICE = "This call is recorded."
LONG_MS = 1500
TOLERANCE_MS = 2 * FRAME_MS
SAID = SENTENCE.replace(b"\x7f", b"\xff")


def recorded(folder: Path, **more: object) -> dict[str, Any]:
    settings = {"record_calls": True, "recordings_dir": folder / "recordings"}
    return {"settings": settings | more}


def files(folder: Path) -> list[Path]:
    return sorted((folder / "recordings").glob("*.wav"))


def live(here: Center) -> LiveCall:
    (reception,) = here.node.floor._calls.values()
    return reception.call


def stretches(call: Leg) -> list[tuple[int, bytes]]:
    """What the phone heard of its stream, and when on the stream's clock."""
    events = call.phone.events
    began = next(o.at_ms for o in events if o.what is Happening.STREAM_STARTED)
    return [
        (part.at_ms - began, part.audio.replace(b"\x7f", b"\xff"))
        for part in call.phone.heard
        if part.source is Source.STREAM
    ]


def sounding_ms(side: bytes) -> int:
    """How much of it is no silence, to the frame."""
    frame = FRAME_MS * BYTES_PER_MS
    cuts = range(0, len(side), frame)
    return FRAME_MS * sum(bool(side[cut : cut + frame].strip(SILENCE)) for cut in cuts)


async def greeted(caller: Caller) -> None:
    """Hear the agent's first words; the notice before them does not count."""
    await caller.phone.happens(Happening.STREAM_STARTED)
    caller.forgets()
    await caller.hears_agent()


async def file_of(here: Center, folder: Path) -> Path:
    """The one recording, when all of it is written."""
    await here.happened(r.RecordingEnded)
    kept = here.node.floor.house.recordings
    assert isinstance(kept, Recordings)
    await here.until(lambda: not kept._open)
    (path,) = files(folder)
    return path


async def test_a_recording_has_what_the_phone_said_and_heard_where_it_was(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, hurry=1, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            await caller.asks("thank you")

        call = await here.call(script)
        path = await file_of(here, tmp_path)
        assert [fact.path for fact in here.of(r.RecordingStarted)] == [str(path)]
        caller_side, agent_side = played(path)
        parts = stretches(call)
        assert len(parts) == 2
        found = 0
        for at_ms, audio in parts:
            found = agent_side.index(audio, found)
            assert abs(found / BYTES_PER_MS - at_ms) <= TOLERANCE_MS
            found += len(audio)
        assert sounding_ms(agent_side) <= 2 * (VOICE_MS + FRAME_MS)
        began, spoke = (
            next(o.at_ms for o in call.phone.events if o.what is what)
            for what in (Happening.STREAM_STARTED, Happening.SPOKE)
        )
        found_ms = caller_side.index(SAID) / BYTES_PER_MS
        assert abs(found_ms - (spoke - began)) <= TOLERANCE_MS
        assert sounding_ms(caller_side) <= SENTENCE_MS + FRAME_MS
        (ended,) = here.of(r.RecordingEnded)
        assert ended.seconds == milliseconds(caller_side) // 1000


async def test_what_the_caller_cut_off_is_not_on_the_recording(tmp_path: Path) -> None:
    async with center(
        tmp_path, hurry=1, voice_ms=LONG_MS, **recorded(tmp_path)
    ) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.STREAM_STARTED)
            caller.forgets()
            await caller.phone.hears_sound()
            await caller.phone.waits(300)
            await caller.says("")
            await caller.phone.happens(Happening.CLEARED)
            await caller.phone.waits(100)

        call = await here.call(script)
        _, agent_side = played(await file_of(here, tmp_path))
        (_, heard), *_ = stretches(call)
        assert milliseconds(heard) < LONG_MS
        differs_ms = sounding_ms(agent_side) - milliseconds(heard)
        assert abs(differs_ms) <= TOLERANCE_MS + FRAME_MS


async def test_without_being_asked_nothing_is_recorded_and_nobody_told(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, settings={"recordings_dir": tmp_path / "r"}) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            live(here).pause_recording()
            live(here).resume_recording()

        call = await here.call(script)
        assert call.phone.said_texts == []
        assert not [f for f in here.facts if "Recording" in type(f.event).__name__]
    assert not await asyncio.to_thread((tmp_path / "r").exists)


@pytest.mark.parametrize("greeting", ["", "Welcome."])
async def test_the_caller_is_told_before_anything_is_recorded(
    tmp_path: Path, greeting: str
) -> None:
    choice = recorded(tmp_path, greeting=greeting, recording_notice="We record.")
    async with center(tmp_path, **choice) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)

        call = await here.call(script)
        happened = [o.what for o in call.phone.events]
        told = happened.index(Happening.SAID)
        assert told < happened.index(Happening.STREAM_STARTED)
        expected = [greeting, "We record."] if greeting else ["We record."]
        assert call.phone.said_texts == expected


async def test_a_caller_who_hung_up_during_the_notice_is_not_recorded(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await caller.phone.happens(Happening.SAID)

        await here.call(script)
        await here.happened(e.CallEnded)
        assert here.of(r.RecordingStarted) == []
    assert files(tmp_path) == []


async def test_a_caller_whose_line_broke_is_told_once_and_has_two_recordings(
    tmp_path: Path,
) -> None:
    broken = StreamFaults(reset_after_ms=1000)
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await here.happened(r.RecordingStarted, times=2)
            caller.forgets()
            await caller.hears_agent()

        call = await here.call(script, faults=broken)
        await here.happened(r.RecordingEnded, times=2)
        assert call.phone.said_texts == [NOTICE]
        paths = [fact.path for fact in here.of(r.RecordingStarted)]
        assert paths == [str(path) for path in files(tmp_path)]
        assert len(set(paths)) == 2


async def test_a_paused_recording_has_silence_until_it_is_resumed(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            live(here).pause_recording()
            live(here).pause_recording()
            await caller.asks("thank you")
            live(here).resume_recording()
            live(here).resume_recording()
            await caller.phone.waits(1000)
            await caller.asks("thank you")

        await here.call(script)
        caller_side, agent_side = played(await file_of(here, tmp_path))
        assert caller_side.count(SAID) == 1
        assert sounding_ms(agent_side) <= 2 * (VOICE_MS + 2 * FRAME_MS)
        assert len(here.of(r.RecordingPaused)) == len(here.of(r.RecordingResumed)) == 1


async def test_a_secure_entry_is_not_recorded(tmp_path: Path) -> None:
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            control = live(here).control
            assert control is not None
            async with asyncio.TaskGroup() as tasks:
                entry = tasks.create_task(control.collect_digits(4, 5))
                await here.happened(r.RecordingPaused)
                caller.phone.press("12#")
                assert await entry == "12"
            assert len(here.of(r.RecordingResumed)) == 1

        await here.call(script)


async def test_a_pause_outlives_the_stream(tmp_path: Path) -> None:
    broken = StreamFaults(reset_after_ms=1000)
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            live(here).pause_recording()
            await here.happened(r.RecordingStarted, times=2)
            caller.forgets()
            await caller.hears_agent()
            await caller.asks("thank you")

        await here.call(script, faults=broken)
        await here.happened(r.RecordingEnded, times=2)
        kept = here.node.floor.house.recordings
        assert isinstance(kept, Recordings)
        await here.until(lambda: not kept._open)
        caller_side, agent_side = played(files(tmp_path)[1])
        assert len(caller_side) > 0
        assert sounding_ms(caller_side) == sounding_ms(agent_side) == 0


async def test_a_call_that_ends_before_its_stream_says_that_it_was_recorded(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            live(here).finish("the carrier reported completed")

        await here.call(script)
        (ended,) = here.of(r.RecordingEnded)
        assert ended.reason == "the call ended"
        _, agent_side = played(await file_of(here, tmp_path))
        assert sounding_ms(agent_side) >= VOICE_MS


async def test_a_full_disk_costs_the_recording_and_not_the_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(self: object, sound: bytes) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(storage._File, "write", write)
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)
            assert await here.happened(r.RecordingEnded)
            await caller.asks("thank you")

        call = await here.call(script)
        (ended,) = here.of(r.RecordingEnded)
        assert ended.reason == "the disk is full"
        story = await here.story(call)
        assert story["disposition"] == "resolved"
        assert "You are welcome" in story["turns"][-1]["heard"]


async def test_the_record_says_where_the_recording_is(tmp_path: Path) -> None:
    async with center(tmp_path, **recorded(tmp_path)) as here:

        async def script(caller: Caller) -> None:
            await greeted(caller)

        call = await here.call(script)
        path = await file_of(here, tmp_path)
        story = await here.story(call)
        assert [one["path"] for one in story["recordings"]] == [str(path)]
        kinds = [one["kind"] for one in story["events"]]
        assert kinds.index("StreamStarted") < kinds.index("RecordingStarted")
        assert kinds.index("RecordingEnded") < kinds.index("CallEnded")
