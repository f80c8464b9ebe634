"""Lines of the appointment book, each function a step inside somebody's transaction."""

from sqlalchemy import delete, insert, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.schedule import Appointment, Slot
from callcenter.storage import hours, tables as t


async def enter(connection: AsyncConnection, appointment: Appointment) -> None:
    """Write an appointment and what it takes. IntegrityError: something is taken."""
    await connection.execute(
        insert(t.appointments).values(
            code=appointment.code,
            name=appointment.name,
            phone=appointment.phone,
            call_id=appointment.call_id,
            **columns_of(appointment.slot),
        )
    )
    await hold(connection, appointment)


async def hold(connection: AsyncConnection, appointment: Appointment) -> None:
    slot = appointment.slot
    await connection.execute(
        insert(t.appointment_slots).values(
            [
                {
                    "resource_id": slot.resource,
                    "quarter": quarter,
                    "code": appointment.code,
                }
                for quarter in hours.quarters(slot.starts_at, slot.minutes)
            ]
        )
    )


async def release(connection: AsyncConnection, code: str) -> None:
    await connection.execute(
        delete(t.appointment_slots).where(t.appointment_slots.c.code == code)
    )


async def change(
    connection: AsyncConnection, code: str, columns: dict[str, object]
) -> None:
    changed = update(t.appointments).where(t.appointments.c.code == code)
    await connection.execute(changed.values(**columns))


def columns_of(slot: Slot) -> dict[str, object]:
    return {
        "service": slot.service,
        "resource_id": slot.resource,
        "starts_at": slot.starts_at,
        "minutes": slot.minutes,
    }
