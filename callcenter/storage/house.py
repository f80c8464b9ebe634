"""The house in the database: what a first start opens with, and what its owner wrote.

Callers' appointments outlive every change: what is not offered any more is retired,
never deleted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Table, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.house import House, Resource, WeekTime
from callcenter.domain.schedule import Service
from callcenter.storage import schedule_tables as s, tables as t
from callcenter.storage.bookings import take_turns
from callcenter.storage.engine import Database

FJORD_CYCLES: Final = House(
    name="Fjord Cycles",
    zone=ZoneInfo("Europe/Oslo"),
    week=(
        *(WeekTime(weekday, time(9), time(17)) for weekday in range(5)),
        WeekTime(5, time(10), time(15)),
    ),
    services=(
        Service(
            "bicycle service",
            60,
            "Brakes, gears and bearings checked and adjusted, chain cleaned and oiled.",
        ),
        Service("puncture repair", 30, "One tube mended or replaced, while you wait."),
        Service(
            "bike fitting", 45, "Saddle, handlebar and pedals set to your measure."
        ),
        Service("rental pick-up", 15, "A rented bicycle handed over and adjusted."),
    ),
    resources=(Resource("workshop stand 1"), Resource("workshop stand 2")),
    country="NO",
    address="Skuteviksboder 12, Bergen",
)
"""A bicycle shop, ready to be replaced; house.example.toml is the same in writing."""


async def seed(database: Database, house: House = FJORD_CYCLES) -> bool:
    """Fill the house's tables if there is nothing in them; whether that was done."""
    async with database.write() as connection:
        await take_turns(connection, "house")
        for table in (t.services, t.resources, t.opening_hours):
            if await connection.scalar(select(func.count()).select_from(table)):
                return False
        await _write(connection, house)
    return True


async def apply(database: Database, house: House) -> None:
    """Make the tables say what the house's file says. Repeating it is harmless."""
    async with database.write() as connection:
        await take_turns(connection, "house")
        await _write(connection, house)


async def _write(connection: AsyncConnection, house: House) -> None:
    resources = {one.name: one for one in house.resources}
    await _keep(
        connection,
        t.resources,
        "id",
        {
            name: {"kind": one.kind, "position": position}
            for position, (name, one) in enumerate(resources.items())
        },
    )
    await _keep(
        connection,
        t.services,
        "name",
        {
            one.name: {
                "minutes": one.minutes,
                "description": one.description,
                "before_minutes": one.before_minutes,
                "after_minutes": one.after_minutes,
                "position": position,
            }
            for position, one in enumerate(house.services)
        },
    )
    for table, rows in _hours_and_days(house).items():
        await connection.execute(delete(table))
        if rows:
            await connection.execute(insert(table), rows)


async def _keep(
    connection: AsyncConnection,
    table: Table,
    key: str,
    wanted: Mapping[str, Mapping[str, Any]],
) -> None:
    """Write rows with these keys; the others stay, retired."""
    known = set(await connection.scalars(select(table.c[key])))
    for name, columns in wanted.items():
        if name in known:
            changed = update(table).where(table.c[key] == name)
            await connection.execute(changed.values(**columns, retired=False))
        else:
            row = {key: name, **columns}
            await connection.execute(insert(table).values(**row))
    gone = update(table).where(table.c[key].not_in(list(wanted)))
    await connection.execute(gone.values(retired=True))


def _hours_and_days(house: House) -> dict[Table, Sequence[dict[str, Any]]]:
    """What nobody refers to, and is therefore written anew each time."""
    return {
        t.opening_hours: [asdict(one) for one in house.week],
        s.service_resources: [
            {"service": one.name, "resource_id": resource}
            for one in house.services
            for resource in one.resources
        ],
        s.resource_hours: [
            {"resource_id": one.name, **asdict(span)}
            for one in house.resources
            for span in one.week
        ],
        s.closures: [
            {
                "first_day": one.first_day,
                "last_day": one.last_day,
                "name": one.name,
                "resource_id": one.resource or None,
            }
            for one in house.closures
        ],
        s.special_hours: [asdict(one) for one in house.special_hours],
    }
