"""The buffer of a stream: what is heard, and when marks come back."""

from callcenter.simulator.carrier.playback import Playback
from callcenter.wire.mulaw import SILENCE

FRAME = b"\x10" * 160


def test_audio_plays_in_the_order_of_arrival_and_then_there_is_silence() -> None:
    playback = Playback()
    playback.play(b"a" * 100)
    playback.play(b"b" * 100)
    assert playback.tick()[0] == b"a" * 100 + b"b" * 60
    assert playback.tick()[0] == b"b" * 40 + SILENCE * 120
    assert playback.tick()[0] == SILENCE * 160


def test_a_mark_waits_for_the_end_of_the_audio_before_it() -> None:
    playback = Playback()
    playback.play(FRAME * 2)
    assert playback.mark("end") == []
    assert playback.tick()[1] == []
    assert playback.tick()[1] == []  # the second frame plays now
    assert playback.tick()[1] == ["end"]


def test_a_mark_inside_a_frame_is_due_when_that_frame_is_over() -> None:
    playback = Playback()
    playback.play(b"a" * 80)
    playback.mark("middle")
    playback.play(b"b" * 160)
    assert playback.tick() == (b"a" * 80 + b"b" * 80, [])
    assert playback.tick()[1] == ["middle"]


def test_a_mark_comes_back_at_once_when_nothing_is_queued() -> None:
    assert Playback().mark("now") == ["now"]


def test_a_mark_does_not_overtake_the_frame_that_still_plays() -> None:
    playback = Playback()
    playback.play(FRAME)
    playback.tick()
    assert playback.mark("after") == []
    assert playback.tick()[1] == ["after"]


def test_clear_drops_the_audio_and_returns_every_mark() -> None:
    playback = Playback()
    playback.play(FRAME)
    playback.mark("a")
    playback.play(FRAME * 50)
    playback.mark("b")
    assert playback.clear() == ["a", "b"]
    assert playback.tick() == (SILENCE * 160, [])
    assert playback.queued_bytes == 0


def test_a_full_buffer_drops_what_comes() -> None:
    playback = Playback(limit_bytes=200)
    assert playback.play(FRAME)
    assert not playback.play(FRAME)
    assert playback.queued_bytes == 160


def test_clear_returns_the_marks_of_the_frame_that_plays_too() -> None:
    playback = Playback()
    playback.play(b"a" * 80)
    playback.mark("a")
    playback.play(b"b" * 800)
    playback.tick()
    playback.mark("b")
    assert playback.clear() == ["a", "b"]
