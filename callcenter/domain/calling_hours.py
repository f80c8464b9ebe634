"""When people may be called: by the clocks where their number is, not by ours."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

STEP: Final = timedelta(minutes=15)
"""No zone's clock is off by less from its neighbours'."""

LOOK_AHEAD: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class CallingHours:
    """Local hours of a day; a number in several zones must have them in all."""

    earliest: time = time(8)
    latest: time = time(21)

    def allow(self, at: datetime, zones: Sequence[ZoneInfo]) -> bool:
        """Whether a telephone in these zones may ring at a moment (aware)."""
        return all(
            self.earliest <= at.astimezone(zone).time() < self.latest for zone in zones
        )

    def next(self, at: datetime, zones: Sequence[ZoneInfo]) -> datetime:
        """The first such moment from `at` on, to within a quarter of an hour.

        Two days later when there is none: some numbers are of half the world.
        """
        if self.allow(at, zones):
            return at
        begins = at.replace(minute=0, second=0, microsecond=0)
        steps = range(1, LOOK_AHEAD // STEP)
        later = (begins + STEP * step for step in steps)
        found = (one for one in later if one > at and self.allow(one, zones))
        return next(found, at + LOOK_AHEAD)
