"""What is booked on some days, for those who look at them: reading only."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from callcenter.domain.schedule import Appointment
from callcenter.storage import tables as t
from callcenter.storage.bookings import appointment_of
from callcenter.storage.engine import Database

_its = t.appointments.c


async def booked_between(
    database: Database, zone: ZoneInfo, since: datetime, until: datetime
) -> list[Appointment]:
    """What begins in that time, in order; cancelled ones too, kept times not."""
    asked = (
        select(t.appointments)
        .where(
            _its.starts_at >= since,
            _its.starts_at < until,
            _its.held_until.is_(None),
        )
        .order_by(_its.starts_at, _its.code)
    )
    async with database.read() as connection:
        rows = (await connection.execute(asked)).mappings()
        return [appointment_of(row, zone) for row in rows]
