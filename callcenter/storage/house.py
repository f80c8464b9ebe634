"""The house that a first start opens with: a bicycle shop, ready to be replaced."""

from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import func, insert, select

from callcenter.domain.schedule import Service
from callcenter.storage import tables as t
from callcenter.storage.engine import Database

NAME: Final = "Fjord Cycles"
ZONE: Final = ZoneInfo("Europe/Oslo")

SERVICES: Final = (
    Service(
        "bicycle service",
        60,
        "Brakes, gears and bearings checked and adjusted, chain cleaned and oiled.",
    ),
    Service("puncture repair", 30, "One tube mended or replaced, while you wait."),
    Service("bike fitting", 45, "Saddle, handlebar and pedals set to your measure."),
    Service("rental pick-up", 15, "A rented bicycle handed over and adjusted."),
)

RESOURCES: Final = ("workshop stand 1", "workshop stand 2")

OPENING_HOURS: Final = (
    *((weekday, time(9), time(17)) for weekday in range(5)),
    (5, time(10), time(15)),
)
"""Weekday (Monday is 0), opens, closes."""


async def seed(database: Database) -> bool:
    """Fill the house's tables if there is nothing in them; whether that was done."""
    async with database.write() as connection:
        for table in (t.services, t.resources, t.opening_hours):
            if await connection.scalar(select(func.count()).select_from(table)):
                return False
        await connection.execute(
            insert(t.services),
            [
                {
                    "name": service.name,
                    "minutes": service.minutes,
                    "description": service.description,
                    "position": position,
                }
                for position, service in enumerate(SERVICES)
            ],
        )
        await connection.execute(
            insert(t.resources), [{"id": resource} for resource in RESOURCES]
        )
        await connection.execute(
            insert(t.opening_hours),
            [
                {"weekday": weekday, "opens": opens, "closes": closes}
                for weekday, opens, closes in OPENING_HOURS
            ],
        )
    return True
