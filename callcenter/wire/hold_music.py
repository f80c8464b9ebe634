"""The music of those who wait: four soft chords in a ring, made here, and nobody's.

A note that has not died away at the end goes on at the beginning, so the loop has no
seam. μ-law in a WAV file (RFC 2361, appendix "WAVE_FORMAT_MULAW"): what the telephone
network uses, so nothing is converted.
"""

from __future__ import annotations

import struct
from array import array
from functools import cache
from math import exp, pi, sin
from typing import Final

from callcenter.wire.mulaw import encode

RATE_HZ: Final = 8000
CHORD_SECONDS: Final = 2.5
LOUDNESS: Final = 1_300
"""Of 32,767, for each note: below a voice that speaks over it."""

FADE_PER_S: Final = 1.2
SWELL_PER_S: Final = 12.0
"""How quickly a note comes: softly, without a click."""

SOUNDS_SECONDS: Final = 3.5

STEP_SECONDS: Final = 0.3
"""Between the notes of a chord: it is played as a harp does."""

CHORDS_HZ: Final = (
    (130.81, 261.63, 329.63, 493.88),  # C, major seventh
    (110.00, 261.63, 329.63, 392.00),  # A minor, seventh
    (87.31, 261.63, 349.23, 440.00),  # F
    (98.00, 246.94, 293.66, 440.00),  # G, ninth
)

_MULAW: Final = 7
_HEADER: Final = "<4sI4s4sIHHIIHHH4sII4sI"


@cache
def hold_music() -> bytes:
    """The file; some 0.2 s of work, once."""
    sound = encode(_samples())
    return _header(len(sound)) + sound


def _samples() -> array[int]:
    total = round(CHORD_SECONDS * len(CHORDS_HZ) * RATE_HZ)
    mixed = [0.0] * total
    for at, chord in enumerate(CHORDS_HZ):
        for step, pitch_hz in enumerate(chord):
            begins = round((at * CHORD_SECONDS + step * STEP_SECONDS) * RATE_HZ)
            for n, sample in enumerate(_note(pitch_hz)):
                mixed[(begins + n) % total] += sample
    return array("h", [round(sample) for sample in mixed])


@cache
def _note(pitch_hz: float) -> tuple[float, ...]:
    """A soft tone that swells and dies away, to nothing at its end."""
    count = round(SOUNDS_SECONDS * RATE_HZ)
    turn = 2 * pi * pitch_hz / RATE_HZ
    return tuple(
        LOUDNESS
        * (1 - exp(-SWELL_PER_S * n / RATE_HZ))
        * exp(-FADE_PER_S * n / RATE_HZ)
        * (1 - n / count)
        * sin(turn * n)
        for n in range(count)
    )


def _header(sound_bytes: int) -> bytes:
    """With the `fact` chunk that anything but PCM must have."""
    size = struct.calcsize(_HEADER)
    return struct.pack(
        _HEADER,
        b"RIFF",
        size - 8 + sound_bytes,
        b"WAVE",
        b"fmt ",
        18,  # bytes of what follows, up to `fact`
        _MULAW,
        1,
        RATE_HZ,
        RATE_HZ,
        1,
        8,
        0,
        b"fact",
        4,
        sound_bytes,
        b"data",
        sound_bytes,
    )
