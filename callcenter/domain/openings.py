"""When the house and its resources are open, and when something can begin there.

Hours are local: nine o'clock is nine o'clock, in summer and in winter. On the two
nights when clocks change, some local times do not exist and some exist twice; neither
is ever offered, because nobody could say which one was meant.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.domain.house import Days, WeekTime
from callcenter.domain.schedule import OpeningTime, later

STEP: Final = timedelta(minutes=30)
"""Appointments begin on the hour and the half hour: that is how times are said."""

_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Calendar:
    """The house's week, and everything that makes a day different from it."""

    zone: ZoneInfo
    week: tuple[WeekTime, ...]
    days: Days = field(default_factory=Days)

    def openings(self, first: date, days: int) -> list[OpeningTime]:
        """The openings that begin on some days, in order."""
        return [
            opening
            for day in _span(first, days)
            for opens, closes in self._hours(day)
            if (opening := opening_time(day, opens, closes, self.zone)) is not None
        ]

    def closed_for(self, day: date) -> str | None:
        """Why the house is closed that day although the week says otherwise.

        Empty: closed, without a name for it. None: it is a day like any other.
        """
        if any(one.day == day for one in self.days.special_hours):
            return None
        for closure in self.days.closures:
            if not closure.resource and closure.first_day <= day <= closure.last_day:
                return closure.name
        return self.days.holidays.get(day)

    def openings_of(
        self, resource: str, own_week: Sequence[WeekTime], openings: list[OpeningTime]
    ) -> list[OpeningTime]:
        """The parts of the house's openings in which a resource works."""
        away = [one for one in self.days.closures if one.resource == resource]
        there = [
            opening
            for opening in openings
            if not any(a.first_day <= opening.day <= a.last_day for a in away)
        ]
        if not own_week:
            return there
        return [
            both
            for opening in there
            for own in _week_openings(own_week, opening.day, self.zone)
            if (both := _overlap(opening, own)) is not None
        ]

    def _hours(self, day: date) -> list[tuple[time, time]]:
        special = sorted(
            (one.opens, one.closes) for one in self.days.special_hours if one.day == day
        )
        if special:
            return special
        if self.closed_for(day) is not None:
            return []
        return [
            (one.opens, one.closes)
            for one in sorted(self.week)
            if one.weekday == day.weekday()
        ]


def opening_time(
    day: date, opens: time, closes: time, zone: ZoneInfo
) -> OpeningTime | None:
    """An opening on one day. In doubt (clocks change), it is the shorter one.

    None: the clock jumps over the whole of it.
    """
    ends_on = day if closes > opens else day + _DAY
    begins = max(_moments(day, opens, zone))
    ends = min(_moments(ends_on, closes, zone))
    if begins >= ends:
        return None
    return OpeningTime(day, begins.astimezone(zone), ends.astimezone(zone))


def starts(
    opening: OpeningTime, minutes: int, step: timedelta = STEP
) -> Iterator[datetime]:
    """When something of this length can begin, in the house's own time zone."""
    zone = opening.opens_at.tzinfo
    last = later(opening.closes_at, -minutes)
    # The hands of the clock count the steps; `last` is a moment.
    clock = _round_up(opening.opens_at.replace(tzinfo=None), step)
    while True:
        start = clock.replace(tzinfo=zone)
        if min(start.astimezone(UTC), start.replace(fold=1).astimezone(UTC)) > last:
            return
        if start.astimezone(UTC) >= opening.opens_at and is_certain(start):
            yield start
        clock += step


def is_certain(local: datetime) -> bool:
    """Whether this local time exists, and only once."""
    other = local.replace(fold=1 - local.fold)
    return local.utcoffset() == other.utcoffset()


def _week_openings(
    week: Iterable[WeekTime], day: date, zone: ZoneInfo
) -> Iterator[OpeningTime]:
    """Those that may overlap an opening of a day: the night before, and the day's."""
    for on in (day - _DAY, day, day + _DAY):
        for one in sorted(week):
            if one.weekday == on.weekday():
                opening = opening_time(on, one.opens, one.closes, zone)
                if opening is not None:
                    yield opening


def _overlap(one: OpeningTime, other: OpeningTime) -> OpeningTime | None:
    """What two openings have in common."""
    begins = max(one.opens_at, other.opens_at, key=_utc)
    ends = min(one.closes_at, other.closes_at, key=_utc)
    if _utc(begins) >= _utc(ends):
        return None
    return OpeningTime(one.day, begins, ends)


def _moments(day: date, clock: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments, in UTC, that a local time may mean: two when clocks change."""
    local = datetime.combine(day, clock, tzinfo=zone)
    return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)


def _round_up(clock: datetime, step: timedelta) -> datetime:
    past = (clock - datetime.combine(clock.date(), time())) % step
    return clock if not past else clock + step - past


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _span(first: date, days: int) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range(days))
