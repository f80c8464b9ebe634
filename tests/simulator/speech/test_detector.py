"""Voice activity: tables of frames in, turns out."""

from __future__ import annotations

import math
from array import array

import pytest

from callcenter.simulator.speech.detector import (
    Detector,
    SpeechStarted,
    SpeechStopped,
    Turn,
    level_db,
)
from callcenter.wire import mulaw


def tone(amplitude: int) -> bytes:
    samples = [round(amplitude * math.sin(i * math.pi / 8)) for i in range(160)]
    return mulaw.encode(array("h", samples))


VOICE = tone(8_000)
QUIET = mulaw.silence(20)
MURMUR = tone(320)
"""Between the two thresholds."""


def turns(*runs: tuple[bytes, int], silence_ms: int = 200) -> list[Turn]:
    detector = Detector(silence_ms)
    frames = [frame for frame, count in runs for _ in range(count)]
    return [turn for frame in frames if (turn := detector.hear(frame))]


def test_silence_is_nobody_speaking() -> None:
    assert turns((QUIET, 100)) == []


def test_speech_starts_where_it_started_and_not_where_it_was_noticed() -> None:
    assert turns((QUIET, 10), (VOICE, 10)) == [SpeechStarted(200)]


def test_a_click_is_not_speech() -> None:
    assert turns((VOICE, 2), (QUIET, 5), (VOICE, 2), (QUIET, 5)) == []


def test_speech_stops_where_the_silence_began() -> None:
    assert turns((VOICE, 10), (QUIET, 10)) == [SpeechStarted(0), SpeechStopped(200)]


def test_a_pause_for_breath_is_part_of_the_utterance() -> None:
    assert turns((VOICE, 10), (QUIET, 9), (VOICE, 3), (QUIET, 10)) == [
        SpeechStarted(0),
        SpeechStopped(440),
    ]


@pytest.mark.parametrize("silence_ms", [100, 500, 1_000])
def test_the_session_decides_how_much_silence_ends_an_utterance(
    silence_ms: int,
) -> None:
    frames = silence_ms // 20
    script = (VOICE, 5), (QUIET, frames - 1)
    assert turns(*script, silence_ms=silence_ms) == [SpeechStarted(0)]
    script = (VOICE, 5), (QUIET, frames)
    assert turns(*script, silence_ms=silence_ms)[1:] == [SpeechStopped(100)]


def test_a_murmur_neither_starts_nor_stops_anything() -> None:
    assert turns((MURMUR, 100)) == []
    assert turns((VOICE, 5), (MURMUR, 100)) == [SpeechStarted(0)]


def test_a_second_utterance_is_counted_from_the_first_frame_of_all() -> None:
    first = (VOICE, 10), (QUIET, 10)
    assert turns(*first, *first)[2:] == [SpeechStarted(400), SpeechStopped(600)]


def test_full_scale_is_zero_decibels() -> None:
    assert level_db(mulaw.encode(array("h", [32_000, -32_000] * 80))) == (
        pytest.approx(0, abs=0.5)
    )
    assert level_db(QUIET) == level_db(b"") == -96.0
