"""The sounds that we make ourselves, when no model can: μ-law, 8 kHz.

They are computed, so nothing has to be shipped: two soft notes that say "still here".
"""

from array import array
from math import exp, pi, sin
from typing import Final

from callcenter.wire.mulaw import encode, silence

RATE_HZ: Final = 8000
LOUDNESS: Final = 5_000
"""Of 32,767: clearly audible, well below speech."""

FADE_PER_S: Final = 9.0
"""How quickly a note dies away, like a bell's."""


def note(pitch_hz: float, ms: int) -> bytes:
    """One soft note."""
    samples = (
        LOUDNESS * exp(-FADE_PER_S * n / RATE_HZ) * sin(2 * pi * pitch_hz * n / RATE_HZ)
        for n in range(RATE_HZ * ms // 1000)
    )
    return encode(array("h", [round(sample) for sample in samples]))


CHIME: Final = note(523.25, 180) + note(659.25, 320) + silence(100)
"""C and E: a question, not an alarm."""
