"""What is open and what is free, read inside whichever transaction asks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.house import Closure, Days, House, SpecialHours, WeekTime
from callcenter.domain.openings import Calendar, starts
from callcenter.domain.schedule import Service, Slot
from callcenter.storage import holidays, schedule_tables as s, tables as t
from callcenter.storage.hours import QUARTER, taken_by

_TAKEN: Final = t.appointment_slots.c
_NIGHT: Final = timedelta(days=1)
"""An opening of the evening before may still go on."""


@dataclass(frozen=True, slots=True)
class Shop:
    """The house's tables, as they are at one moment."""

    calendar: Calendar
    services: Mapping[str, Service]
    resources: Mapping[str, tuple[WeekTime, ...]]
    """Those at work, in their order, with their own hours."""


async def read_shop(connection: AsyncConnection, house: House) -> Shop:
    """Everything but the holidays, which depend on the days in question."""
    week = await connection.execute(select(*t.opening_hours.c))
    closed = await connection.execute(
        select(
            s.closures.c.first_day,
            s.closures.c.last_day,
            s.closures.c.name,
            s.closures.c.resource_id,
        ).order_by(s.closures.c.first_day)
    )
    special = await connection.execute(select(*s.special_hours.c))
    return Shop(
        Calendar(
            house.zone,
            tuple(WeekTime(*row) for row in week),
            Days(
                tuple(
                    Closure(first, last, name, resource or "")
                    for first, last, name, resource in closed
                ),
                tuple(SpecialHours(*row) for row in special),
            ),
        ),
        await _services(connection),
        await _resources(connection),
    )


def with_holidays(shop: Shop, house: House, first: date, days: int) -> Calendar:
    """The shop's calendar, with the public holidays of some days."""
    last = first + timedelta(days=days)
    kept = {
        day: name
        for year in range((first - _NIGHT).year, last.year + 1)
        for day, name in holidays.in_year(house.country, house.region, year).items()
    }
    known = shop.calendar.days
    return replace(shop.calendar, days=replace(known, holidays=kept))


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for."""

    service: str
    first: date
    days: int
    now: datetime
    resource: str = ""
    """Empty: any that can do it."""
    moving: str = ""
    """The code of the appointment whose own time counts as free."""


async def free(connection: AsyncConnection, house: House, search: Search) -> list[Slot]:
    """Free slots in order of time, one for each time; only times to come."""
    shop = await read_shop(connection, house)
    service = shop.services.get(search.service)
    if service is None:
        return []
    candidates = _candidates(shop, house, service, search)
    if not candidates:
        return []
    taken = await _taken(connection, candidates, search.moving)
    found: dict[datetime, Slot] = {}
    for slot in candidates:
        moment = slot.starts_at.astimezone(UTC)
        if moment not in found and not any(
            (slot.resource, quarter) in taken for quarter in taken_by(slot)
        ):
            found[moment] = slot
    return [found[moment] for moment in sorted(found)]


def _candidates(
    shop: Shop, house: House, service: Service, search: Search
) -> list[Slot]:
    """What would be free if nothing was booked, resource by resource."""
    calendar = with_holidays(shop, house, search.first, search.days)
    openings = calendar.openings(search.first - _NIGHT, search.days + 1)
    last = search.first + timedelta(days=search.days)
    able = [name for name in shop.resources if name in service.resources]
    names = able if service.resources else list(shop.resources)
    return [
        Slot(
            service.name,
            name,
            start,
            service.minutes,
            service.before_minutes,
            service.after_minutes,
        )
        for name in names
        if search.resource in {"", name}
        for opening in calendar.openings_of(name, shop.resources[name], openings)
        for start in starts(opening, service.minutes)
        if search.first <= start.date() < last and start.astimezone(UTC) > search.now
    ]


async def _taken(
    connection: AsyncConnection, candidates: Sequence[Slot], moving: str
) -> set[tuple[str, datetime]]:
    # In UTC: local times do not sort when clocks change.
    first = min(slot.busy_from.astimezone(UTC) for slot in candidates)
    last = max(slot.busy_until.astimezone(UTC) for slot in candidates)
    rows = await connection.execute(
        select(_TAKEN.resource_id, _TAKEN.quarter).where(
            _TAKEN.quarter > first - QUARTER,
            _TAKEN.quarter < last,
            _TAKEN.code != moving,
        )
    )
    return {(name, quarter) for name, quarter in rows}


async def _services(connection: AsyncConnection) -> dict[str, Service]:
    able: dict[str, list[str]] = {}
    for service, resource in await connection.execute(select(*s.service_resources.c)):
        able.setdefault(service, []).append(resource)
    columns = t.services.c
    rows = await connection.execute(
        select(
            columns.name,
            columns.minutes,
            columns.description,
            columns.before_minutes,
            columns.after_minutes,
        )
        .where(columns.retired.is_(False))
        .order_by(columns.position)
    )
    return {
        name: Service(
            name, minutes, about, before, after, tuple(sorted(able.get(name, ())))
        )
        for name, minutes, about, before, after in rows
    }


async def _resources(connection: AsyncConnection) -> dict[str, tuple[WeekTime, ...]]:
    own: dict[str, list[WeekTime]] = {}
    for resource, *span in await connection.execute(select(*s.resource_hours.c)):
        own.setdefault(resource, []).append(WeekTime(*span))
    columns = t.resources.c
    names = await connection.scalars(
        select(columns.id)
        .where(columns.retired.is_(False))
        .order_by(columns.position, columns.id)
    )
    return {name: tuple(sorted(own.get(name, ()))) for name in names}
