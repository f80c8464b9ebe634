"""What the house knows of a number, for its people: found by digits or by a name.

A number is no proof of a person; docs/trust.md says what callers must do for that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Select, Table, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.pseudonyms import either
from callcenter.domain.schedule import Waiting
from callcenter.domain.tickets import Ticket
from callcenter.storage import offers, schedule_tables as s, tables as t
from callcenter.storage.callback_desk import CallbackDesk, Wish
from callcenter.storage.callback_tables import opt_outs
from callcenter.storage.caller_tables import customers
from callcenter.storage.customers import customer_of
from callcenter.storage.engine import Database
from callcenter.storage.messages import Message, Messages
from callcenter.storage.record_tables import call_figures
from callcenter.storage.tickets import TicketBook
from callcenter.storage.wrap_up_tables import wrap_ups

MOST_FOUND: Final = 50
MOST_CALLS: Final = 50
"""On one page; the older ones follow."""

MOST_ROWS: Final = 100
RECENT_CALLS: Final = 300
"""Among which the last callers are looked for, when nobody is searched."""

MANY_CALLS: Final = 2_000
"""… and when many fit: so many rows are read in a few milliseconds."""

FEWEST_DIGITS: Final = 3


@dataclass(frozen=True, slots=True)
class Found:
    """A number that fits, and why."""

    number: str
    name: str
    """That was given with an appointment, or for the waiting list; often none."""
    calls: int
    moment: int | None
    """When they telephoned last, in microseconds since 1970; None: never."""

    @property
    def last_at(self) -> datetime | None:
        if self.moment is None:
            return None
        return datetime.fromtimestamp(self.moment / 1_000_000, UTC)


@dataclass(frozen=True, slots=True)
class Booked:
    """An appointment of theirs."""

    code: str
    service: str
    resource_id: str
    starts_at: datetime
    name: str
    cancelled: bool
    held_until: datetime | None


@dataclass(frozen=True, slots=True)
class Dossier:
    """All of it, as far as one page shows it."""

    number: str
    names: tuple[str, ...]
    calls: list[dict[str, Any]]
    how_many_calls: int
    appointments: list[Booked]
    waiting: tuple[Waiting, ...]
    tickets: Sequence[Ticket]
    messages: list[Message]
    callbacks: list[Wish]
    proves_by: tuple[str, ...]
    """How the customer can prove who they are; empty: they cannot."""
    never_called_since: datetime | None

    @property
    def empty(self) -> bool:
        return not (
            self.how_many_calls
            or self.appointments
            or self.waiting
            or self.tickets
            or self.proves_by
            or self.never_called_since
        )


class Dossiers:
    """Reading only."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._messages = Messages(database)
        self._callbacks = CallbackDesk(database)
        self._tickets = TicketBook(database)

    async def find(self, text: str) -> list[Found]:
        """Whose number has these digits, or whose name has these letters.

        Without a text, who telephoned last. Who did so last is the first.
        """
        digits = re.sub(r"\D", "", text)
        async with self._database.read() as connection:
            if len(digits) >= FEWEST_DIGITS:
                # Digits that many have are found among the last callers, and quickly.
                lately = await connection.scalars(_lately(MANY_CALLS, digits))
                some = list(dict.fromkeys(lately))[:MOST_FOUND]
                if len(some) == MOST_FOUND:
                    return await _counted(connection, some)
                asked = [_callers(digits), *_others(digits)]
            elif name := text.strip():
                asked = [_named(name, table) for table in _WITH_NAMES]
            else:
                asked = [_lately(RECENT_CALLS)]
            numbers = [
                number for one in asked for number in await connection.scalars(one)
            ]
            some = list(dict.fromkeys(filter(None, numbers)))[:MOST_FOUND]
            return await _counted(connection, some)

    async def of(self, number: str, *, before: int | None = None) -> Dossier:
        """Of exactly this number; calls older than the moment `before`."""
        async with self._database.read() as connection:
            booked = [
                Booked(*row) for row in await connection.execute(_appointments(number))
            ]
            in_line = select(s.waiting).where(s.waiting.c.phone == number)
            waiting = await offers.waiting_of(connection, in_line)
            how_many = await connection.scalar(
                select(func.count()).where(call_figures.c.caller_number == number)
            )
            calls = await connection.execute(_calls(number, before))
            listed = [dict(row) for row in calls.mappings()]
            ways = await _ways(connection, number)
            never = await connection.scalar(
                select(opt_outs.c.at).where(opt_outs.c.number.in_(either(number)))
            )
        names = [*(one.name for one in booked), *(one.name for one in waiting)]
        return Dossier(
            number,
            tuple(dict.fromkeys(filter(None, names))),
            listed,
            how_many or 0,
            booked,
            tuple(waiting),
            await self._tickets.of_number(number),
            await self._messages.of_number(number),
            await self._callbacks.of_number(number),
            ways,
            never,
        )


_WITH_NAMES: Final = (t.appointments, s.waiting)


def _callers(digits: str) -> Select[Any]:
    """Numbers with these digits anywhere: people know the last four."""
    its = call_figures.c
    fits = its.caller_number.contains(digits, autoescape=True)
    asked = select(its.caller_number).where(fits).group_by(its.caller_number)
    return asked.order_by(func.max(its.moment).desc()).limit(MOST_FOUND)


def _others(digits: str) -> list[Select[Any]]:
    """… who have never telephoned, as far as the record goes."""
    places = (
        t.appointments.c.phone,
        s.waiting.c.phone,
        t.tickets.c.phone,
        customers.c.number,
        opt_outs.c.number,
    )
    return [
        select(number)
        .where(number.contains(digits, autoescape=True), number.startswith("+"))
        .distinct()
        .limit(MOST_FOUND)
        for number in places
    ]


def _named(name: str, table: Table) -> Select[Any]:
    fits = table.c.name.icontains(name, autoescape=True)
    return select(table.c.phone).where(fits).distinct().limit(MOST_FOUND)


def _lately(calls: int, digits: str = "") -> Select[Any]:
    """Who telephoned in the last so many calls, the last of them first."""
    its = call_figures.c
    newest = select(its.caller_number, its.moment).order_by(its.moment.desc())
    last = newest.limit(calls).subquery().c
    fits = last.caller_number.contains(digits, autoescape=True)
    return select(last.caller_number).where(fits).order_by(last.moment.desc())


async def _counted(connection: AsyncConnection, numbers: list[str]) -> list[Found]:
    """With how often each has telephoned, and a name that was given."""
    its = call_figures.c
    counted = await connection.execute(
        select(its.caller_number, func.count(), func.max(its.moment))
        .where(its.caller_number.in_(numbers))
        .group_by(its.caller_number)
    )
    calls = {number: (how_many, last) for number, how_many, last in counted}
    names: dict[str, str] = {}
    for table in _WITH_NAMES:
        given = select(table.c.phone, table.c.name).where(
            table.c.phone.in_(numbers), table.c.name != ""
        )
        rows = await connection.execute(given)
        names |= {row.phone: row.name for row in rows}
    found = [
        Found(one, names.get(one, ""), *calls.get(one, (0, None))) for one in numbers
    ]
    return sorted(found, key=lambda one: -(one.moment or 0))


def _calls(number: str, before: int | None) -> Select[Any]:
    its, call = call_figures.c, t.calls.c
    asked = (
        select(
            its.moment,
            call.id,
            call.started_at,
            call.ended_at,
            call.direction,
            its.disposition,
            its.seconds,
            its.agents,
            its.operator,
            wrap_ups.c.summary,
        )
        .join(t.calls, call.id == its.call_id)
        .outerjoin(wrap_ups, wrap_ups.c.call_id == its.call_id)
        .where(its.caller_number == number)
        .order_by(its.moment.desc())
        .limit(MOST_CALLS)
    )
    return asked if before is None else asked.where(its.moment < before)


def _appointments(number: str) -> Select[Any]:
    its = t.appointments.c
    return (
        select(
            its.code,
            its.service,
            its.resource_id,
            its.starts_at,
            its.name,
            its.cancelled,
            its.held_until,
        )
        .where(its.phone == number)
        .order_by(its.starts_at.desc())
        .limit(MOST_ROWS)
    )


async def _ways(connection: AsyncConnection, number: str) -> tuple[str, ...]:
    asked = select(customers).where(customers.c.number == number)
    row = (await connection.execute(asked)).mappings().one_or_none()
    if row is None:
        return ()
    known = customer_of(row)
    details = [str(one).replace("_", " ") for one in known.details or ()]
    return (*(["PIN"] if known.pin else []), *details)
