"""Listening to recordings: what is on either side, as μ-law."""

import wave
from array import array
from io import BytesIO
from pathlib import Path

from callcenter.wire.mulaw import encode


def sides(sound: bytes) -> tuple[bytes, bytes]:
    """The caller's and the agent's, of stereo sound. (μ-law's 0x7F comes as 0xFF.)"""
    samples = array("h", sound)
    return encode(samples[0::2]), encode(samples[1::2])


def played(recording: Path | bytes) -> tuple[bytes, bytes]:
    """Both sides of a WAV file, as a player finds them."""
    data = recording if isinstance(recording, bytes) else recording.read_bytes()
    with wave.open(BytesIO(data)) as player:
        shape = (player.getnchannels(), player.getsampwidth(), player.getframerate())
        assert shape == (2, 2, 8000)
        sound = player.readframes(player.getnframes())
    return sides(sound[: len(sound) - len(sound) % 4])
