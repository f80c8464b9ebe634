"""The appointment book as a person looks at it: some days side by side."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import RowMapping, select

from callcenter.domain.house import House
from callcenter.domain.ids import CallId
from callcenter.domain.schedule import (
    Appointment,
    OpeningTime,
    Waiting,
    WaitingState,
    Wish,
)
from callcenter.storage import schedule_tables as s, tables as t
from callcenter.storage.availability import read_shop, with_holidays
from callcenter.storage.bookings import appointment_of
from callcenter.storage.engine import Database

MOST_WAITING: Final = 100
"""In one list."""


@dataclass(frozen=True, slots=True)
class Day:
    """One day of the house."""

    day: date
    openings: tuple[OpeningTime, ...]
    closed_for: str | None
    """Why it is closed that day although the week says otherwise; may be empty."""
    appointments: tuple[Appointment, ...]
    """Booked, or kept for somebody on the waiting list; in order."""


@dataclass(frozen=True, slots=True)
class Days:
    """Some days, who and what serves callers on them, and who waits for a time."""

    days: tuple[Day, ...]
    resources: tuple[str, ...]
    waiting: tuple[Waiting, ...]
    """The first in line first, whatever day they wait for."""


async def days_of(
    database: Database, house: House, first: date, days: int, resource: str = ""
) -> Days:
    """What happens on so many days; of one resource alone, if it is given."""
    begins = datetime.combine(first, time.min, house.zone)
    ends = datetime.combine(first + timedelta(days), time.min, house.zone)
    its = t.appointments.c
    booked = (
        select(t.appointments)
        .where(its.starts_at >= begins, its.starts_at < ends, its.cancelled.is_(False))
        .order_by(its.starts_at, its.resource_id)
    )
    if resource:
        booked = booked.where(its.resource_id == resource)
    in_line = (
        select(s.waiting)
        .where(s.waiting.c.state.in_((WaitingState.WAITING, WaitingState.OFFERED)))
        .order_by(s.waiting.c.since)
        .limit(MOST_WAITING)
    )
    async with database.read() as connection:
        shop = await read_shop(connection, house)
        rows = (await connection.execute(booked)).mappings().all()
        places = (await connection.execute(in_line)).mappings().all()
    found = [appointment_of(row, house.zone) for row in rows]
    calendar = with_holidays(shop, house, first, days)
    openings = calendar.openings(first, days)
    return Days(
        days=tuple(
            Day(
                day,
                tuple(one for one in openings if one.day == day),
                calendar.closed_for(day),
                _on(found, day),
            )
            for day in (first + timedelta(number) for number in range(days))
        ),
        resources=tuple(shop.resources),
        waiting=tuple(_place(row) for row in places),
    )


def _on(found: Sequence[Appointment], day: date) -> tuple[Appointment, ...]:
    return tuple(one for one in found if one.slot.starts_at.date() == day)


def _place(row: RowMapping) -> Waiting:
    wish = Wish(
        row["service"],
        row["first_day"],
        row["last_day"],
        row["not_before"],
        row["begins_before"],
    )
    call_id = CallId(row["call_id"]) if row["call_id"] else None
    state = WaitingState(row["state"])
    return Waiting(
        row["code"], wish, row["name"], row["phone"], row["since"], state, call_id
    )
