"""One voice's frames, cut where it falls silent: what was said in one breath.

The model's own ear does this for the caller of an agent. While a person speaks in the
agent's place there are two voices, and each has to be told from the other.
"""

from collections import deque
from dataclasses import dataclass, field
from typing import Final

from callcenter.wire.mulaw import BYTES_PER_MS, decode, silence

LEAST_LEVEL: Final = 3.0
"""Of the mean magnitude, whose most is 250: some -40 dB. Below it nobody speaks."""

ABOVE_NOISE: Final = 3.0
"""So many times as loud as the line's own noise is a voice."""

NOISE_RISES: Final = 0.0005
NOISE_FALLS: Final = 0.2
"""By what part of the difference the noise follows a frame: 100 ms down; and up so
slowly that a voice is taken for noise only after 16 s without any pause."""

PADDING_FRAMES: Final = 10
"""Before a voice is loud enough to count, its first consonant was spoken."""

QUIET_MS: Final = 500
"""A breath is shorter."""

LEAST_MS: Final = 80
"""Of voice; less is a click."""

TAIL_MS: Final = 120
"""Of silence behind it: the model's ear takes nothing that is shorter than 100 ms."""

LONGEST_MS: Final = 12_000
"""Then it is cut, whatever is said: somebody waits to read it."""

MAGNITUDES: Final = bytes(abs(sample) >> 7 for sample in decode(bytes(range(256))))


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one voice said. Times are the clock's that was told."""

    audio: bytes
    began_ms: int
    ended_ms: int


@dataclass(slots=True)
class Utterances:
    """One voice's."""

    _noise: float = 1.0
    _before: deque[bytes] = field(default_factory=lambda: deque(maxlen=PADDING_FRAMES))
    _audio: bytearray = field(default_factory=bytearray)
    _began_ms: int = 0
    _voiced: int = 0
    _quiet: int = 0
    """Bytes; both of the utterance that is under way."""

    @property
    def under_way(self) -> bool:
        """Whether the voice is in the middle of something."""
        return bool(self._audio)

    def hear(self, audio: bytes, now_ms: int) -> Utterance | None:
        """Take a frame that ends now; returns an utterance that is over with it."""
        if not audio:
            return None
        voiced = self._is_voice(audio)
        if not self._audio and not voiced:
            self._before.append(audio)
            return None
        if not self._audio:
            self._begin(now_ms - len(audio) // BYTES_PER_MS)
        self._audio += audio
        self._voiced += len(audio) * voiced
        self._quiet = 0 if voiced else self._quiet + len(audio)
        if self._quiet < QUIET_MS * BYTES_PER_MS and not self._long:
            return None
        return self.rest(now_ms)

    def rest(self, now_ms: int) -> Utterance | None:
        """End what is under way; None if that was nobody's voice."""
        audio, voiced = bytes(self._audio), self._voiced
        ended_ms = now_ms - self._quiet // BYTES_PER_MS
        self._audio.clear()
        self._voiced = self._quiet = 0
        if voiced < LEAST_MS * BYTES_PER_MS:
            return None
        return Utterance(audio + silence(TAIL_MS), self._began_ms, ended_ms)

    @property
    def _long(self) -> bool:
        return len(self._audio) >= LONGEST_MS * BYTES_PER_MS

    def _begin(self, now_ms: int) -> None:
        self._began_ms = now_ms
        self._audio += b"".join(self._before)
        self._before.clear()

    def _is_voice(self, audio: bytes) -> bool:
        level = sum(audio.translate(MAGNITUDES)) / len(audio)
        voice = level > max(LEAST_LEVEL, ABOVE_NOISE * self._noise)
        follows = NOISE_RISES if level > self._noise else NOISE_FALLS
        self._noise += (level - self._noise) * follows
        return voice
