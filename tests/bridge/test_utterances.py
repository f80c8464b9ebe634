"""One voice's frames, cut where it falls silent."""

import random

from callcenter.bridge.utterances import LONGEST_MS, TAIL_MS, Utterance, Utterances
from callcenter.simulator.carrier.sound import tone
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_BYTES, FRAME_MS, silence


def heard(voice: Utterances, audio: bytes, from_ms: int = 0) -> list[Utterance]:
    """Frame by frame, each when it ends."""
    said = []
    for at in range(0, len(audio), FRAME_BYTES):
        now_ms = from_ms + at // BYTES_PER_MS + FRAME_MS
        if one := voice.hear(audio[at : at + FRAME_BYTES], now_ms):
            said.append(one)
    return said


def words(ms: int) -> bytes:
    return tone((300.0,), ms)


def hiss(ms: int, most: int) -> bytes:
    """A noisy line: small values of both signs."""
    chance = random.Random(1)
    choices = [0xFF - n for n in range(most)] + [0x7F - n for n in range(most)]
    return bytes(chance.choices(choices, k=ms * BYTES_PER_MS))


def test_what_is_said_between_two_silences_is_one_utterance() -> None:
    sound = silence(400) + words(600) + silence(800) + words(300) + silence(800)
    first, second = heard(Utterances(), sound)
    assert words(600) in first.audio
    assert words(300) in second.audio
    assert (first.began_ms, first.ended_ms) == (400, 1_000)


def test_a_breath_does_not_end_it() -> None:
    sound = words(300) + silence(300) + words(300) + silence(800)
    (one,) = heard(Utterances(), sound)
    assert one.ended_ms == 900


def test_what_was_said_just_before_it_was_loud_enough_is_in_it() -> None:
    quiet_start = hiss(100, 40)
    (one,) = heard(Utterances(), silence(400) + quiet_start + words(300) + silence(800))
    assert quiet_start in one.audio


def test_a_click_is_nobodys_voice() -> None:
    assert heard(Utterances(), silence(200) + words(40) + silence(800)) == []


def test_a_line_that_hisses_says_nothing() -> None:
    assert heard(Utterances(), hiss(5_000, 30)) == []


def test_a_voice_is_heard_through_a_line_that_hisses() -> None:
    (one,) = heard(Utterances(), hiss(3_000, 30) + words(500) + hiss(1_000, 30))
    assert words(500) in one.audio


def test_who_does_not_stop_is_written_down_in_parts() -> None:
    said = heard(Utterances(), words(2 * LONGEST_MS))
    assert len(said) == 2


def test_what_is_under_way_can_be_ended() -> None:
    voice = Utterances()
    assert heard(voice, words(300)) == []
    assert voice.under_way
    rest = voice.rest(300)
    assert rest == Utterance(words(300) + silence(TAIL_MS), 0, 300)
    assert voice.rest(300) is None


def test_a_frame_of_nothing_is_nothing() -> None:
    voice = Utterances()
    assert voice.hear(b"", 20) is None
    assert not voice.under_way
