"""Opening hours on the calendar, and the times at which something can begin.

Local times are turned into moments first, and all counting is done in UTC: on the two
nights when clocks change, an hour is still an hour.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.domain.schedule import OpeningTime

STEP: Final = timedelta(minutes=30)
"""Appointments begin on the hour and the half hour: that is how times are said."""

QUARTER: Final = timedelta(minutes=15)
"""What the appointment book counts in."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def opening_times(
    hours: Iterable[tuple[int, time, time]], first: date, days: int, zone: ZoneInfo
) -> list[OpeningTime]:
    """The openings of some days; `hours` are weekday (Monday is 0), opens, closes."""
    week = sorted(hours)
    return [
        OpeningTime(
            day,
            datetime.combine(day, opens, tzinfo=zone),
            datetime.combine(day, closes, tzinfo=zone),
        )
        for day in (first + timedelta(days=n) for n in range(days))
        for weekday, opens, closes in week
        if weekday == day.weekday()
    ]


def starts(opening: OpeningTime, minutes: int) -> Iterator[datetime]:
    """When something of this length can begin, in the house's own time zone."""
    zone = opening.opens_at.tzinfo
    length = timedelta(minutes=minutes)
    closes = opening.closes_at.astimezone(UTC)
    start = opening.opens_at.astimezone(UTC)
    # Zones differ from UTC by quarters of an hour: count from the local full hour.
    past_step = timedelta(minutes=opening.opens_at.minute % (STEP.seconds // 60))
    if past_step:
        start += STEP - past_step
    while start + length <= closes:
        yield start.astimezone(zone)
        start += STEP


def quarters(starts_at: datetime, minutes: int) -> list[datetime]:
    """The quarters of an hour, in UTC, that something touches."""
    begins = starts_at.astimezone(UTC)
    ends = begins + timedelta(minutes=minutes)
    quarter = begins - (begins - _EPOCH) % QUARTER
    touched = []
    while quarter < ends:
        touched.append(quarter)
        quarter += QUARTER
    return touched
