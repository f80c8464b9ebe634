"""G.711 μ-law against the standard's own points."""

from array import array
from base64 import b64encode

import pytest
from hypothesis import given, strategies as st

from callcenter.wire.mulaw import (
    BYTES_PER_MS,
    FRAME_BYTES,
    decode,
    encode,
    milliseconds,
    silence,
)

SAMPLES = st.integers(-32768, 32767)
ALL_BYTES = bytes(range(256))


def linear(byte: int) -> int:
    return decode(bytes([byte]))[0]


def companded(sample: int) -> int:
    return encode(array("h", [sample]))[0]


@pytest.mark.parametrize(
    ("byte", "sample"),
    [  # the ends of the segments, ITU-T G.711, table 2a, shifted to 16 bits
        (0xFF, 0),
        (0x7F, 0),
        (0xFE, 8),
        (0xF0, 120),
        (0xEF, 132),
        (0xE0, 372),
        (0xDF, 396),
        (0xD0, 876),
        (0xC0, 1884),
        (0xB0, 3900),
        (0xA0, 7932),
        (0x90, 15996),
        (0x8F, 16764),
        (0x80, 32124),
        (0x7E, -8),
        (0x0F, -16764),
        (0x00, -32124),
    ],
)
def test_the_tables_points(byte: int, sample: int) -> None:
    assert linear(byte) == sample


@pytest.mark.parametrize(
    ("sample", "byte"),
    [(0, 0xFF), (-1, 0x7F), (32767, 0x80), (-32768, 0x00), (1000, 0xCE), (-1000, 0x4E)],
)
def test_the_nearest_code_is_chosen(sample: int, byte: int) -> None:
    assert companded(sample) == byte


def test_every_code_but_negative_zero_survives_a_round_trip() -> None:
    assert encode(decode(ALL_BYTES)) == ALL_BYTES.replace(b"\x7f", b"\xff")


@given(SAMPLES)
def test_a_sample_comes_back_within_its_step(sample: int) -> None:
    clipped = max(min(sample, 32635), -32635)
    step = max(abs(clipped) + 132, 256) // 16

    assert abs(linear(companded(sample)) - clipped) <= step // 2 + 4


@given(SAMPLES, SAMPLES)
def test_louder_stays_louder(one: int, other: int) -> None:
    low, high = sorted((one, other))

    assert linear(companded(low)) <= linear(companded(high))


@given(st.binary(max_size=500))
def test_a_byte_is_a_sample(audio: bytes) -> None:
    assert len(decode(audio)) == len(audio)
    assert milliseconds(audio) == len(audio) // BYTES_PER_MS


def test_a_frame_of_silence_as_twilio_writes_it() -> None:
    frame = silence(20)

    assert len(frame) == FRAME_BYTES
    assert set(decode(frame)) == {0}
    assert b64encode(frame).decode() == "/" * 213 + "w=="
