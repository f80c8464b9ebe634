"""What callers, and models, call a day: "tomorrow", "next friday", "27 November"."""

import re
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.tools.definition import Unfit
from callcenter.tools.spoken import MONTHS, WEEKDAYS

HOW_TO_SAY_A_DAY: Final = (
    "give it as today, tomorrow, a weekday, or a date like 2026-11-27"
)

_RELATIVE: Final = {
    "today": 0,
    "now": 0,
    "tonight": 0,
    "tomorrow": 1,
    "day after tomorrow": 2,
}
_SPAN: Final = re.compile(
    r"(?:from |between )?(.+?)(?:\s+(?:to|until|till|through|and|-)\s+|\.\.|/)(.+)",
    re.IGNORECASE,
)
_COUNTED: Final = re.compile(r"in (\d{1,2}|a|one|two|three|four|six) (day|week)s?")
_COUNTS: Final = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "six": 6}
_FILLERS: Final = re.compile(r"\b(on|the|of|this|coming|at)\b|[,.]")
_DAY_MONTH: Final = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?\s+([a-z]{3,9})(?:\s+(\d{4}))?"
)
_MONTH_DAY: Final = re.compile(
    r"([a-z]{3,9})\s+(\d{1,2})(?:st|nd|rd|th)?(?:\s+(\d{4}))?"
)


def parse_day(text: str, today: date) -> date:
    """The day that is meant. Raises Unfit with what to write instead.

    A weekday is the next one from today on; with "next", from tomorrow on.
    """
    said = " ".join(_FILLERS.sub(" ", text.lower()).split())
    if said in _RELATIVE:
        return today + timedelta(days=_RELATIVE[said])
    if counted := _COUNTED.fullmatch(said):
        number = _COUNTS.get(counted[1]) or int(counted[1])
        return today + timedelta(days=number * (7 if counted[2] == "week" else 1))
    day = _iso(text) or _weekday(said, today) or _named(said, today)
    if day is None:
        raise Unfit(f"I do not understand the day {text!r}: {HOW_TO_SAY_A_DAY}.")
    return day


def parse_days(text: str, today: date) -> tuple[date, date]:
    """The first and the last of the days that are meant. Raises Unfit."""
    said = " ".join(text.lower().split())
    monday = today - timedelta(days=today.weekday())
    match said.removeprefix("the ").removeprefix("on the "):
        case "this week" | "week" | "rest of the week" | "rest of this week":
            return today, monday + timedelta(days=6)
        case "next week":
            return monday + timedelta(days=7), monday + timedelta(days=13)
        case "weekend" | "this weekend" | "coming weekend":
            saturday = monday + timedelta(days=5)
            return max(saturday, today), saturday + timedelta(days=1)
        case "next weekend":
            return monday + timedelta(days=12), monday + timedelta(days=13)
        case _:
            pass
    if match_span := _SPAN.fullmatch(text.strip()):
        first = parse_day(match_span[1], today)
        last = parse_day(match_span[2], first)
        if last < first:
            raise Unfit(f"{text!r} ends before it begins: {HOW_TO_SAY_A_DAY}.")
        return first, last
    day = parse_day(text, today)
    return day, day


def parse_start(text: str, zone: ZoneInfo) -> datetime:
    """The moment that is meant, in the house's zone. Raises Unfit."""
    try:
        start = datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError:
        start = None
    if start is None or len(text) <= len("2026-11-27"):
        raise Unfit(
            f"I do not understand the time {text!r}: give it exactly as "
            "find_free_slots gave it, like 2026-11-27T09:00."
        )
    return (
        start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone)
    )


def _iso(text: str) -> date | None:
    try:
        return datetime.fromisoformat(text.strip()).date()
    except ValueError:
        return None


def _weekday(said: str, today: date) -> date | None:
    following = said.startswith("next ")
    name = said.removeprefix("next ")
    if len(name) < 3:
        return None
    for number, weekday in enumerate(WEEKDAYS):
        if weekday.lower().startswith(name):
            ahead = (number - today.weekday()) % 7
            return today + timedelta(days=7 if following and not ahead else ahead)
    return None


def _named(said: str, today: date) -> date | None:
    """A day of a month, this year's or, when that is over, the next year's."""
    if match := _DAY_MONTH.fullmatch(said):
        number, name, year = match.groups()
    elif match := _MONTH_DAY.fullmatch(said):
        name, number, year = match.groups()
    else:
        return None
    months = [n for n, month in enumerate(MONTHS, 1) if month.lower().startswith(name)]
    if not months:
        return None
    try:
        day = date(int(year or today.year), months[0], int(number))
        return day.replace(year=day.year + 1) if day < today and not year else day
    except ValueError:
        return None
