"""Twilio's stream clock, as we see it from here.

Every frame of the caller's carries a stamp of it. A frame can only be late, never
early, so of all frames the one that took least says best how the clocks stand; by our
own steady clock we then know Twilio's between frames, too, and while a network stalls.
The view is old by the shortest way from there to here, which a round trip contains.
"""

from dataclasses import dataclass
from typing import Final

DRIFT: Final = 1e-4
"""Two good clocks part by less than 100 ppm; the view follows that slowly."""


FRAME_MS: Final = 20


@dataclass(slots=True)
class StreamClock:
    """Without our own time, it stands still between frames."""

    _stamp_ms: float = 0
    _ahead_ms: float | None = None
    """How far our clock is ahead of the stamps, at the least."""
    _seen_ms: float = 0

    def seen(self, stamp_ms: float, at_ms: float | None) -> None:
        """A frame came."""
        self._stamp_ms = max(self._stamp_ms, stamp_ms)
        if at_ms is None:
            return
        ahead_ms = at_ms - stamp_ms
        if self._ahead_ms is not None:
            drifted_ms = self._ahead_ms + (at_ms - self._seen_ms) * DRIFT
            ahead_ms = min(ahead_ms, drifted_ms)
        self._ahead_ms, self._seen_ms = ahead_ms, at_ms

    def between_frames(self, at_ms: float | None) -> float:
        """When a message was sent that came in order, between two frames.

        However late it is here, it left before the frame that has not come yet.
        """
        return min(self.now(at_ms), self._stamp_ms + FRAME_MS)

    def now(self, at_ms: float | None) -> float:
        """What the clock says by now, as seen from here; 0 before the first frame."""
        if at_ms is None or self._ahead_ms is None:
            return self._stamp_ms
        return max(self._stamp_ms, at_ms - self._ahead_ms)
