"""How fast a caller's frames come: too many at once, or none at all."""

from typing import Final

from callcenter.wire.mulaw import FRAME_MS

BURST_FRAMES: Final = 300
"""Six seconds: what a stalled network may bring at once."""

MISSING_MS: Final = 200
"""Without a frame for this long, silence is passed on in its place."""

MOST_MISSING_MS: Final = 2_000
"""Enough silence to end any turn."""

MS: Final = 1000


class Inflow:
    """One stream's. Times are the event loop's, in seconds."""

    def __init__(self) -> None:
        self._frame_s = 0.0
        self._made_up_ms = 0
        self._tokens = float(BURST_FRAMES)

    def admit(self, now_s: float) -> bool:
        """Whether a frame is one that a caller could have said: 50 a second do."""
        earned = (now_s - self._frame_s) * MS / FRAME_MS
        self._tokens = min(self._tokens + earned, BURST_FRAMES)
        self._frame_s, self._made_up_ms = now_s, 0
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True

    def missing(self, now_s: float) -> int:
        """How much silence must stand in for frames that did not come, in ms."""
        silent_ms = round((now_s - self._frame_s) * MS) - self._made_up_ms
        if not self._frame_s or silent_ms < MISSING_MS:
            return 0
        if self._made_up_ms >= MOST_MISSING_MS:
            return 0
        self._made_up_ms += silent_ms
        return silent_ms
