"""Dates, times and codes as people say them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final

WEEKDAYS: Final = (
    "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
)  # fmt: skip
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
HOURS: Final = (
    "twelve", "one", "two", "three", "four", "five", "six",
    "seven", "eight", "nine", "ten", "eleven",
)  # fmt: skip
TENS: Final = {2: "twenty", 3: "thirty", 4: "forty", 5: "fifty"}
TEENS: Final = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen",
    "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip

NOON, EVENING, NIGHT = 12, 18, 22
"""Hours at which the parts of a day begin."""

NEAR_DAYS: Final = 300
"""A date farther off than this needs its year."""


def spoken_day(day: date, today: date | None = None) -> str:
    """`today`, `tomorrow`, or `Friday the 27th of November`."""
    if today is not None and timedelta(0) <= day - today <= timedelta(days=1):
        return "today" if day == today else "tomorrow"
    said = (
        f"{WEEKDAYS[day.weekday()]} the {ordinal(day.day)} of {MONTHS[day.month - 1]}"
    )
    if today is not None and abs((day - today).days) > NEAR_DAYS:
        return f"{said} {day.year}"
    return said


def on_day(day: date, today: date) -> str:
    """`today`, `tomorrow`, or `on Friday the 27th of November`."""
    said = spoken_day(day, today)
    return said if said in {"today", "tomorrow"} else f"on {said}"


def spoken_time(at: time | datetime) -> str:
    """`nine o'clock`, `half past ten`, `quarter to three`, `ten twenty-five`."""
    hour, following = HOURS[at.hour % 12], HOURS[(at.hour + 1) % 12]
    match at.minute:
        case 0:
            return f"{hour} o'clock"
        case 15:
            return f"quarter past {hour}"
        case 30:
            return f"half past {hour}"
        case 45:
            return f"quarter to {following}"
        case minute:
            return f"{hour} {_minutes(minute)}"


def spoken_time_of_day(at: time | datetime) -> str:
    """A time that stands alone: `half past two in the afternoon`, `noon`."""
    if at.minute == 0 and at.hour in {0, NOON}:
        return "noon" if at.hour else "midnight"
    if at.hour < NOON:
        part = "in the morning"
    elif at.hour < EVENING:
        part = "in the afternoon"
    else:
        part = "in the evening" if at.hour < NIGHT else "at night"
    return f"{spoken_time(at)} {part}"


def spoken_length(minutes: int) -> str:
    """`45 minutes`, `an hour`, `an hour and a half`, `2 hours and 20 minutes`."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return f"{rest} minutes"
    whole = "an hour" if hours == 1 else f"{hours} hours"
    if not rest:
        return whole
    if rest == 30:
        return "an hour and a half" if hours == 1 else f"{hours} and a half hours"
    return f"{whole} and {rest} minutes"


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `11th`: voices read these well."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in {11, 12, 13} else ending}"


def spelled(code: str) -> str:
    """A code one character at a time: `K 7 M 4 X`."""
    return " ".join(code.replace(" ", ""))


def one_of(things: Sequence[str], last: str = "or") -> str:
    """`a`, `a or b`, `a, b or c`."""
    if len(things) <= 1:
        return "".join(things)
    return f"{', '.join(things[:-1])} {last} {things[-1]}"


def all_of(things: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return one_of(things, "and")


def degrees(number: float) -> str:
    """Without its unit, and never `minus 0`: `6`, `minus 3`."""
    whole = round(number)
    return f"minus {-whole}" if whole < 0 else str(whole)


def a_percentage(number: int) -> str:
    """`an 80 percent`, `a 10 percent`."""
    vowel = number in {8, 11, 18} or 80 <= number < 90
    return f"{'an' if vowel else 'a'} {number} percent"


def capital(text: str) -> str:
    """The first letter large, and the others as they are."""
    return text[:1].upper() + text[1:]


def _minutes(minute: int) -> str:
    if minute < 10:
        return f"oh {HOURS[minute]}"
    if minute < 20:
        return TEENS[minute - 10]
    ten, one = divmod(minute, 10)
    return f"{TENS[ten]}-{HOURS[one]}" if one else TENS[ten]
