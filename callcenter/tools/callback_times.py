"""When to call somebody back, as they say it: "tomorrow at ten", "in half an hour"."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from callcenter.domain.schedule import OpeningTime
from callcenter.tools.clock_times import Window, parse_window, split_day
from callcenter.tools.days import parse_day
from callcenter.tools.definition import Unfit
from callcenter.tools.opening import spoken_hours
from callcenter.tools.spoken import on_day, spoken_time_of_day

AHEAD_DAYS: Final = 14
"""Nobody remembers for longer why they wanted to be called."""

HOW_TO_SAY_WHEN: Final = (
    "give it as 'as soon as possible', 'in an hour', 'this afternoon', 'tomorrow at "
    "10:00', 'Monday morning' or 2026-11-27T10:00"
)

_SOON: Final = frozenset(
    {"", "asap", "as soon as possible", "soon", "now", "right now", "right away"}
    | {"at once", "immediately", "any time", "anytime", "whenever", "when you can"}
    | {"whenever you can", "when possible", "today if possible", "as soon as you can"}
)
_COUNTS: Final = {
    "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "ten": 10, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "a couple of": 2, "a few": 3, "half an": 0.5, "half a": 0.5,
    "a quarter of an": 0.25, "one and a half": 1.5,
}  # fmt: skip
_NUMBER: Final = "|".join(sorted(_COUNTS, key=len, reverse=True))
_IN: Final = re.compile(
    rf"in (?:about |around )?(\d{{1,3}}|{_NUMBER})"
    r" (minute|min|hour)s?( and a half)?"
)
_TODAY: Final = frozenset({"", "this", "later", "later this", "later today", "today"})
_FILLERS: Final = re.compile(r"^(?:on|sometime|some time|maybe|perhaps|call me)\s+")
_DAY_ONLY: Final = len("2026-11-27")


@dataclass(frozen=True, slots=True)
class Week:
    """The moment in the house's zone, and its openings for the days to come."""

    now: datetime
    openings: Sequence[OpeningTime]
    """None at all: a house without hours, which calls at any time."""

    @property
    def today(self) -> date:
        return self.now.date()


def parse_callback_time(text: str, week: Week) -> datetime:
    """The moment that is meant, in the house's hours. Raises Unfit with what to say."""
    said = " ".join(re.sub(r"[,!?]|\.$", " ", text.lower()).split())
    said = _FILLERS.sub("", said.removesuffix(" please"))
    if said in _SOON:
        return _open_from(week, week.now)
    if counted := _IN.fullmatch(said):
        wished = week.now + _counted(counted)
        return _open_from(week, wished.replace(second=0, microsecond=0))
    if exact := _exact(text, week):
        return _at(week, exact)
    day, window = _day_and_window(said, text, week)
    return _within(week, day, window, text)


def spoken_moment(at: datetime, today: date) -> str:
    """`tomorrow at ten o'clock in the morning`."""
    return f"{on_day(at.date(), today)} at {spoken_time_of_day(at)}"


def _counted(match: re.Match[str]) -> timedelta:
    said, unit, half = match.groups()
    number = _COUNTS[said] if said in _COUNTS else int(said)
    number += 0.5 if half else 0
    return timedelta(hours=number) if unit == "hour" else timedelta(minutes=number)


def _exact(text: str, week: Week) -> datetime | None:
    """A moment as programs write it."""
    try:
        start = datetime.fromisoformat(text.strip().replace(" ", "T", 1))
    except ValueError:
        return None
    if len(text.strip()) <= _DAY_ONLY:
        return None
    zone = week.now.tzinfo
    return (
        start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone)
    )


def _day_and_window(said: str, text: str, week: Week) -> tuple[date | None, Window]:
    """The day (None: the next on which it can be), and the time of it."""
    try:
        return None, parse_window(said)
    except Unfit:
        pass
    named, clock = split_day(said)
    try:
        window = parse_window(clock)
        day = week.today if named in _TODAY else parse_day(named, week.today)
    except Unfit as error:
        raise Unfit(
            f"I do not understand when {text!r} is: {HOW_TO_SAY_WHEN}.",
            say="I am not sure that I understood when we should call.",
        ) from error
    return day, window


def _within(week: Week, day: date | None, window: Window, text: str) -> datetime:
    if day is None:
        days = [week.today + timedelta(days=n) for n in range(AHEAD_DAYS)]
        found = (one for on in days if (one := _first(week, on, window)))
        return next(found, None) or _closed(week, days[1])
    _check(week, datetime.combine(day, time.max, tzinfo=week.now.tzinfo))
    return _first(week, day, window) or _too_late(week, day, window, text)


def _first(week: Week, day: date, window: Window) -> datetime | None:
    """The first moment of a day that fits, if there is one."""
    zone = week.now.tzinfo
    if window.near is not None:
        wished = datetime.combine(day, window.near, tzinfo=zone)
        fits = _is_open(week, wished) and wished >= week.now
        return wished if fits else None
    begins = datetime.combine(day, window.not_before or time(), tzinfo=zone)
    if window.not_before is None and window.begins_before is None and not week.openings:
        begins = datetime.combine(day, time(9), tzinfo=zone)
    for opens, closes in _hours(week, day):
        first = max(opens, begins, week.now, key=_utc)
        if (
            _utc(first) < _utc(closes)
            and first.date() == day
            and window.includes(first)
        ):
            return first
    return None


def _at(week: Week, wished: datetime) -> datetime:
    _check(week, wished)
    return wished if _is_open(week, wished) else _closed(week, wished.date())


def _check(week: Week, wished: datetime) -> None:
    if wished < week.now:
        raise Unfit(
            f"{wished:%Y-%m-%d %H:%M} is past; it is now {week.now:%Y-%m-%d %H:%M}.",
            say="That time is past already. When shall we call you?",
        )
    if wished > week.now + timedelta(days=AHEAD_DAYS):
        raise Unfit(
            f"{wished:%Y-%m-%d} is more than {AHEAD_DAYS} days from now: nobody is "
            "called back so late. Ask for an earlier day.",
            say="That is too far ahead for me. Which earlier day would suit you?",
        )


def _open_from(week: Week, wished: datetime) -> datetime:
    """Then, or when the house opens next."""
    if not week.openings or _is_open(week, wished):
        return wished
    coming = [
        one.opens_at for one in week.openings if _utc(one.opens_at) >= _utc(wished)
    ]
    return min(coming, key=_utc) if coming else wished


def _is_open(week: Week, at: datetime) -> bool:
    return not week.openings or any(
        _utc(one.opens_at) <= _utc(at) < _utc(one.closes_at) for one in week.openings
    )


def _hours(week: Week, day: date) -> list[tuple[datetime, datetime]]:
    if not week.openings:
        zone = week.now.tzinfo
        midnight = datetime.combine(day, time(), tzinfo=zone)
        return [(midnight, midnight + timedelta(days=1))]
    return [(one.opens_at, one.closes_at) for one in week.openings if one.day == day]


def _too_late(week: Week, day: date, window: Window, text: str) -> datetime:
    """That day, but not at such a time: past, or we are closed."""
    last = window.near or window.begins_before
    if day == week.today and last is not None and last <= week.now.time():
        raise Unfit(
            f"{text!r} is past; it is now {week.now:%H:%M}. Ask for another time.",
            say="That time is past already. When shall we call you?",
        )
    return _closed(week, day)


def _closed(week: Week, day: date) -> datetime:
    hours = [one for one in week.openings if one.day == day]
    when = on_day(day, week.today)
    told = (
        f"{when} we are open {spoken_hours(hours)}"
        if hours
        else f"{when} we are closed"
    )
    raise Unfit(
        f"Nobody can call then: {told}. Ask for a time in the house's hours.",
        say=f"{told[:1].upper()}{told[1:]}. When would suit you?",
    )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
