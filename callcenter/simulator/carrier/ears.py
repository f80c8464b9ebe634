"""Keeping what was heard, in stretches."""

from typing import Final

from callcenter.simulator.carrier.records import Heard, Source
from callcenter.wire.mulaw import BYTES_PER_MS

GAP_MS: Final = 300
"""A longer silence divides two stretches; the pauses within a sentence are shorter."""


class Ears:
    """Cuts the sound of a line into audible stretches, by source."""

    def __init__(self) -> None:
        self._closed: list[Heard] = []
        self._began_ms = 0
        self._source = Source.LINE
        self._audio = bytearray()
        self._audible_ms = 0
        """How much of the open stretch there is up to its last audible frame."""

    def hear(self, at_ms: int, frame: bytes, source: Source, *, audible: bool) -> None:
        if self._audio and (source is not self._source or self._quiet_ms() >= GAP_MS):
            self._close()
        if not self._audio and audible:
            self._began_ms, self._source = at_ms, source
        if self._audio or audible:
            self._audio += frame
        if audible:
            self._audible_ms = self._length_ms()

    @property
    def heard(self) -> list[Heard]:
        return [*self._closed, self._open()] if self._audio else list(self._closed)

    def _close(self) -> None:
        self._closed.append(self._open())
        self._audio.clear()
        self._audible_ms = 0

    def _open(self) -> Heard:
        audio = bytes(self._audio[: self._audible_ms * BYTES_PER_MS])
        return Heard(self._began_ms, audio, self._source)

    def _length_ms(self) -> int:
        return len(self._audio) // BYTES_PER_MS

    def _quiet_ms(self) -> int:
        return self._length_ms() - self._audible_ms
