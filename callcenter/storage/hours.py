"""The quarters of an hour in which the appointment book counts.

All counting is done in UTC: on the two nights when clocks change, an hour is still one.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from callcenter.domain.schedule import Slot

QUARTER: Final = timedelta(minutes=15)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def quarters(begins: datetime, ends: datetime) -> list[datetime]:
    """The quarters of an hour, in UTC, that something touches."""
    start, end = begins.astimezone(UTC), ends.astimezone(UTC)
    quarter = start - (start - _EPOCH) % QUARTER
    touched = []
    while quarter < end:
        touched.append(quarter)
        quarter += QUARTER
    return touched


def taken_by(slot: Slot) -> list[datetime]:
    """What an appointment takes of its resource, with what is needed around it."""
    return quarters(slot.busy_from, slot.busy_until)
