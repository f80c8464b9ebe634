"""What was measured in one window of time."""

from array import array
from dataclasses import dataclass, field

NS_PER_MS = 1_000_000


def _times() -> "array[float]":
    return array("d")


@dataclass(slots=True)
class Samples:
    """Times in ms, as they came."""

    up: "array[float]" = field(default_factory=_times)
    """From the caller's frame to its arrival at the model."""
    down: "array[float]" = field(default_factory=_times)
    """From the model's frame to its arrival at the caller."""
    clear: "array[float]" = field(default_factory=_times)
    """From the model's `speech_started` to the `clear` at the caller."""
    first_audio: "array[float]" = field(default_factory=_times)
    """From the stream's `start` to its first audio."""
    late: "array[float]" = field(default_factory=_times)
    """How late the load's own clock ticked: what it adds to all the others."""
    sent_up: int = 0
    sent_down: int = 0

    def reset(self) -> None:
        """A new window. What belongs to a call's beginning is kept."""
        for times in (self.up, self.down, self.clear, self.late):
            del times[:]
        self.sent_up = self.sent_down = 0


def percentile(times: "array[float]", share: float) -> float | None:
    """So large a share of the times is not above it; None when there are none."""
    if not times:
        return None
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]
