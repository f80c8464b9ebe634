"""The input audio buffer: when the caller speaks, and what was said.

Everything in here is 8 kHz μ-law in frames of 20 ms; other formats are converted first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeAlias

from callcenter.simulator.model.schema import Json, Refused
from callcenter.simulator.speech.detector import Detector, SpeechStarted, SpeechStopped
from callcenter.wire import mulaw

_SMALLEST_COMMIT_MS: Final = 100
_SEMANTIC_PATIENCE_MS: Final = {"low": 1_000, "medium": 600, "auto": 600, "high": 300}
"""A semantic detector knows when a thought is finished; ours waits a fixed time."""


class Listens(Protocol):
    """One utterance being recognised; see `callcenter.simulator.speech.recogniser`."""

    def feed(self, audio: bytes) -> None: ...
    async def finish(self) -> str: ...
    def drop(self) -> None: ...


class Ears(Protocol):
    """Where utterances are recognised."""

    def utterance(self) -> Listens: ...


class Deaf:
    """Ears that recognise nothing, for tests that need no words."""

    def utterance(self) -> Listens:
        return _Unheard()


@dataclass(frozen=True, slots=True)
class Began:
    """The caller started to speak."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The caller stopped; this is what there is of it."""

    at_ms: int
    audio: bytes
    utterance: Listens


Heard: TypeAlias = Began | Ended


class Hearing:
    """The buffer of one session."""

    def __init__(self, ears: Ears) -> None:
        self._ears = ears
        self._detector: Detector | None = Detector()
        self._heard_ms = 0
        self._rest = b""
        self._buffer = bytearray()
        self._padding: deque[bytes] = deque(maxlen=1)
        self._utterance: Listens | None = None

    @property
    def heard_ms(self) -> int:
        """How much audio was ever appended."""
        return self._heard_ms

    def configure(self, turn_detection: Json | None) -> None:
        """Take up the session's settings."""
        if turn_detection is None:
            self._detector = None
            return
        silence_ms = turn_detection.get("silence_duration_ms")
        if silence_ms is None:
            silence_ms = _SEMANTIC_PATIENCE_MS[turn_detection["eagerness"]]
        padding_ms = turn_detection.get("prefix_padding_ms", 300)
        if self._detector is None:
            self._detector = Detector(silence_ms, heard_ms=self._heard_ms)
        self._detector.silence_ms = silence_ms
        frames = max(1, padding_ms // mulaw.FRAME_MS)
        self._padding = deque(self._padding, maxlen=frames)

    def append(self, audio: bytes) -> Iterator[Heard]:
        """More from the caller; what it amounts to."""
        audio = self._rest + audio
        whole = len(audio) - len(audio) % mulaw.FRAME_BYTES
        self._rest = audio[whole:]
        for at in range(0, whole, mulaw.FRAME_BYTES):
            yield from self._frame(audio[at : at + mulaw.FRAME_BYTES])

    def commit(self) -> Ended:
        """What is in the buffer, at the client's wish. Raises Refused if too little."""
        length_ms = mulaw.milliseconds(bytes(self._buffer))
        if length_ms < _SMALLEST_COMMIT_MS or self._utterance is None:
            raise Refused(
                "input_audio_buffer_commit_empty",
                "Error committing input audio buffer: buffer too small. Expected "
                "at least 100ms of audio, but buffer only has "
                f"{length_ms:.2f}ms of audio.",
            )
        if self._detector:
            self._detector.speaking = False
        return self._take(self._heard_ms)

    def nothing(self) -> Ended:
        """The empty turn of a caller who keeps silent."""
        return Ended(self._heard_ms, b"", _Unheard())

    def clear(self) -> None:
        """Forget what was not committed."""
        if self._utterance:
            self._utterance.drop()
        if self._detector:
            self._detector.speaking = False
        self._utterance = None
        self._buffer.clear()
        self._padding.clear()

    def _frame(self, frame: bytes) -> Iterator[Heard]:
        self._heard_ms += mulaw.FRAME_MS
        turn = self._detector.hear(frame) if self._detector else None
        if isinstance(turn, SpeechStarted):
            padding_ms = len(self._padding) * mulaw.FRAME_MS
            self._listen(b"".join(self._padding))
            yield Began(max(0, self._heard_ms - padding_ms - mulaw.FRAME_MS))
        elif self._detector is None and self._utterance is None:
            self._listen(b"")
        self._padding.append(frame)
        if self._utterance:
            self._buffer += frame
            self._utterance.feed(frame)
        if isinstance(turn, SpeechStopped):
            yield self._take(turn.at_ms)

    def _listen(self, before: bytes) -> None:
        self._utterance = self._ears.utterance()
        self._utterance.feed(before)
        self._buffer[:] = before

    def _take(self, at_ms: int) -> Ended:
        utterance = self._utterance or _Unheard()
        ended = Ended(at_ms, bytes(self._buffer), utterance)
        self._utterance = None
        self._buffer.clear()
        return ended


class _Unheard:
    def feed(self, audio: bytes) -> None:
        """Nobody listens."""

    async def finish(self) -> str:
        return ""

    def drop(self) -> None:
        """Nothing to forget."""
