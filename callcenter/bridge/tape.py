"""The recording of one media stream: both sides, where they were on the play clock.

It is told what the caller said, and what they heard once that is certain: what a
`clear` dropped never reaches it. A side that says nothing is silent. So a moment of the
recording is the same moment of the stream, whatever was lost, late or paused.

Positions are samples since the stream began, 8 a millisecond.
"""

from dataclasses import dataclass, field
from typing import Final

from callcenter.wire.mulaw import BYTES_PER_MS, SILENCE
from callcenter.wire.wav import stereo

BLOCK: Final = 1_000 * BYTES_PER_MS
"""A second: a disk need not hear of every frame, and a crash costs little."""

NEAR: Final = 20 * BYTES_PER_MS
"""A frame. Stamps jitter; sounds so close to each other were one sound."""

LONGEST_WAIT: Final = 30_000 * BYTES_PER_MS
"""For word of what the caller heard. Then their side is written without it."""

LONGEST_GAP: Final = 60_000 * BYTES_PER_MS
"""A longer leap of the clock is no silence but a fault: it is left out."""


RELEASE: Final = 500 * BYTES_PER_MS
"""A key is reported while it is still held: the pause covers the last one's tone."""


@dataclass(slots=True)
class _Pause:
    begins: int
    ends: int | None = None


@dataclass(slots=True)
class Tape:
    """One stream's; `wind` gives what is certain, once, as stereo sound."""

    _done: int = 0
    """Up to here it was given away; both sides' bytes begin here."""
    _origin: int = 0
    _caller: bytearray = field(default_factory=bytearray)
    _agent: bytearray = field(default_factory=bytearray)
    _pauses: list[_Pause] = field(default_factory=list)
    _stopped: bool = False

    @property
    def length_ms(self) -> int:
        """How long the caller's side is."""
        return self._end // BYTES_PER_MS

    @property
    def _end(self) -> int:
        return self._done + len(self._caller)

    def caller(self, at_ms: float, audio: bytes) -> None:
        """The caller said this, beginning then."""
        if self._stopped:
            return
        gap = self._position(at_ms) - self._end
        if gap > LONGEST_GAP:
            self._origin += gap
        self._put(self._caller, self._position(at_ms), audio)

    def agent(self, at_ms: float, audio: bytes) -> None:
        """The caller heard this, beginning then; what comes too late is lost."""
        if self._stopped:
            return
        at = self._position(at_ms)
        if (late := self._done - at) > NEAR:
            at, audio = self._done, audio[late:]
        self._put(self._agent, at, audio)

    def pause(self) -> None:
        """Both sides are silent from the caller's next frame on."""
        if not self._pauses or self._pauses[-1].ends is not None:
            self._pauses.append(_Pause(self._end))

    def resume(self) -> None:
        """… until half a second from now."""
        if self._pauses and self._pauses[-1].ends is None:
            self._pauses[-1].ends = self._end + RELEASE

    def stop(self) -> None:
        """Take no more, and forget what was not given away."""
        self._stopped = True
        self._caller.clear()
        self._agent.clear()

    def wind(self, settled_ms: float) -> bytes:
        """What is certain by now; empty while that is less than a block.

        Nothing will be heard that begins before `settled_ms` and is not known yet.
        """
        settled = min(self._position(settled_ms), self._end)
        until = max(settled, self._end - LONGEST_WAIT)
        return self._take(until) if until - self._done >= BLOCK else b""

    def rest(self) -> bytes:
        """Everything else, at the end."""
        return self._take(max(self._end, self._done + len(self._agent)))

    def _position(self, at_ms: float) -> int:
        return round(at_ms * BYTES_PER_MS) - self._origin

    def _put(self, side: bytearray, at: int, audio: bytes) -> None:
        gap = at - self._done - len(side)
        if gap > NEAR:
            side += SILENCE * gap
        side += audio

    def _take(self, until: int) -> bytes:
        length = until - self._done
        sides = []
        for side in (self._caller, self._agent):
            taken = side[:length].ljust(length, SILENCE)
            del side[:length]
            self._hush(taken)
            sides.append(bytes(taken))
        self._done = until
        self._pauses = [
            one for one in self._pauses if one.ends is None or one.ends > until
        ]
        return stereo(*sides)

    def _hush(self, taken: bytearray) -> None:
        """Silence what was said in a pause."""
        length = len(taken)
        for pause in self._pauses:
            begins = max(pause.begins - self._done, 0)
            ends = (
                length if pause.ends is None else min(pause.ends - self._done, length)
            )
            if begins < ends:
                taken[begins:ends] = SILENCE * (ends - begins)
