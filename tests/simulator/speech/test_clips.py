"""The simulated caller is understood, word for word, as over the telephone."""

import pytest

from callcenter.simulator.speech import clips
from callcenter.simulator.speech.detector import Detector, SpeechStarted, SpeechStopped
from callcenter.simulator.speech.recogniser import Recogniser, Utterance
from callcenter.wire import mulaw

PREFIX_FRAMES = 15


@pytest.fixture(scope="module")
def recogniser() -> Recogniser:
    pytest.importorskip("pocketsphinx")
    return Recogniser()


def heard(recogniser: Recogniser, audio: bytes) -> list[str]:
    """What the streaming path makes of the audio: one text for each utterance."""
    frames = [audio[at : at + 160] for at in range(0, len(audio), 160)]
    detector, texts = Detector(), list[str]()
    utterance: Utterance | None = None
    for position, frame in enumerate(frames):
        turn = detector.hear(frame)
        if isinstance(turn, SpeechStarted):
            utterance = recogniser.utterance()
            utterance.feed(
                b"".join(frames[max(0, position - PREFIX_FRAMES) : position])
            )
        if utterance:
            utterance.feed(frame)
        if isinstance(turn, SpeechStopped):
            assert utterance
            texts.append(utterance.conclude())
            utterance = None
    return texts


@pytest.mark.parametrize("slug", sorted(clips.clips()))
def test_every_clip_is_recognised_word_for_word(
    recogniser: Recogniser, slug: str
) -> None:
    clip = clips.clip(slug)
    audio = mulaw.silence(400) + clip.audio + mulaw.silence(600)
    assert heard(recogniser, audio) == [clip.text]


def test_what_was_said_before_does_not_change_what_is_heard(
    recogniser: Recogniser,
) -> None:
    gap = mulaw.silence(600)
    first, second = clips.clip("no-thank-you"), clips.clip("weather-bergen")
    conversation = gap + first.audio + gap + second.audio + gap + first.audio + gap
    assert heard(recogniser, conversation) == [first.text, second.text, first.text]


def test_three_callers_may_speak_at_once(recogniser: Recogniser) -> None:
    said = [clips.clip(slug) for slug in ("hello", "operator", "weather-paris")]
    utterances = [recogniser.utterance() for _ in said]
    for at in range(0, max(len(clip.audio) for clip in said), mulaw.FRAME_BYTES):
        for clip, utterance in zip(said, utterances, strict=True):
            utterance.feed(clip.audio[at : at + mulaw.FRAME_BYTES])
    heard_texts = [utterance.conclude() for utterance in utterances]
    assert heard_texts == [clip.text for clip in said]


def test_the_clips_stay_small_enough_to_ship() -> None:
    assert sum(len(clip.audio) for clip in clips.clips().values()) < 600_000


def test_an_unknown_clip_says_which_there_are() -> None:
    with pytest.raises(KeyError, match="weather-bergen"):
        clips.clip("whether-bergen")


def test_a_clip_knows_how_long_it_plays() -> None:
    clip = clips.clip("hello")
    assert clip.duration_ms == len(clip.audio) // 8
