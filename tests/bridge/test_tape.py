"""What is on the tape, and where."""

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings, strategies as st
from typing_extensions import override

from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import Keep, Play
from callcenter.bridge.events import (
    AgentAudio,
    CallerFrame,
    Event,
    Interrupted,
    MarkReturned,
    ResponseBegan,
    StreamClosed,
)
from callcenter.bridge.tape import BLOCK, LONGEST_GAP, LONGEST_WAIT, RELEASE, Tape
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_MS, SILENCE, silence
from tests.bridge.phone import Line, Phone
from tests.fakes.listening import sides

QUIET = silence(FRAME_MS)
EVER_MS = 10**9
R1, HELLO = ResponseId("r1"), ItemId("hello")
WAIT_MS, GAP_MS, BLOCK_MS, HELD_MS = (
    LONGEST_WAIT // BYTES_PER_MS,
    LONGEST_GAP // BYTES_PER_MS,
    BLOCK // BYTES_PER_MS,
    RELEASE // BYTES_PER_MS,
)


def sound(ms: int, byte: int) -> bytes:
    return bytes([byte]) * (ms * BYTES_PER_MS)


def at(side: bytes, begins_ms: int, ends_ms: int) -> bytes:
    return side[begins_ms * BYTES_PER_MS : ends_ms * BYTES_PER_MS]


def says(tape: Tape, until_ms: int, byte: int, since_ms: int = 0) -> None:
    for at_ms in range(since_ms, until_ms, FRAME_MS):
        tape.caller(at_ms, sound(FRAME_MS, byte))


def test_its_length_is_the_callers_side() -> None:
    tape = Tape()
    says(tape, 1500, 1)
    tape.wind(EVER_MS)
    assert tape.length_ms == 1500


def test_nothing_is_given_away_before_it_is_a_block() -> None:
    tape = Tape()
    says(tape, BLOCK_MS - FRAME_MS, 1)
    assert tape.wind(EVER_MS) == b""
    says(tape, BLOCK_MS, 1, since_ms=BLOCK_MS - FRAME_MS)
    assert sides(tape.wind(EVER_MS)) == (sound(BLOCK_MS, 1), silence(BLOCK_MS))
    assert tape.rest() == b""


def test_both_sides_lie_where_they_were() -> None:
    tape = Tape()
    says(tape, 500, 1)
    tape.agent(200, sound(100, 2))
    caller, agent = sides(tape.rest())
    assert caller == sound(500, 1)
    assert agent == silence(200) + sound(100, 2) + silence(200)


def test_frames_that_never_came_are_silence() -> None:
    tape = Tape()
    says(tape, 100, 1)
    says(tape, 400, 3, since_ms=300)
    caller, _ = sides(tape.rest())
    assert caller == sound(100, 1) + silence(200) + sound(100, 3)


def test_stamps_that_jitter_tear_no_holes() -> None:
    tape = Tape()
    for at_ms in (3, 18, 41, 62, 79):
        tape.caller(at_ms, sound(FRAME_MS, 1))
    caller, _ = sides(tape.rest())
    assert caller == sound(100, 1)


def test_a_leap_of_the_clock_is_no_silence() -> None:
    tape = Tape()
    says(tape, 100, 1)
    leap_ms = 10**12
    says(tape, leap_ms + 100, 3, since_ms=leap_ms)
    tape.agent(leap_ms + 20, sound(FRAME_MS, 2))
    caller, agent = sides(tape.rest())
    assert caller == sound(100, 1) + sound(100, 3)
    assert at(agent, 120, 140) == sound(FRAME_MS, 2)


def test_the_tape_waits_for_word_of_what_was_heard() -> None:
    tape = Tape()
    says(tape, 3 * BLOCK_MS, 1)
    assert tape.wind(BLOCK_MS - 1) == b""
    tape.agent(1100, sound(100, 2))
    _, agent = sides(tape.wind(EVER_MS))
    assert at(agent, 1100, 1200) == sound(100, 2)


def test_but_not_for_ever_and_what_comes_after_that_is_lost() -> None:
    tape = Tape()
    says(tape, WAIT_MS + BLOCK_MS, 1)
    assert len(tape.wind(0)) == BLOCK * 4
    tape.agent(BLOCK_MS - 300, sound(400, 2))
    caller, agent = sides(tape.rest())
    assert caller == sound(WAIT_MS, 1)
    assert agent.rstrip(SILENCE) == sound(100, 2)


def test_in_a_pause_both_sides_are_silent_and_time_goes_on() -> None:
    tape = Tape()
    says(tape, 200, 1)
    tape.pause()
    tape.pause()
    says(tape, 600, 1, since_ms=200)
    tape.agent(100, sound(600 + HELD_MS, 2))
    tape.resume()
    tape.resume()
    says(tape, 800 + HELD_MS, 1, since_ms=600)
    caller, agent = sides(tape.rest())
    hushed = silence(400 + HELD_MS)
    assert caller == sound(200, 1) + hushed + sound(200, 1)
    assert agent == silence(100) + sound(100, 2) + hushed + sound(100, 2) + silence(100)


def test_a_key_that_is_still_held_is_in_the_pause() -> None:
    tape = Tape()
    tape.pause()
    says(tape, 200, 1)
    tape.resume()
    says(tape, 200 + HELD_MS, 1, since_ms=200)
    assert sides(tape.rest())[0] == silence(200 + HELD_MS)


def test_a_pause_reaches_from_one_block_into_the_next() -> None:
    tape = Tape()
    says(tape, BLOCK_MS - 100, 1)
    tape.pause()
    says(tape, BLOCK_MS + 100, 1, since_ms=BLOCK_MS - 100)
    first = sides(tape.wind(EVER_MS))[0]
    says(tape, 2 * BLOCK_MS, 1, since_ms=BLOCK_MS + 100)
    tape.resume()
    says(tape, 3 * BLOCK_MS, 1, since_ms=2 * BLOCK_MS)
    second = sides(tape.rest())[0]
    assert first + second == (
        sound(BLOCK_MS - 100, 1)
        + silence(BLOCK_MS + 100 + HELD_MS)
        + sound(BLOCK_MS - HELD_MS, 1)
    )


def test_a_pause_silences_nothing_before_it() -> None:
    tape = Tape()
    says(tape, 2 * BLOCK_MS, 1)
    tape.pause()
    assert sides(tape.wind(BLOCK_MS))[0] == sound(BLOCK_MS, 1)
    assert sides(tape.rest())[0] == sound(BLOCK_MS, 1)


def test_a_tape_may_be_paused_before_anybody_speaks() -> None:
    tape = Tape()
    tape.resume()
    tape.pause()
    says(tape, 100, 1)
    assert sides(tape.rest()) == (silence(100), silence(100))


def test_a_tape_that_was_stopped_takes_and_gives_nothing() -> None:
    tape = Tape()
    says(tape, 100, 1)
    tape.stop()
    says(tape, 300, 1, since_ms=100)
    tape.agent(0, sound(100, 2))
    assert tape.rest() == b""


def test_a_bridge_without_a_tape_keeps_no_sound() -> None:
    bridge = Bridge()
    list(bridge.handle(AgentAudio(HELLO, R1, sound(100, 2))))
    assert bridge._playback._run.queue[0].audio == b""
    frame = CallerFrame(2 * BLOCK_MS, QUIET)
    assert not [one for one in bridge.handle(frame) if isinstance(one, Keep)]
    assert not [one for one in bridge.handle(StreamClosed()) if isinstance(one, Keep)]


def test_a_mark_that_travelled_long_does_not_shift_what_was_heard() -> None:
    """The probe took half a second; the audio's own mark shows that it was too long."""
    bridge = Bridge(Tape())
    for at_ms in range(0, 100, FRAME_MS):
        list(bridge.handle(CallerFrame(at_ms, QUIET)))
    list(bridge.handle(AgentAudio(HELLO, R1, sound(1000, 2))))
    for at_ms in range(100, 1200, FRAME_MS):
        list(bridge.handle(CallerFrame(at_ms, QUIET)))
        if at_ms == 600:
            list(bridge.handle(MarkReturned("1")))
    list(bridge.handle(MarkReturned("2")))  # at 1180
    (kept,) = [c for c in bridge.handle(StreamClosed()) if isinstance(c, Keep)]
    _, agent = sides(kept.sound)
    assert agent == silence(180) + sound(1000, 2) + silence(20)


# Against a phone that knows what it played.


@dataclass
class Ear(Phone):
    """It keeps what it heard, byte by byte."""

    begins: list[tuple[float, bytes]] = field(default_factory=list)

    @override
    def clear(self, now_ms: float) -> None:
        super().clear(now_ms)
        self.begins = [
            (begins_ms, audio[: round(max(now_ms - begins_ms, 0) * BYTES_PER_MS)])
            for begins_ms, audio in self.begins
        ]

    @override
    def play(self, now_ms: float, item_id: ItemId, audio: bytes) -> None:
        super().play(now_ms, item_id, audio)
        self.begins.append((self.sounds[-1][1], audio))


class Taped(Line):
    """With what the bridge had written down."""

    @property
    def kept(self) -> bytes:
        return b"".join(one.sound for one in self.asked if isinstance(one, Keep))

    def ends(self) -> tuple[bytes, bytes]:
        self.pass_time(2 * self.back_ms + self.there_ms + FRAME_MS)
        self.happens(StreamClosed())
        return sides(self.kept)


TALK = st.lists(
    st.tuples(
        st.integers(1, 3000),  # how long an answer is, in bytes
        st.integers(0, 700),  # how long the caller waits after it
        st.booleans(),  # whether they barge in then
    ),
    min_size=1,
    max_size=8,
)
TOLERANCE_MS = 3 * FRAME_MS
"""Twilio's clock comes in steps of a frame, twice; and the tape joins what is near."""


def talk(line: Taped, answers: list[tuple[int, int, bool]]) -> None:
    line.pass_time(100 + line.back_ms)  # a frame has come: the clock is known
    for number, (size, pause_ms, barges_in) in enumerate(answers):
        byte, response = number + 1, ResponseId(f"r{number}")
        events: list[Event] = [
            ResponseBegan(response),
            AgentAudio(ItemId(f"i{number}"), response, bytes([byte]) * size),
        ]
        for event in events:
            line.happens(event)
        line.pass_time(pause_ms)
        if barges_in:
            line.happens(Interrupted())


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 150), st.integers(0, 150), TALK)
def test_the_tape_has_what_the_phone_played_where_it_played_it(
    there_ms: int, back_ms: int, answers: list[tuple[int, int, bool]]
) -> None:
    line = Taped(there_ms, back_ms, Bridge(Tape()), Ear())
    talk(line, answers)
    line.pass_time(4000)
    assert isinstance(line.phone, Ear)
    _, agent = line.ends()
    for begins_ms, audio in line.phone.begins:
        found = agent.find(audio[:1]) if audio else -1
        kept = agent.count(audio[:1]) if audio else 0
        assert abs(kept - len(audio)) <= TOLERANCE_MS * BYTES_PER_MS
        if found >= 0:
            assert abs(found / BYTES_PER_MS - begins_ms) <= TOLERANCE_MS


@pytest.mark.parametrize("delay_ms", [0, 30, 150])
def test_what_was_heard_out_is_where_it_was_to_two_frames(delay_ms: int) -> None:
    line = Taped(delay_ms, delay_ms, Bridge(Tape()), Ear())
    talk(line, [(8000, 1500, False), (4000, 700, False), (16000, 0, False)])
    line.pass_time(4000)
    assert isinstance(line.phone, Ear)
    _, agent = line.ends()
    for begins_ms, audio in line.phone.begins:
        found_ms = agent.index(audio) / BYTES_PER_MS
        assert abs(found_ms - begins_ms) <= TOLERANCE_MS


@pytest.mark.parametrize("heard_ms", [0, 200, 999])
def test_what_was_cleared_is_not_on_the_tape(heard_ms: int) -> None:
    line = Taped(0, 0, Bridge(Tape()), Ear())
    line.pass_time(100)
    for number in range(3):
        line.happens(AgentAudio(HELLO, R1, sound(1000, number + 1)))
    line.pass_time(heard_ms)
    line.happens(Interrupted())
    line.pass_time(3000)
    _, agent = line.ends()
    assert abs(agent.count(b"\x01") - heard_ms * BYTES_PER_MS) <= 40 * BYTES_PER_MS
    assert b"\x02" not in agent
    assert b"\x03" not in agent


def test_the_tape_is_given_away_about_every_second() -> None:
    line = Taped(30, 30, Bridge(Tape()), Ear())
    line.happens(AgentAudio(HELLO, R1, sound(2500, 2)))
    line.pass_time(10_000)
    kept = [one for one in line.asked if isinstance(one, Keep)]
    assert 6 <= len(kept) <= 9
    assert [one for one in line.asked if isinstance(one, Play)]
