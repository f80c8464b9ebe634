"""Voice activity, from the energy of 20 ms frames, with hysteresis.

Pure: frames in, turns of the speaker out. Positions are counted in ms from the first
frame ever heard.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Final, TypeAlias

from callcenter.wire import mulaw

START_MS: Final = 60
"""Three frames of voice in a row are speech; one or two are a click on the line."""

LOUD_DB: Final = -38.0
"""Full scale is 0. Telephone speech lies around -20, a quiet line below -50."""

QUIET_DB: Final = -44.0
"""Between the two, whatever was going on goes on."""

FLOOR_DB: Final = -96.0


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Somebody speaks, since `at_ms`."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class SpeechStopped:
    """Nobody has spoken since `at_ms`."""

    at_ms: int


Turn: TypeAlias = SpeechStarted | SpeechStopped


@dataclass(slots=True)
class Detector:
    """Feed it every frame in order; it answers when the speaker starts or stops.

    `silence_ms` of quiet end an utterance: the protocol's `silence_duration_ms`.
    """

    silence_ms: int = 500
    speaking: bool = False
    heard_ms: int = 0
    _voiced_ms: int = 0
    _quiet_ms: int = 0

    def hear(self, frame: bytes) -> Turn | None:
        """One frame of μ-law; what it changes, if anything."""
        self.heard_ms += mulaw.milliseconds(frame)
        level = level_db(frame)
        if self.speaking:
            return self._maybe_stop(level, mulaw.milliseconds(frame))
        return self._maybe_start(level, mulaw.milliseconds(frame))

    def _maybe_start(self, level: float, frame_ms: int) -> Turn | None:
        self._voiced_ms = self._voiced_ms + frame_ms if level >= LOUD_DB else 0
        if self._voiced_ms < START_MS:
            return None
        started = SpeechStarted(self.heard_ms - self._voiced_ms)
        self.speaking, self._voiced_ms, self._quiet_ms = True, 0, 0
        return started

    def _maybe_stop(self, level: float, frame_ms: int) -> Turn | None:
        if level >= LOUD_DB:
            self._quiet_ms = 0
        elif level < QUIET_DB or self._quiet_ms:
            self._quiet_ms += frame_ms
        if self._quiet_ms < self.silence_ms:
            return None
        stopped = SpeechStopped(self.heard_ms - self._quiet_ms)
        self.speaking, self._quiet_ms = False, 0
        return stopped


def level_db(frame: bytes) -> float:
    """The frame's energy, in dB below full scale."""
    if not frame:
        return FLOOR_DB
    power = sum(map(_squares().__getitem__, frame)) / len(frame)
    return max(FLOOR_DB, 10 * math.log10(power)) if power else FLOOR_DB


@cache
def _squares() -> tuple[float, ...]:
    full_scale = 32_768.0
    samples = mulaw.decode(bytes(range(256)))
    return tuple(map(pow, (sample / full_scale for sample in samples), repeat(2.0)))
