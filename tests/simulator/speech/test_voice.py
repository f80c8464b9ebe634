"""The voice: real speech at the telephone's rate, not a beep."""

from __future__ import annotations

import asyncio
import math
from array import array

import pytest

from callcenter.simulator.speech import clips, resample, voice
from callcenter.simulator.speech.detector import Detector
from callcenter.simulator.speech.recogniser import Recogniser, normalised
from callcenter.simulator.speech.recording import record
from callcenter.wire import mulaw


@pytest.fixture(autouse=True)
def _espeak() -> None:
    pytest.importorskip("espeakng_loader")


def test_the_ear_understands_the_voice() -> None:
    pytest.importorskip("pocketsphinx")
    utterance = Recogniser().utterance()
    utterance.feed(voice.render("what are your opening hours"))
    assert utterance.conclude() == "what are your opening hours"


def test_longer_text_takes_longer_to_say() -> None:
    short, long = voice.render("Yes."), voice.render("Yes, that is quite all right.")
    assert 200 < mulaw.milliseconds(short) < mulaw.milliseconds(long) < 5_000


def test_the_voice_is_loud_enough_to_count_as_speech() -> None:
    audio, detector = voice.render("Good morning."), Detector()
    assert any(detector.hear(audio[at : at + 160]) for at in range(0, len(audio), 160))


def test_voices_differ() -> None:
    assert voice.render("Hello.", voice.AGENT) != voice.render("Hello.", voice.OPERATOR)


def test_what_was_said_before_is_not_computed_again() -> None:
    assert voice.render("Hello.") is voice.render("Hello.")


def test_a_clip_can_be_recorded_again() -> None:
    clip = clips.clip("operator")
    assert len(record(clip.text)) == pytest.approx(len(clip.audio), rel=0.03)
    assert len(record(clip.text)) < len(voice.render(clip.text))


async def test_two_may_speak_at_once_without_mixing_their_words() -> None:
    short, long = "One.", "Two hundred and twenty two."
    voice.render.cache_clear()
    async with asyncio.TaskGroup() as both:
        one = both.create_task(voice.AGENT.say(short))
        two = both.create_task(voice.OPERATOR.say(long))
    voice.render.cache_clear()  # each alone takes as long, to a few ms
    for together, alone in (
        (one.result(), voice.render(short, voice.AGENT)),
        (two.result(), voice.render(long, voice.OPERATOR)),
    ):
        assert len(together) == pytest.approx(len(alone), rel=0.02)


def sine(rate_hz: int, tone_hz: int, ms: int = 100) -> array[int]:
    count = rate_hz * ms // 1_000
    step = 2 * math.pi * tone_hz / rate_hz
    return array("h", [round(10_000 * math.sin(i * step)) for i in range(count)])


def loudness(samples: array[int]) -> float:
    return math.sqrt(sum(s * s for s in samples) / len(samples))


def test_a_tone_in_the_telephone_band_passes() -> None:
    passed = resample.to_8_khz(sine(22_050, 1_000), 22_050)
    assert len(passed) == 800
    assert loudness(passed) == pytest.approx(10_000 / math.sqrt(2), rel=0.02)


def test_a_tone_above_the_band_does_not_fold_into_it() -> None:
    assert loudness(resample.to_8_khz(sine(22_050, 6_000), 22_050)) < 100


def test_up_and_down_again_keeps_the_sound() -> None:
    samples = sine(8_000, 440)
    tripled = resample.times(samples, 3)
    assert len(tripled) == 3 * len(samples)
    assert loudness(resample.every(tripled, 3)) == pytest.approx(
        loudness(samples), rel=0.05
    )


def test_spoken_letters_are_written_together() -> None:
    assert normalised("Nine  P M please") == "nine pm please"
