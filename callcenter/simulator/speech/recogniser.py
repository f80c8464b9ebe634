"""An ear for the simulator: telephone audio to the words of a small grammar.

pocketsphinx with its own English model and `grammar.jsgf`. It always answers something
that the grammar allows: good for rehearsed sentences in synthetic voices, and for
nothing else. Needs the `demo` extra.

A frame of 20 ms costs less than a millisecond and is decoded where it arrives; the end
of an utterance runs in a thread.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from importlib import resources
from typing import Final, Protocol

from callcenter.errors import ConfigurationError
from callcenter.simulator.speech import resample
from callcenter.wire import mulaw

_RATE_HZ: Final = 16_000
_UPSAMPLING: Final = _RATE_HZ // 8_000

_CHANNEL_MEANS: Final = "62.7,4.4,3.1,12.0,-6.0,-10.9,-8.1,-4.4,-11.0,7.5,-2.0,-0.4,3.0"
"""The cepstral mean of the clips. Every utterance starts from it, so that what was
recognised before does not change what is recognised now."""

_SPOKEN_LETTERS: Final = {"a m": "am", "p m": "pm"}


class Hypothesis(Protocol):
    """What a decoder believes."""

    hypstr: str


class Decoder(Protocol):
    """As much of `pocketsphinx.Decoder` as is used here; it has no types."""

    def set_cmn(self, means: str) -> None: ...
    def start_utt(self) -> None: ...
    def process_raw(self, data: bytes, no_search: bool, full_utt: bool, /) -> int: ...
    def end_utt(self) -> None: ...
    def hyp(self) -> Hypothesis | None: ...


@dataclass(slots=True)
class Recogniser:
    """Lends out decoders, one for each utterance at a time.

    Making one takes 150 ms, in which nothing else runs: have as many `ready` as callers
    may speak at once. Raises ConfigurationError when the `demo` extra is not installed.
    """

    ready: int = 2
    _idle: list[Decoder] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._idle.extend(_decoder() for _ in range(self.ready))

    def utterance(self) -> Utterance:
        """A new utterance: `feed` it, then `finish` it, or `drop` it."""
        decoder = self._idle.pop() if self._idle else _decoder()
        return Utterance(decoder, self._idle)


class Utterance:
    """One stretch of speech, being recognised as it arrives."""

    def __init__(self, decoder: Decoder, idle: list[Decoder]) -> None:
        self._decoder = decoder
        self._idle = idle
        decoder.set_cmn(_CHANNEL_MEANS)
        decoder.start_utt()

    def feed(self, audio: bytes) -> None:
        """More of the caller, as 8 kHz μ-law."""
        if not audio:
            return
        samples = resample.times(mulaw.decode(audio), _UPSAMPLING)
        self._decoder.process_raw(samples.tobytes(), False, False)

    async def finish(self) -> str:
        """The words, in lower case; empty when none were recognised."""
        return await asyncio.to_thread(self.conclude)

    def conclude(self) -> str:
        """The same as `finish`, for those who have no event loop."""
        self._decoder.end_utt()
        hypothesis = self._decoder.hyp()
        self._idle.append(self._decoder)
        return normalised(hypothesis.hypstr) if hypothesis else ""

    def drop(self) -> None:
        """Forget it."""
        self._decoder.end_utt()
        self._idle.append(self._decoder)


def normalised(words: str) -> str:
    """Words as they are written: `nine p m` is `nine pm`."""
    padded = f" {' '.join(words.lower().split())} "
    for spoken, written in _SPOKEN_LETTERS.items():
        padded = padded.replace(f" {spoken} ", f" {written} ")
    return padded.strip()


def _decoder() -> Decoder:
    try:
        import pocketsphinx  # noqa: PLC0415 (an optional extra)
    except ImportError as error:
        raise ConfigurationError(
            "The simulator's ear needs pocketsphinx: pip install 'callcenter[demo]'. "
            "It has wheels for Python 3.11 and 3.13."
        ) from error
    grammar = resources.files(__package__) / "grammar.jsgf"
    with resources.as_file(grammar) as path:
        decoder: Decoder = pocketsphinx.Decoder(
            jsgf=str(path), lm=None, samprate=_RATE_HZ, bestpath=False, loglevel="ERROR"
        )
    return decoder
