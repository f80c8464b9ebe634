"""What callers in line hear."""

import struct
from itertools import pairwise

from callcenter.wire.hold_music import hold_music
from callcenter.wire.mulaw import decode
from callcenter.wire.twiml_line import choice, hold

FRAME = 80


def test_it_is_a_wav_file_of_the_telephones_own_sound() -> None:
    file = hold_music()
    riff, size, wave = struct.unpack_from("<4sI4s", file)
    assert (riff, wave, size) == (b"RIFF", b"WAVE", len(file) - 8)
    code, channels, rate = struct.unpack_from("<HHI", file, 20)
    assert (code, channels, rate) == (7, 1, 8000)
    assert struct.unpack_from("<4sI", file, 50) == (b"data", len(file) - 58)


def test_it_is_quiet_and_never_silent_and_its_loop_has_no_seam() -> None:
    samples = decode(hold_music()[58:])
    assert len(samples) == 80_000
    assert max(map(abs, samples)) < 4_000, "a voice speaks at some 10,000"
    loud = [max(samples[n : n + FRAME]) for n in range(0, len(samples), FRAME)]
    assert min(loud) > 100
    steps = [abs(b - a) for a, b in pairwise(samples)]
    assert abs(samples[0] - samples[-1]) <= max(steps)


def test_a_round_in_line_may_be_ended_by_any_key_and_asks_again_by_itself() -> None:
    document = hold("You are next.", "https://h/m.wav", again="https://h/line")
    assert document.count('finishOnKey=""') == document.count('numDigits="1"') == 1
    assert document.index("<Say>") < document.index("<Play>https://h/m.wav</Play>")
    assert document.endswith(
        '<Redirect method="POST">https://h/line</Redirect></Response>'
    )
    assert "<Say>" not in hold("", "https://h/m.wav", again="https://h/line")


def test_a_choice_is_asked_about_even_if_nobody_chooses() -> None:
    document = choice("Well?", action="https://h/line")
    assert 'actionOnEmptyResult="true"' in document
