"""The appointment book.

An appointment takes one row of `appointment_slots` for each quarter of an hour, in the
transaction that writes it. The primary key of that table (resource, quarter) is what
forbids a double booking: between processes, between nodes, and whatever is overlooked
here.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select
from sqlalchemy.exc import IntegrityError

from callcenter.domain.house import House
from callcenter.domain.ids import CallId
from callcenter.domain.redaction import redacted_text
from callcenter.domain.schedule import (
    Appointment,
    OpeningTime,
    Service,
    Slot,
    WaitingState,
)
from callcenter.domain.texting import TextRules
from callcenter.errors import SlotTaken, StorageError
from callcenter.storage import bookings, offers, tables as t, texts
from callcenter.storage.availability import Search, free, read_shop, with_holidays
from callcenter.storage.bookings import TAKEN, appointment_of
from callcenter.storage.codes import as_written, new_code
from callcenter.storage.engine import Database
from callcenter.storage.house import FJORD_CYCLES
from callcenter.storage.waiting import WaitingList

TRIES: Final = 5
"""For a code that nobody has."""

MOST_APPOINTMENTS: Final = 100
"""In one list."""

_APPOINTMENT: Final = t.appointments.c


def _now() -> datetime:
    return datetime.now(UTC)


class AppointmentBook:
    """Appointments in the database; callcenter.tools.desk.Schedule is its promise."""

    def __init__(
        self,
        database: Database,
        house: House = FJORD_CYCLES,
        *,
        rules: TextRules | None = None,
        now: Callable[[], datetime] = _now,
        hide: Callable[[str], str] = redacted_text,
    ) -> None:
        self._database = database
        self._house = house
        self._rules = rules or TextRules()
        self._now = now
        self._hide = hide
        # Whoever waits for a turn in the database holds a connection: one at most.
        self._booking = asyncio.Lock()
        self.waiting = WaitingList(database, house, self._rules, now, hide)

    @property
    def zone(self) -> ZoneInfo:
        return self._house.zone

    @property
    def can_text(self) -> bool:
        return self._rules.possible

    async def services(self) -> Sequence[Service]:
        async with self._database.read() as connection:
            shop = await read_shop(connection, self._house)
            return list(shop.services.values())

    async def resources(self) -> Sequence[str]:
        """Who and what serves callers, in the house's order."""
        async with self._database.read() as connection:
            return list((await read_shop(connection, self._house)).resources)

    async def opening_times(self, first: date, days: int) -> Sequence[OpeningTime]:
        async with self._database.read() as connection:
            shop = await read_shop(connection, self._house)
        return with_holidays(shop, self._house, first, days).openings(first, days)

    async def closed_for(self, day: date) -> str | None:
        """Why a day is closed that the week has open; None: it is as every week."""
        async with self._database.read() as connection:
            shop = await read_shop(connection, self._house)
        return with_holidays(shop, self._house, day, 1).closed_for(day)

    async def free_slots(
        self,
        service: str,
        first: date,
        days: int,
        now: datetime,
        *,
        resource: str = "",
        moving: str = "",
    ) -> Sequence[Slot]:
        """One for each time that is free on any resource; only times to come.

        With `moving`, the time of that appointment counts as free.
        """
        search = Search(service, first, days, now, resource, moving)
        async with self._database.read() as connection:
            return await free(connection, self._house, search)

    async def book(
        self, slot: Slot, name: str, phone: str, call_id: CallId, *, most: int
    ) -> Appointment:
        """Raises SlotTaken, or TooManyAppointments when there are `most` already.

        The same call and slot again gives the same appointment.
        """
        if slot.starts_at.astimezone(UTC) <= self._now():
            raise StorageError("Nothing can be booked in the past.")
        for _ in range(TRIES):
            told = self._hide(name)
            appointment = Appointment(new_code(), slot, told, phone, call_id)
            try:
                async with self._booking:
                    return await self._enter(appointment, call_id, most)
            except IntegrityError:
                # The code, or a service that does not exist; without turns, the slot.
                async with self._database.read() as connection:
                    await bookings.refuse_if_taken(connection, slot)
        raise StorageError(
            f"{slot.service!r} on {slot.resource!r} cannot be booked: does it exist?"
        )

    async def _enter(
        self, appointment: Appointment, call_id: CallId, most: int
    ) -> Appointment:
        slot, phone = appointment.slot, appointment.phone
        async with self._database.write() as connection:
            await bookings.take_turns(
                connection,
                bookings.turn_of(slot.resource),
                f"phone {phone}" if phone else f"call {call_id}",
            )
            held = await bookings.held_by_call(connection, slot, call_id, self.zone)
            if held is not None:
                return held
            await bookings.refuse_if_taken(connection, slot)
            await bookings.refuse_beyond(
                connection, most, phone=phone, call_id=call_id, now=self._now()
            )
            await bookings.enter(connection, appointment)
        return appointment

    async def find(self, code: str) -> Appointment | None:
        """By its code, however it is spelled; a cancelled or a kept one too."""
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
                *bookings.BOOKED,
            )
            .order_by(_APPOINTMENT.starts_at)
        )

    async def latest(self, limit: int = MOST_APPOINTMENTS) -> Sequence[Appointment]:
        """The last to begin first; for the console."""
        asked = select(t.appointments).where(_APPOINTMENT.held_until.is_(None))
        return await self._all(
            asked.order_by(_APPOINTMENT.starts_at.desc()).limit(limit)
        )

    async def of_resource(
        self, resource: str, since: datetime
    ) -> Sequence[Appointment]:
        """What somebody or something has to do, in order; kept times too."""
        return await self._all(
            select(t.appointments)
            .where(
                _APPOINTMENT.resource_id == resource,
                _APPOINTMENT.starts_at >= since,
                _APPOINTMENT.cancelled.is_(False),
            )
            .order_by(_APPOINTMENT.starts_at)
        )

    async def move(self, code: str, slot: Slot) -> Appointment:
        """Raises SlotTaken, and then the old slot is still booked."""
        now = self._now()
        if slot.starts_at.astimezone(UTC) <= now:
            raise StorageError("Nothing can be moved into the past.")
        try:
            async with self._database.write() as connection:
                booked = await bookings.locked(connection, code, self.zone)
                if booked.cancelled or booked.held_until:
                    raise StorageError(f"The appointment {booked.code} is not booked.")
                if booked.slot == slot:
                    return booked
                turns = {bookings.turn_of(one.resource) for one in (booked.slot, slot)}
                await bookings.take_turns(connection, *turns)
                await bookings.refuse_if_taken(connection, slot, besides=booked.code)
                moved = replace(booked, slot=slot, revision=booked.revision + 1)
                await bookings.release(connection, booked.code)
                await bookings.hold(connection, booked.code, slot)
                columns = {**bookings.columns_of(slot), "revision": moved.revision}
                await bookings.change(connection, booked.code, **columns)
                await texts.drop(connection, booked.code)
                if moved.texts:
                    await texts.plan_for(connection, moved, self._rules, now)
                await offers.offer_freed(
                    connection, self._house, self._rules, booked.slot, now
                )
        except IntegrityError as error:
            raise SlotTaken(TAKEN) from error
        return moved

    async def cancel(self, code: str) -> Appointment:
        """Repeating it is harmless. What becomes free goes to the first in line."""
        async with self._database.write() as connection:
            booked = await bookings.locked(connection, code, self.zone)
            if booked.cancelled:
                return booked
            await bookings.take_turns(
                connection, bookings.turn_of(booked.slot.resource)
            )
            gone = replace(booked, cancelled=True, revision=booked.revision + 1)
            await bookings.release(connection, booked.code)
            await bookings.change(
                connection, booked.code, cancelled=True, revision=gone.revision
            )
            await texts.drop(connection, booked.code)
            if place := await offers.place_of(connection, booked.code):
                await offers.pass_on(
                    connection, place, WaitingState.OFFERED, WaitingState.LEFT
                )
            await offers.offer_freed(
                connection, self._house, self._rules, booked.slot, self._now()
            )
        return gone

    async def send_texts(self, code: str) -> Appointment:
        """The caller wants a confirmation and a reminder as text messages.

        Raises StorageError when none can be sent, or no more today.
        """
        async with self._database.write() as connection:
            booked = await bookings.locked(connection, code, self.zone)
            if booked.cancelled or booked.held_until or not booked.phone:
                raise StorageError(f"Nothing can be sent about {booked.code}.")
            await bookings.change(connection, booked.code, texts=True)
            now = self._now()
            if not await texts.plan_for(connection, booked, self._rules, now):
                raise StorageError(f"No more can be sent about {booked.code} today.")
        return replace(booked, texts=True)

    async def _all(self, asked: Select[Any]) -> list[Appointment]:
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).mappings()
            return [appointment_of(row, self.zone) for row in rows]
