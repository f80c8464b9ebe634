"""The rows that an appointment takes, and how they change: inside a transaction."""

from datetime import datetime
from hashlib import blake2b
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Appointment, Slot
from callcenter.errors import SlotTaken, StorageError, TooManyAppointments
from callcenter.storage import tables as t
from callcenter.storage.codes import as_written
from callcenter.storage.hours import taken_by

TAKEN: Final = "That time has just been booked by somebody else."

_APPOINTMENT: Final = t.appointments.c
_CLAIMS: Final = t.appointment_slots.c


async def take_turns(connection: AsyncConnection, *names: str) -> None:
    """Wait until nobody else is at work on these; to the end of the transaction.

    The keys of the tables forbid double bookings anyway. Turns make them a plain
    answer instead of a failed insert, let rules that no key can hold (so many for each
    number) hold, and keep two moves that swap places from waiting for each other.
    SQLite has one writer at a time, so there it is always our turn.
    """
    if connection.dialect.name != "postgresql":
        return
    for name in sorted(set(names)):
        digest = blake2b(name.encode(), digest_size=8).digest()
        await connection.execute(
            text("SELECT pg_advisory_xact_lock(:name)"),
            {"name": int.from_bytes(digest, signed=True)},
        )


def turn_of(resource: str) -> str:
    return f"resource {resource}"


async def enter(connection: AsyncConnection, appointment: Appointment) -> None:
    """Write an appointment and what it takes. IntegrityError: something is taken."""
    await connection.execute(
        insert(t.appointments).values(
            code=appointment.code,
            name=appointment.name,
            phone=appointment.phone,
            call_id=appointment.call_id,
            held_until=appointment.held_until,
            texts=appointment.texts,
            **columns_of(appointment.slot),
        )
    )
    await hold(connection, appointment.code, appointment.slot)


async def hold(connection: AsyncConnection, code: str, slot: Slot) -> None:
    await connection.execute(
        insert(t.appointment_slots).values(
            [
                {"resource_id": slot.resource, "quarter": quarter, "code": code}
                for quarter in taken_by(slot)
            ]
        )
    )


async def release(connection: AsyncConnection, code: str) -> None:
    await connection.execute(delete(t.appointment_slots).where(_CLAIMS.code == code))


async def change(connection: AsyncConnection, code: str, **columns: object) -> None:
    changed = update(t.appointments).where(_APPOINTMENT.code == code)
    await connection.execute(changed.values(**columns))


async def locked(connection: AsyncConnection, code: str, zone: ZoneInfo) -> Appointment:
    """The appointment, which nobody else changes until we are done.

    Raises StorageError when there is none.
    """
    rows = await connection.execute(
        select(t.appointments)
        .where(_APPOINTMENT.code == as_written(code))
        .with_for_update()
    )
    row = rows.mappings().one_or_none()
    if row is None:
        raise StorageError(f"There is no appointment with the code {code!r}.")
    return appointment_of(row, zone)


async def refuse_if_taken(
    connection: AsyncConnection, slot: Slot, besides: str = ""
) -> None:
    """Raises SlotTaken when anybody but `besides` has a part of the slot."""
    if set(await _holders(connection, slot)) - {besides}:
        raise SlotTaken(TAKEN)


async def held_by_call(
    connection: AsyncConnection, slot: Slot, call_id: CallId, zone: ZoneInfo
) -> Appointment | None:
    """What this very call has in this very slot: it was asked for twice."""
    rows = await connection.execute(
        select(t.appointments).where(
            _APPOINTMENT.code.in_(await _holders(connection, slot)),
            _APPOINTMENT.call_id == call_id,
        )
    )
    found = (appointment_of(row, zone) for row in rows.mappings())
    return next((one for one in found if one.slot == slot), None)


async def refuse_beyond(
    connection: AsyncConnection,
    most: int,
    *,
    phone: str,
    call_id: CallId | None,
    now: datetime,
) -> None:
    """Raises TooManyAppointments. A withheld number counts for each call."""
    owner = _APPOINTMENT.phone == phone if phone else _APPOINTMENT.call_id == call_id
    count = await connection.scalar(
        select(func.count()).where(owner, _APPOINTMENT.starts_at >= now, *BOOKED)
    )
    if (count or 0) >= most:
        raise TooManyAppointments(f"There are {count} appointments already.")


BOOKED: Final = (_APPOINTMENT.cancelled.is_(False), _APPOINTMENT.held_until.is_(None))
"""Neither cancelled nor only kept for somebody."""


def columns_of(slot: Slot) -> dict[str, object]:
    return {
        "service": slot.service,
        "resource_id": slot.resource,
        "starts_at": slot.starts_at,
        "minutes": slot.minutes,
        "before_minutes": slot.before_minutes,
        "after_minutes": slot.after_minutes,
    }


def appointment_of(row: RowMapping, zone: ZoneInfo) -> Appointment:
    """From a row of `appointments`, in the house's own time."""
    call_id: Any = row["call_id"]
    return Appointment(
        code=row["code"],
        slot=Slot(
            row["service"],
            row["resource_id"],
            row["starts_at"].astimezone(zone),
            row["minutes"],
            row["before_minutes"],
            row["after_minutes"],
        ),
        name=row["name"],
        phone=row["phone"],
        call_id=None if call_id is None else CallId(call_id),
        cancelled=row["cancelled"],
        revision=row["revision"],
        held_until=row["held_until"],
        texts=row["texts"],
    )


async def _holders(connection: AsyncConnection, slot: Slot) -> list[str]:
    """The codes of everybody who has a part of the slot."""
    found = await connection.scalars(
        select(_CLAIMS.code)
        .where(
            _CLAIMS.resource_id == slot.resource, _CLAIMS.quarter.in_(taken_by(slot))
        )
        .distinct()
    )
    return list(found)
