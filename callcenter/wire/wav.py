"""Recordings as WAV: two channels of 16-bit samples, 8 kHz, the caller on the left.

16 bits where μ-law would do with 8: every browser and player, and Python's own `wave`,
reads them. The form is that of Microsoft's Multimedia Programming Interface 1.0, p. 56.
"""

import struct
from functools import cache
from typing import Final

from callcenter.wire.mulaw import decode

CHANNELS: Final = 2
SAMPLE_BYTES: Final = 2
RATE_HZ: Final = 8000
FRAME_BYTES: Final = CHANNELS * SAMPLE_BYTES
BYTES_PER_S: Final = RATE_HZ * FRAME_BYTES

HEADER_BYTES: Final = 44
MOST_BYTES: Final = 0xFFFF_FFFF - HEADER_BYTES
"""A size has 32 bits: 37 hours, and no call lasts that long."""

_PCM: Final = 1
_BEFORE_SIZE: Final = 8
"""The bytes of a file that its own size leaves out: `RIFF`, and the size."""


def header(sound_bytes: int) -> bytes:
    """The first bytes of a file with so much sound after them."""
    return struct.pack(
        "<4sI4s4sIHHIIHH4sI",
        b"RIFF",
        HEADER_BYTES - _BEFORE_SIZE + sound_bytes,
        b"WAVE",
        b"fmt ",
        16,  # bytes of what follows, up to `data`
        _PCM,
        CHANNELS,
        RATE_HZ,
        BYTES_PER_S,
        FRAME_BYTES,
        SAMPLE_BYTES * 8,
        b"data",
        sound_bytes,
    )


def stereo(left: bytes, right: bytes) -> bytes:
    """Two stretches of μ-law, of the same length, side by side."""
    low, high = _halves()
    sound = bytearray(len(left) * FRAME_BYTES)
    sound[0::FRAME_BYTES] = left.translate(low)
    sound[1::FRAME_BYTES] = left.translate(high)
    sound[2::FRAME_BYTES] = right.translate(low)
    sound[3::FRAME_BYTES] = right.translate(high)
    return bytes(sound)


@cache
def _halves() -> tuple[bytes, bytes]:
    """Of each μ-law byte's sample: the low byte, and the high one."""
    samples = decode(bytes(range(256)))
    low = bytes(sample & 0xFF for sample in samples)
    return low, bytes(sample >> 8 & 0xFF for sample in samples)
