"""A voice: text to telephone audio, by eSpeak NG in the process.

eSpeak is one C library with one state, so sentences are spoken one at a time; what was
said before is remembered. Needs the `demo` extra.
"""

from __future__ import annotations

import asyncio
import ctypes
import sys
from array import array
from dataclasses import dataclass, field
from functools import lru_cache
from threading import Lock
from typing import Any, Final

from callcenter.errors import ConfigurationError
from callcenter.simulator.speech import resample
from callcenter.wire import mulaw

_SYNCHRONOUS: Final = 2  # AUDIO_OUTPUT_SYNCHRONOUS: the callback gets the samples
_DONT_EXIT: Final = 0x8000  # espeakINITIALIZE_DONT_EXIT: report, do not end us
_UTF8: Final = 1  # espeakCHARS_UTF8
_RATE, _PITCH = 1, 3  # espeak_PARAMETER
_REMEMBERED: Final = 512  # sentences; a minute of speech is 0.5 MB

_CALLBACK = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p
)


@dataclass(frozen=True, slots=True)
class Voice:
    """One way to speak. Measured: `en-us+f5` at 130 is recognised best."""

    name: str = "en-us+f5"
    words_per_minute: int = 130
    pitch: int = 50

    async def say(self, text: str) -> bytes:
        """The text as 8 kHz μ-law. Does not hold up the event loop."""
        return await asyncio.to_thread(render, text, self)


AGENT: Final = Voice(words_per_minute=165)
CALLER: Final = Voice()
OPERATOR: Final = Voice("en-us+m3", words_per_minute=150)


@lru_cache(maxsize=_REMEMBERED)
def render(text: str, voice: Voice = CALLER) -> bytes:
    """The text as 8 kHz μ-law; takes some 20 ms for each second of speech.

    Raises ConfigurationError when the `demo` extra is not installed.
    """
    with _lock:
        samples, rate_hz = _espeak().speak(text, voice)
    return mulaw.encode(resample.to_8_khz(samples, rate_hz))


_lock: Final = Lock()


@dataclass(slots=True)
class _Espeak:
    """The C library, and what it has said so far."""

    library: Any
    rate_hz: int
    heard: array[int] = field(default_factory=lambda: array("h"))
    callback: Any = None  # ctypes does not keep it alive for us

    def speak(self, text: str, voice: Voice) -> tuple[array[int], int]:
        self.heard = array("h")
        data = text.encode()
        self.library.espeak_SetVoiceByName(voice.name.encode())
        self.library.espeak_SetParameter(_RATE, voice.words_per_minute, 0)
        self.library.espeak_SetParameter(_PITCH, voice.pitch, 0)
        self.library.espeak_Synth(
            data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8, None, None
        )
        return self.heard, self.rate_hz

    def hear(self, samples: int | None, count: int, _events: object) -> int:
        if samples and count > 0:
            self.heard.frombytes(ctypes.string_at(samples, 2 * count))
        return 0  # go on


@lru_cache(maxsize=1)
def _espeak() -> _Espeak:
    try:
        import espeakng_loader  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise ConfigurationError(
            "The simulator's voice needs eSpeak NG: pip install 'callcenter[demo]'"
        ) from error
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    path = espeakng_loader.get_data_path().encode(sys.getfilesystemencoding())
    rate_hz = library.espeak_Initialize(_SYNCHRONOUS, 0, path, _DONT_EXIT)
    if rate_hz <= 0:
        raise ConfigurationError(f"eSpeak NG did not start from {path!r}")
    espeak = _Espeak(library, rate_hz)
    espeak.callback = _CALLBACK(espeak.hear)
    library.espeak_SetSynthCallback(espeak.callback)
    return espeak
