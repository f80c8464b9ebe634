"""When we open again, as it is said on the telephone: "at eight tomorrow"."""

from datetime import datetime
from typing import Final

_HOURS: Final = (
    "twelve", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    "ten", "eleven",
)  # fmt: skip
_NOON: Final = 12
_EVENING: Final = 18
_WEEK_DAYS: Final = 7


def opens_again(opens_at: datetime | None, now: datetime) -> str:
    """A sentence; empty when nobody knows. `opens_at` is in the house's own zone."""
    if opens_at is None:
        return ""
    return f"We open again at {_clock(opens_at)} {_day(opens_at, now)}."


def _clock(at: datetime) -> str:
    hour = _HOURS[at.hour % _NOON]
    part = "" if at.hour < _NOON or at.hour == _NOON else " in the afternoon"
    part = " in the evening" if at.hour >= _EVENING else part
    if at.minute == 0:
        return hour + part
    if at.minute == 30:
        return f"half past {hour}{part}"
    return f"{at.hour}:{at.minute:02}"


def _day(at: datetime, now: datetime) -> str:
    days = (at.date() - now.astimezone(at.tzinfo).date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    return f"on {at:%A}" if days < _WEEK_DAYS else f"on {at:%A}, {at:%B} {at.day}"
