"""G.711 μ-law, 8 kHz, mono: the sound of the telephone network.

One byte is one sample, 0.125 ms. Python 3.13 has no `audioop`, so the tables are here,
computed from ITU-T G.711, section 3 (μ-law).
"""

from __future__ import annotations

from array import array
from functools import cache
from typing import Final

BYTES_PER_MS: Final = 8
FRAME_MS: Final = 20
FRAME_BYTES: Final = FRAME_MS * BYTES_PER_MS
SILENCE: Final = b"\xff"
"""Digital silence is 0xFF; 0x7F is its negative twin."""

_BIAS: Final = 0x84
_CLIP: Final = 32635


def milliseconds(audio: bytes) -> int:
    """How long the audio plays, in whole ms."""
    return len(audio) // BYTES_PER_MS


def silence(ms: int) -> bytes:
    """That much digital silence."""
    return SILENCE * (ms * BYTES_PER_MS)


def decode(audio: bytes) -> array[int]:
    """Linear 16-bit samples of μ-law audio."""
    table = _decoded()
    return array("h", [table[byte] for byte in audio])


def encode(samples: array[int]) -> bytes:
    """μ-law audio of linear 16-bit samples."""
    table = _encoded()
    return bytes([table[sample & 0xFFFF] for sample in samples])


@cache
def _decoded() -> tuple[int, ...]:
    return tuple(_expand(byte) for byte in range(256))


@cache
def _encoded() -> bytes:
    """Index by the sample's unsigned 16 bits."""
    return bytes(_compress(u - 0x10000 if u & 0x8000 else u) for u in range(0x10000))


def _expand(byte: int) -> int:
    inverted = ~byte & 0xFF
    exponent, mantissa = (inverted >> 4) & 0x07, inverted & 0x0F
    magnitude = ((mantissa << 3) + _BIAS << exponent) - _BIAS
    return -magnitude if inverted & 0x80 else magnitude


def _compress(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    mantissa = (magnitude >> (exponent + 3)) & 0x0F
    return ~(sign | exponent << 4 | mantissa) & 0xFF
