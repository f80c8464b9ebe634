"""Keeping a free time for somebody on the waiting list: inside a transaction.

What is kept is an appointment like any other, with `held_until` set: the same keys
forbid that it is given away twice.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.house import House
from callcenter.domain.schedule import (
    Appointment,
    Slot,
    Waiting,
    WaitingState,
    Wish,
)
from callcenter.domain.texting import TextRules, is_decent
from callcenter.errors import SlotTaken, StorageError
from callcenter.storage import bookings, schedule_tables as s, tables as t, texts
from callcenter.storage.availability import Search, free
from callcenter.storage.codes import new_code

LEAD: Final = timedelta(hours=1)
"""Between the end of an offer and the appointment: somebody has to get there."""

MOST_AT_ONCE: Final = 20
"""Of the line that are looked at when one time becomes free; others wait a round."""

MOST_UNANSWERED: Final = 2
"""Offers to one place that nobody takes: it may be somebody else's number."""

MOST_TO_ONE: Final = 4
"""Offers to one number in a day, whatever it waits for."""

TRIES: Final = 5
"""For a code that nobody has."""

_WAITING: Final = s.waiting.c
_OFFER: Final = s.offers.c
_APPOINTMENT: Final = t.appointments.c


async def offer_freed(
    connection: AsyncConnection,
    house: House,
    rules: TextRules,
    slot: Slot,
    now: datetime,
) -> None:
    """Keep what has just become free for the first in line whom it suits.

    In the transaction that frees it: nobody who happens to call is faster.
    """
    day = slot.starts_at.date()
    for entry in await in_line(connection, day=day):
        narrow = Search(entry.wish.service, day, 1, now, resource=slot.resource)
        if await offer(connection, house, rules, entry, narrow):
            return


async def offer(
    connection: AsyncConnection,
    house: House,
    rules: TextRules,
    entry: Waiting,
    search: Search,
) -> Appointment | None:
    """Keep a time for somebody in line, and have them told; None: nothing suits."""
    now = search.now
    if not (rules.possible and is_decent(now.astimezone(house.zone))):
        return None
    if await _offered_to(connection, entry.phone, now) >= MOST_TO_ONE:
        return None
    slot = await _fitting(connection, house, entry, search, now + rules.hold + LEAD)
    if slot is None:
        return None
    await bookings.take_turns(connection, bookings.turn_of(slot.resource))
    try:
        await bookings.refuse_if_taken(connection, slot)
    except SlotTaken:
        return None
    if not await pass_on(
        connection, entry.code, WaitingState.WAITING, WaitingState.OFFERED
    ):
        return None
    held = Appointment(
        await _free_code(connection),
        slot,
        entry.name,
        entry.phone,
        entry.call_id,
        held_until=now + rules.hold,
        texts=True,
    )
    await bookings.enter(connection, held)
    await connection.execute(
        insert(s.offers).values(code=held.code, waiting_code=entry.code, made_at=now)
    )
    await texts.plan(connection, texts.TextKind.OFFER, held, now)
    return held


async def in_line(
    connection: AsyncConnection, *, day: date | None = None, limit: int = MOST_AT_ONCE
) -> list[Waiting]:
    """Who waits (for a time on a day), the first first."""
    asked = select(s.waiting).where(_WAITING.state == WaitingState.WAITING)
    if day is not None:
        asked = asked.where(_WAITING.first_day <= day, _WAITING.last_day >= day)
    return await waiting_of(
        connection, asked.order_by(_WAITING.since, _WAITING.code).limit(limit)
    )


async def waiting_of(connection: AsyncConnection, asked: Select[Any]) -> list[Waiting]:
    rows = await connection.execute(asked)
    return [
        Waiting(
            row["code"],
            Wish(
                row["service"],
                row["first_day"],
                row["last_day"],
                row["not_before"],
                row["begins_before"],
            ),
            row["name"],
            row["phone"],
            row["since"],
            WaitingState(row["state"]),
            row["call_id"],
        )
        for row in rows.mappings()
    ]


async def pass_on(
    connection: AsyncConnection, code: str, old: WaitingState, new: WaitingState
) -> bool:
    """Whether the place was in the old state, and is now in the new one."""
    changed = (
        update(s.waiting)
        .where(_WAITING.code == code, _WAITING.state == old)
        .values(state=new)
    )
    return (await connection.execute(changed)).rowcount == 1


async def place_of(connection: AsyncConnection, held: str) -> str | None:
    """The code of the place that a time was kept for."""
    found: str | None = await connection.scalar(
        select(_OFFER.waiting_code).where(_OFFER.code == held)
    )
    return found


async def lapse(connection: AsyncConnection, held: str) -> None:
    """Who did not answer waits for other times, but not for ever."""
    place = await place_of(connection, held)
    if place is None:
        return
    made = await connection.scalar(
        select(func.count()).where(_OFFER.waiting_code == place)
    )
    ends = (made or 0) >= MOST_UNANSWERED
    after = WaitingState.OVER if ends else WaitingState.WAITING
    await pass_on(connection, place, WaitingState.OFFERED, after)


async def give_back(connection: AsyncConnection, held: Appointment) -> None:
    """A time that was kept is free again."""
    await bookings.release(connection, held.code)
    await bookings.change(connection, held.code, cancelled=True)
    await texts.drop(connection, held.code)


async def _fitting(
    connection: AsyncConnection,
    house: House,
    entry: Waiting,
    search: Search,
    earliest: datetime,
) -> Slot | None:
    """The first free time that suits, and was not offered to them before.

    After their first offer it must have become free, and not have been so all along.
    """
    offered = set(
        await connection.scalars(
            select(t.appointments.c.starts_at)
            .join(s.offers, _OFFER.code == t.appointments.c.code)
            .where(_OFFER.waiting_code == entry.code)
        )
    )
    fitting = [
        slot
        for slot in await free(connection, house, search)
        if slot.starts_at.astimezone(UTC) not in offered
        and slot.starts_at >= earliest
        and entry.wish.suits(slot)
    ]
    # A search of one resource is for what has become free in this very transaction.
    if offered and fitting and not search.resource:
        fitting = await _given_up(connection, house, fitting)
    return fitting[0] if fitting else None


async def _given_up(
    connection: AsyncConnection, house: House, slots: list[Slot]
) -> list[Slot]:
    """Those of the slots (in order) that somebody had booked, and cancelled."""
    rows = await connection.execute(
        select(t.appointments).where(
            _APPOINTMENT.cancelled.is_(True),
            _APPOINTMENT.held_until.is_(None),
            _APPOINTMENT.starts_at > slots[0].starts_at - texts.A_DAY,
            _APPOINTMENT.starts_at < slots[-1].starts_at + texts.A_DAY,
        )
    )
    gone = [bookings.appointment_of(row, house.zone).slot for row in rows.mappings()]
    return [slot for slot in slots if any(_overlap(slot, one) for one in gone)]


def _overlap(one: Slot, other: Slot) -> bool:
    return (
        one.resource == other.resource
        and one.busy_from < other.busy_until
        and other.busy_from < one.busy_until
    )


async def _offered_to(connection: AsyncConnection, phone: str, now: datetime) -> int:
    """How many offers went to a number in a day."""
    count = await connection.scalar(
        select(func.count())
        .select_from(s.offers.join(t.appointments, _APPOINTMENT.code == _OFFER.code))
        .where(_APPOINTMENT.phone == phone, _OFFER.made_at > now - texts.A_DAY)
    )
    return count or 0


async def _free_code(connection: AsyncConnection) -> str:
    for _ in range(TRIES):
        code = new_code()
        known = select(t.appointments.c.code).where(t.appointments.c.code == code)
        if await connection.scalar(known) is None:
            return code
    raise StorageError("No free code for an appointment was found.")
