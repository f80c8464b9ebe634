"""Free times: finding them, and saying no more than three of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final

from callcenter.domain.schedule import Slot
from callcenter.tools.definition import Sorry, Unfit
from callcenter.tools.desk import Desk
from callcenter.tools.spoken import (
    all_of,
    capital,
    on_day,
    one_of,
    spoken_day,
    spoken_time,
)

OFFERS: Final = 3
"""More than three times cannot be kept in mind by ear."""

LISTED: Final = 24
"""For the model: a day has no more at half-hour steps."""

AHEAD_DAYS: Final = 90
"""Nobody knows next year's holidays of the workshop yet."""

LOOK_ON_DAYS: Final = 14
"""How far to look for the next free time when a day is full."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be done, and by whom if the caller minds."""

    service: str
    who: str = ""
    """A resource; empty: any."""


@dataclass(frozen=True, slots=True)
class Book:
    """The appointment book as it is at one moment of a call."""

    desk: Desk
    now: datetime
    """In the house's zone."""

    @classmethod
    def of(cls, desk: Desk) -> "Book":
        return cls(desk, desk.clock.now().astimezone(desk.schedule.zone))

    @property
    def today(self) -> date:
        return self.now.date()

    async def free(
        self, wanted: Wanted, first: date, days: int = 1, *, moving: str = ""
    ) -> list[Slot]:
        """One free slot for each time: callers choose times, not stands."""
        slots = await self.desk.schedule.free_slots(
            wanted.service, first, days, self.now, resource=wanted.who, moving=moving
        )
        by_time = {slot.starts_at: slot for slot in reversed(slots)}
        return [by_time[start] for start in sorted(by_time)]

    async def from_day(
        self, wanted: Wanted, day: date, *, moving: str = ""
    ) -> list[Slot]:
        return await self.free(wanted, day, LOOK_ON_DAYS, moving=moving)

    async def slot_at(
        self, wanted: Wanted, start: datetime, *, moving: str = ""
    ) -> Slot:
        """The free slot at that very time. Raises Unfit, or Sorry with others."""
        if start < self.now:
            raise Unfit(
                f"{start:%Y-%m-%dT%H:%M} is past; it is now {self.now:%Y-%m-%dT%H:%M}."
            )
        for slot in await self.free(wanted, start.date(), moving=moving):
            if slot.starts_at == start:
                return slot
        raise await self.taken(wanted, start, moving=moving)

    async def taken(
        self, wanted: Wanted, start: datetime, *, moving: str = ""
    ) -> Sorry:
        """What to say when a time cannot be had: the nearest ones that can."""
        service = wanted.service
        free = await self.from_day(wanted, start.date(), moving=moving)
        near = nearest(free, start)
        gone = f"{spoken_time(start)} {on_day(start.date(), self.today)}"
        offer = self.offer(near) if near else "Nothing is free in the days after it."
        return Sorry(
            f"{start:%Y-%m-%dT%H:%M} is not free for {service}; nothing was booked or "
            "moved. Offer the times under 'slots'.",
            say=f"I am sorry, {gone} is not free. {offer}",
            **slot_facts(service, near),
        )

    def offer(self, slots: Sequence[Slot], *, more: str = "") -> str:
        """At most three times, day by day, what else there is, and the question."""
        chosen = slots[:OFFERS]
        days = [
            f"{on_day(day, self.today)} I have {one_of(times)}"
            for day, times in _times_by_day(chosen)
        ]
        ask = "Which suits you?" if len(chosen) > 1 else "Does that suit you?"
        return f"{capital(all_of(days))}.{more} {ask}"

    async def why_nothing(self, day: date) -> str:
        """Closed, or full: not the same to somebody who wanted to come."""
        open_then = await self.desk.schedule.opening_times(day, 1)
        when = spoken_day(day, self.today)
        if not open_then:
            reason = await self.desk.schedule.closed_for(day)
            because = f", because of {reason}" if reason else ""
            return f"We are closed {on_day(day, self.today)}{because}."
        return f"There is nothing free {when if when == 'today' else f'for {when}'}."


def nearest(free: Sequence[Slot], start: datetime) -> list[Slot]:
    """The few that are closest to a time, in order."""
    near = sorted(free, key=lambda slot: abs(slot.starts_at - start))[:OFFERS]
    return sorted(near, key=lambda slot: slot.starts_at)


def first_of_each_day(free: Sequence[Slot]) -> list[Slot]:
    """Whoever gave several days hears of several."""
    days = groupby(free, key=lambda slot: slot.starts_at.date())
    return [next(some) for _, some in days]


def slot_facts(service: str, slots: Sequence[Slot]) -> dict[str, Any]:
    """Local times without offset: that is how they are given back."""
    starts = [f"{slot.starts_at:%Y-%m-%dT%H:%M}" for slot in slots[:LISTED]]
    return {"service": service, "slots": starts}


def within_reach(day: date, today: date) -> date:
    """The day itself. Raises Unfit when it is past, or too far off."""
    if day < today:
        raise Unfit(f"{day.isoformat()} is past; today is {today.isoformat()}.")
    if day > today + timedelta(days=AHEAD_DAYS):
        raise Unfit(
            f"{day.isoformat()} is too far off.",
            say=f"I can book up to {AHEAD_DAYS} days ahead.",
        )
    return day


def _times_by_day(slots: Iterable[Slot]) -> list[tuple[date, list[str]]]:
    days = groupby(slots, key=lambda slot: slot.starts_at.date())
    return [(day, [spoken_time(slot.starts_at) for slot in some]) for day, some in days]
