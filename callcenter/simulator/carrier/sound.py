"""The few sounds the network makes itself, and whether a sound can be heard."""

import math
from array import array
from functools import cache
from typing import Final

from callcenter.wire.mulaw import (
    BYTES_PER_MS,
    FRAME_BYTES,
    SILENCE,
    decode,
    encode,
)

QUIET_FRAME: Final = SILENCE * FRAME_BYTES
AUDIBLE_MAGNITUDE: Final = 128
"""Mean magnitude (of 32767) above which 20 ms are sound: line noise is well below."""

_STEP: Final = 16
"""Magnitudes are summed in steps of this size, so that they fit in a byte."""
_TONE_MAGNITUDE: Final = 4000
_RING_ON_MS: Final = 2000
_RING_CYCLE_MS: Final = 6000
_RING_HZ: Final = (440.0, 480.0)
"""The North American ringing tone: two seconds of every six."""
_BEEP_HZ: Final = (1000.0,)
BEEP_MS: Final = 200


def audible(frame: bytes) -> bool:
    """True if a listener could hear this."""
    if not frame or frame == QUIET_FRAME:
        return False
    return sum(frame.translate(_steps())) * _STEP >= AUDIBLE_MAGNITUDE * len(frame)


def ringback(at_ms: int) -> bytes:
    """The frame of the ringing tone that many ms after it began."""
    phase_ms = at_ms % _RING_CYCLE_MS
    if phase_ms >= _RING_ON_MS:
        return QUIET_FRAME
    start = phase_ms * BYTES_PER_MS
    return tone(_RING_HZ, _RING_ON_MS)[start : start + FRAME_BYTES]


def beep() -> bytes:
    """What `<Record>` plays before it listens."""
    return tone(_BEEP_HZ, BEEP_MS)


@cache
def tone(frequencies_hz: tuple[float, ...], ms: int) -> bytes:
    """A steady sound of these frequencies."""
    samples = array("h")
    for index in range(ms * BYTES_PER_MS):
        turn = 2 * math.pi * index / (BYTES_PER_MS * 1000)
        level = sum(math.sin(turn * hz) for hz in frequencies_hz)
        samples.append(round(level * _TONE_MAGNITUDE / len(frequencies_hz)))
    return encode(samples)


def frames(audio: bytes) -> list[bytes]:
    """Cut into 20 ms pieces, the last one filled with silence."""
    cuts = range(0, len(audio), FRAME_BYTES)
    return [audio[cut : cut + FRAME_BYTES].ljust(FRAME_BYTES, SILENCE) for cut in cuts]


@cache
def _steps() -> bytes:
    magnitudes = (abs(sample) for sample in decode(bytes(range(256))))
    return bytes(min(255, magnitude // _STEP) for magnitude in magnitudes)
