"""What the model is not to hear."""

from callcenter.bridge.tape import RELEASE
from callcenter.realtime.hush import Hush
from callcenter.wire.mulaw import SILENCE

TONE = b"\x3c" * 160


def test_silence_of_the_same_length_stands_in_for_the_caller() -> None:
    hush = Hush()
    assert hush.over(TONE) == TONE
    hush.begin()
    assert hush.over(TONE) == SILENCE * len(TONE)


def test_the_tone_of_a_key_that_is_still_held_is_silenced_too() -> None:
    hush = Hush()
    hush.begin()
    hush.end()
    hush.end()
    after = hush.over(TONE) + hush.over(b"\x10" * RELEASE)
    assert after == SILENCE * RELEASE + b"\x10" * len(TONE)
    assert hush.over(TONE) == TONE


def test_ending_what_was_never_begun_silences_nobody() -> None:
    hush = Hush()
    hush.end()
    assert hush.over(TONE) == TONE
