"""Keeping a free time for somebody on the waiting list: inside a transaction.

What is kept is an appointment like any other, with `held_until` set: the same keys
forbid that it is given away twice.
"""

from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Select, insert, select, update
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

TRIES: Final = 5
"""For a code that nobody has."""

_WAITING: Final = s.waiting.c
_OFFER: Final = s.offers.c


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
    """The first free time that suits, and was not offered to them before."""
    offered = set(
        await connection.scalars(
            select(t.appointments.c.starts_at)
            .join(s.offers, _OFFER.code == t.appointments.c.code)
            .where(_OFFER.waiting_code == entry.code)
        )
    )
    for slot in await free(connection, house, search):
        moment = slot.starts_at.astimezone(UTC)
        if moment >= earliest and moment not in offered and entry.wish.suits(slot):
            return slot
    return None


async def _free_code(connection: AsyncConnection) -> str:
    for _ in range(TRIES):
        code = new_code()
        known = select(t.appointments.c.code).where(t.appointments.c.code == code)
        if await connection.scalar(known) is None:
            return code
    raise StorageError("No free code for an appointment was found.")
