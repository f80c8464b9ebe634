"""A house in words, for its owner to compare with what was meant."""

from collections.abc import Iterator
from datetime import date, time

from callcenter.domain.hours import DAYS
from callcenter.domain.house import House, WeekTime


def told(house: House, today: date) -> Iterator[str]:
    """The week, the services, and the days off that are still to come; a line each."""
    for number, name in enumerate(DAYS):
        spans = [_span(one) for one in house.week if one.weekday == number]
        yield f"  {name.capitalize()}  {', '.join(spans) or 'closed'}"
    for service in house.services:
        yield f"  {service.name}: {service.minutes} min"
    for off in sorted(house.closures, key=lambda one: one.first_day):
        if off.last_day >= today:
            days = dict.fromkeys((f"{off.first_day}", f"{off.last_day}"))
            named = f": {off.name}" if off.name else ""
            yield f"  closed {' to '.join(days)} ({off.resource or 'all'}){named}"
    for day in sorted(house.special_hours, key=lambda one: (one.day, one.opens)):
        if day.day >= today:
            yield f"  {day.day}: open {_clock(day.opens)}-{_clock(day.closes)}"


def doubts(house: House) -> Iterator[str]:
    """What can be meant, but seldom is."""
    weeks = {"the house": house.week} | {one.name: one.week for one in house.resources}
    for whose, week in weeks.items():
        for one in week:
            if time() < one.closes <= one.opens:
                yield (
                    f"{DAYS[one.weekday].capitalize()} {_span(one)} of {whose} goes on "
                    "past midnight, into the next day. Is that meant?"
                )


def _span(one: WeekTime) -> str:
    return f"{_clock(one.opens)}-{_clock(one.closes, end=True)}"


def _clock(at: time, *, end: bool = False) -> str:
    return "24:00" if end and at == time() else f"{at:%H:%M}"
