"""The waiting list: who waits for what, and what is kept for whom."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from callcenter.domain.house import House
from callcenter.domain.ids import CallId
from callcenter.domain.redaction import redacted_text
from callcenter.domain.schedule import (
    MOST_COMING,
    Appointment,
    Waiting,
    WaitingState,
    Wish,
)
from callcenter.domain.texting import TextRules
from callcenter.errors import SlotTaken, StorageError, TooManyAppointments
from callcenter.storage import (
    bookings,
    offers,
    schedule_tables as s,
    tables as t,
    texts,
)
from callcenter.storage.availability import Search
from callcenter.storage.codes import new_code
from callcenter.storage.engine import Database

MOST_WAITING: Final = 3
"""Places on the list for one number."""

MOST_LOOKED_AT: Final = 200
"""Places that one round looks for: a longer line than any house has."""

TRIES: Final = 5
"""For a code that nobody has."""

GONE: Final = "That time was only kept for a while, and is not kept any more."

_WAITING: Final = s.waiting.c
_ACTIVE: Final = (WaitingState.WAITING, WaitingState.OFFERED)
_APPOINTMENT: Final = t.appointments.c


class WaitingList:
    """The waiting list in the database; see callcenter.tools.desk for its promise."""

    def __init__(
        self,
        database: Database,
        house: House,
        rules: TextRules,
        now: Callable[[], datetime],
        hide: Callable[[str], str] = redacted_text,
    ) -> None:
        self._database = database
        self._house = house
        self._rules = rules
        self._now = now
        self._hide = hide

    @property
    def hold(self) -> timedelta:
        return self._rules.hold

    async def join(self, wish: Wish, name: str, phone: str, call_id: CallId) -> Waiting:
        """A place at the end of the line; the one they have if they wait for it.

        Raises TooManyAppointments.
        """
        name = self._hide(name)
        for _ in range(TRIES):
            place = Waiting(new_code(), wish, name, phone, self._now(), call_id=call_id)
            try:
                return await self._enter(place)
            except IntegrityError:
                continue  # the code, or a service that does not exist
        raise StorageError(f"Nobody can wait for {wish.service!r}: does it exist?")

    async def _enter(self, new: Waiting) -> Waiting:
        wish, phone = new.wish, new.phone
        async with self._database.write() as connection:
            await bookings.take_turns(connection, f"phone {phone}")
            mine = await offers.waiting_of(
                connection,
                select(s.waiting).where(
                    _WAITING.phone == phone, _WAITING.state.in_(_ACTIVE)
                ),
            )
            for one in mine:
                if one.wish == wish:
                    return one
            if len(mine) >= MOST_WAITING:
                raise TooManyAppointments(f"There are {len(mine)} places already.")
            await connection.execute(
                insert(s.waiting).values(
                    code=new.code,
                    service=wish.service,
                    first_day=wish.first_day,
                    last_day=wish.last_day,
                    not_before=wish.not_before,
                    begins_before=wish.begins_before,
                    name=new.name,
                    phone=phone,
                    since=new.since,
                    state=new.state,
                    call_id=new.call_id,
                )
            )
            return new

    async def places(self, phone: str) -> Sequence[Waiting]:
        """What somebody waits for, the oldest first."""
        asked = select(s.waiting).where(
            _WAITING.phone == phone, _WAITING.state.in_(_ACTIVE)
        )
        async with self._database.read() as connection:
            return await offers.waiting_of(connection, asked.order_by(_WAITING.since))

    async def length(self) -> int:
        """How many wait, with and without an offer."""
        asked = select(func.count()).where(_WAITING.state.in_(_ACTIVE))
        async with self._database.read() as connection:
            return await connection.scalar(asked) or 0

    async def leave(self, phone: str) -> int:
        """Give up all places, and what is kept for them; how many there were."""
        mine = await self.places(phone)
        for one in mine:
            async with self._database.write() as connection:
                await connection.execute(
                    update(s.waiting)
                    .where(_WAITING.code == one.code, _WAITING.state.in_(_ACTIVE))
                    .values(state=WaitingState.LEFT)
                )
        for held in await self.kept(phone):
            await self._give_back(held.code, self._now(), early=True)
        return len(mine)

    async def kept(self, phone: str) -> Sequence[Appointment]:
        """The times that are kept for somebody just now."""
        asked = select(t.appointments).where(
            _APPOINTMENT.phone == phone,
            _APPOINTMENT.cancelled.is_(False),
            _APPOINTMENT.held_until > self._now(),
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked.order_by(_APPOINTMENT.starts_at))
            return [
                bookings.appointment_of(row, self._house.zone)
                for row in rows.mappings()
            ]

    async def take(self, code: str, call_id: CallId | None) -> Appointment:
        """Book what was kept. Repeating it is harmless.

        Raises SlotTaken when late, and TooManyAppointments.
        """
        now = self._now()
        async with self._database.write() as connection:
            held = await bookings.locked(connection, code, self._house.zone)
            if held.cancelled or (held.held_until and held.held_until <= now):
                raise SlotTaken(GONE)
            if held.held_until is None:
                return held
            await bookings.take_turns(connection, f"phone {held.phone}")
            await bookings.refuse_beyond(
                connection, MOST_COMING, phone=held.phone, call_id=call_id, now=now
            )
            taken = replace(
                held, held_until=None, call_id=call_id, revision=held.revision + 1
            )
            await bookings.change(
                connection,
                held.code,
                held_until=None,
                call_id=call_id,
                revision=taken.revision,
            )
            await texts.drop(connection, held.code)
            await texts.plan_for(connection, taken, self._rules, now)
            if place := await offers.place_of(connection, held.code):
                await offers.pass_on(
                    connection, place, WaitingState.OFFERED, WaitingState.BOOKED
                )
        return taken

    async def strike(self, code: str) -> None:
        """Nobody can be told of what is kept: it goes to the next, and they go."""
        async with self._database.read() as connection:
            place = await offers.place_of(connection, code)
        await self._give_back(code, self._now(), early=True)
        if place is not None:
            async with self._database.write() as connection:
                await offers.pass_on(
                    connection, place, WaitingState.WAITING, WaitingState.OVER
                )

    async def round(self) -> int:
        """Take back what nobody took, and offer what is free; how many offers.

        Any number of nodes may do this at the same time.
        """
        now = self._now()
        for code in await self._lapsed(now):
            await self._give_back(code, now)
        await self._strike_out(now.astimezone(self._house.zone).date())
        async with self._database.read() as connection:
            line = await offers.in_line(connection, limit=MOST_LOOKED_AT)
        made = 0
        for entry in line:
            async with self._database.write() as connection:
                search = self._search(entry.wish, now)
                made += None is not await offers.offer(
                    connection, self._house, self._rules, entry, search
                )
        return made

    def _search(self, wish: Wish, now: datetime) -> Search:
        first = max(wish.first_day, now.astimezone(self._house.zone).date())
        return Search(wish.service, first, (wish.last_day - first).days + 1, now)

    async def _lapsed(self, now: datetime) -> Sequence[str]:
        asked = select(_APPOINTMENT.code).where(
            _APPOINTMENT.held_until <= now, _APPOINTMENT.cancelled.is_(False)
        )
        async with self._database.read() as connection:
            return (await connection.scalars(asked)).all()

    async def _give_back(
        self, code: str, now: datetime, *, early: bool = False
    ) -> None:
        async with self._database.write() as connection:
            held = await bookings.locked(connection, code, self._house.zone)
            if held.held_until is None or held.cancelled:
                return  # somebody was faster: the caller, or another node
            if held.held_until > now and not early:
                return
            await offers.give_back(connection, held)
            await offers.lapse(connection, code)

    async def _strike_out(self, today: date) -> None:
        """Nobody waits for days that are past."""
        over = (
            update(s.waiting)
            .where(_WAITING.state == WaitingState.WAITING, _WAITING.last_day < today)
            .values(state=WaitingState.OVER)
        )
        async with self._database.write() as connection:
            await connection.execute(over)
