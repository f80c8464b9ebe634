"""The appointment book.

An appointment takes one row of `appointment_slots` for each quarter of an hour, in the
transaction that writes it. The primary key of that table (resource, quarter) is what
forbids a double booking: between processes, between nodes, and whatever is overlooked
here.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, Select, select
from sqlalchemy.exc import IntegrityError

from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Appointment, OpeningTime, Service, Slot
from callcenter.errors import SlotTaken, StorageError
from callcenter.storage import bookings, hours, house, tables as t
from callcenter.storage.codes import as_written, new_code
from callcenter.storage.engine import Database

TRIES: Final = 5
"""For a code that nobody has."""

MOST_APPOINTMENTS: Final = 100
"""In one list."""

TAKEN: Final = "That time has just been booked by somebody else."

_APPOINTMENT: Final = t.appointments.c
_TAKEN: Final = t.appointment_slots.c


class AppointmentBook:
    """Appointments in the database; callcenter.tools.desk.Schedule is its promise."""

    def __init__(self, database: Database, zone: ZoneInfo = house.ZONE) -> None:
        self._database = database
        self._zone = zone

    @property
    def zone(self) -> ZoneInfo:
        return self._zone

    async def services(self) -> Sequence[Service]:
        asked = select(
            t.services.c.name, t.services.c.minutes, t.services.c.description
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked.order_by(t.services.c.position))
            return [Service(*row) for row in rows]

    async def opening_times(self, first: date, days: int) -> Sequence[OpeningTime]:
        columns = t.opening_hours.c
        asked = select(columns.weekday, columns.opens, columns.closes)
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            week = [(weekday, opens, closes) for weekday, opens, closes in rows]
        return hours.opening_times(week, first, days, self._zone)

    async def free_slots(
        self, service: str, first: date, days: int, now: datetime
    ) -> Sequence[Slot]:
        """One for each time that is free on any resource; only times to come."""
        wanted = {one.name: one for one in await self.services()}.get(service)
        if wanted is None:
            return []
        begins = [
            start
            for times in await self.opening_times(first, days)
            for start in hours.starts(times, wanted.minutes)
            if start > now
        ]
        return await self._free(wanted, begins) if begins else []

    async def _free(self, service: Service, begins: list[datetime]) -> list[Slot]:
        async with self._database.read() as connection:
            resources = await connection.scalars(
                select(t.resources.c.id).order_by(t.resources.c.id)
            )
            names = list(resources)
            rows = await connection.execute(
                select(_TAKEN.resource_id, _TAKEN.quarter).where(
                    _TAKEN.quarter > begins[0] - hours.QUARTER,
                    _TAKEN.quarter < begins[-1] + timedelta(minutes=service.minutes),
                )
            )
            taken = {(name, quarter) for name, quarter in rows}
        slots = []
        for start in begins:
            needed = hours.quarters(start, service.minutes)
            free = (
                name
                for name in names
                if not any((name, quarter) in taken for quarter in needed)
            )
            if (name := next(free, None)) is not None:
                slots.append(Slot(service.name, name, start, service.minutes))
        return slots

    async def book(
        self, slot: Slot, name: str, phone: str, call_id: CallId
    ) -> Appointment:
        """Raises SlotTaken. The same call and slot again gives the same appointment."""
        for _ in range(TRIES):
            appointment = Appointment(new_code(), slot, name, phone, call_id)
            try:
                async with self._database.write() as connection:
                    await bookings.enter(connection, appointment)
            except IntegrityError:
                # The slot, the code, or a service that does not exist: ask which.
                held = await self._held(slot, call_id)
                if held is not None:
                    return held
            else:
                return appointment
        raise StorageError(
            f"{slot.service!r} on {slot.resource!r} cannot be booked: does it exist?"
        )

    async def find(self, code: str) -> Appointment | None:
        """By its code, however it is spelled; a cancelled one too."""
        found = await self._all(
            select(t.appointments).where(_APPOINTMENT.code == as_written(code))
        )
        return found[0] if found else None

    async def coming(self, phone: str, now: datetime) -> Sequence[Appointment]:
        """What is booked from this number and has not begun, the next first."""
        return await self._all(
            select(t.appointments)
            .where(
                _APPOINTMENT.phone == phone,
                _APPOINTMENT.starts_at >= now,
                _APPOINTMENT.cancelled.is_(False),
            )
            .order_by(_APPOINTMENT.starts_at)
        )

    async def latest(self, limit: int = MOST_APPOINTMENTS) -> Sequence[Appointment]:
        """The last to begin first; for the console."""
        by_start = select(t.appointments).order_by(_APPOINTMENT.starts_at.desc())
        return await self._all(by_start.limit(limit))

    async def move(self, code: str, slot: Slot) -> Appointment:
        """Raises SlotTaken, and then the old slot is still booked."""
        booked = await self._booked(code)
        if booked.cancelled:
            raise StorageError(f"The appointment {booked.code} has been cancelled.")
        moved = replace(booked, slot=slot)
        try:
            async with self._database.write() as connection:
                await bookings.release(connection, booked.code)
                await bookings.hold(connection, moved)
                await bookings.change(
                    connection, booked.code, bookings.columns_of(slot)
                )
        except IntegrityError as error:
            raise SlotTaken(TAKEN) from error
        return moved

    async def cancel(self, code: str) -> Appointment:
        """Repeating it is harmless."""
        booked = await self._booked(code)
        async with self._database.write() as connection:
            await bookings.release(connection, booked.code)
            await bookings.change(connection, booked.code, {"cancelled": True})
        return replace(booked, cancelled=True)

    async def _booked(self, code: str) -> Appointment:
        found = await self.find(code)
        if found is None:
            raise StorageError(f"There is no appointment with the code {code!r}.")
        return found

    async def _held(self, slot: Slot, call_id: CallId) -> Appointment | None:
        """What this call has in the slot; None if nobody has. Raises SlotTaken."""
        touched = hours.quarters(slot.starts_at, slot.minutes)
        holders = await self._all(
            select(t.appointments).where(
                _APPOINTMENT.code.in_(
                    select(_TAKEN.code).where(
                        _TAKEN.resource_id == slot.resource, _TAKEN.quarter.in_(touched)
                    )
                )
            )
        )
        for one in holders:
            if one.call_id == call_id and one.slot == slot:
                return one
        if holders:
            raise SlotTaken(TAKEN)
        return None

    async def _all(self, asked: Select[Any]) -> list[Appointment]:
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).mappings()
            return [self._appointment(row) for row in rows]

    def _appointment(self, row: RowMapping) -> Appointment:
        return Appointment(
            code=row["code"],
            slot=Slot(
                row["service"],
                row["resource_id"],
                row["starts_at"].astimezone(self._zone),
                row["minutes"],
            ),
            name=row["name"],
            phone=row["phone"],
            call_id=None if row["call_id"] is None else CallId(row["call_id"]),
            cancelled=row["cancelled"],
        )
