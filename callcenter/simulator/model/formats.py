"""The audio formats of the protocol, from and to telephone μ-law."""

from __future__ import annotations

import binascii
from array import array
from base64 import b64decode
from typing import Final

from callcenter.simulator.model.schema import Json, Refused
from callcenter.simulator.speech import resample
from callcenter.wire import mulaw

_PCM: Final = "audio/pcm"
_PCM_FACTOR: Final = 3
"""24 kHz is three times the telephone's rate."""


def from_client(audio: str, audio_format: Json) -> bytes:
    """Base64 of the session's input format as μ-law. Raises Refused."""
    try:
        data = b64decode(audio, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(
            "invalid_value",
            "Invalid 'audio'. Expected base64-encoded audio bytes.",
            "audio",
        ) from error
    if audio_format["type"] != _PCM:
        return data
    samples = array("h")
    samples.frombytes(data[: len(data) - len(data) % 2])
    return mulaw.encode(resample.every(samples, _PCM_FACTOR))


def to_client(audio: bytes, audio_format: Json) -> bytes:
    """μ-law as the session's output format."""
    if audio_format["type"] != _PCM:
        return audio
    return resample.times(mulaw.decode(audio), _PCM_FACTOR).tobytes()
