"""The ticket book."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    Select,
    insert,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.ids import CallId
from callcenter.domain.redaction import redacted_text
from callcenter.domain.tickets import Severity, Ticket, TicketNote, TicketStatus
from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.codes import as_written, new_code
from callcenter.storage.engine import Database
from callcenter.storage.ticket_tables import ticket_notes

TRIES: Final = 5
"""For a code that nobody has: with half of all codes taken, 1 in 32 would fail."""

MOST_TICKETS: Final = 100
"""In one list."""


class NoSuchTicket(StorageError):
    """No ticket has this code."""

    def __init__(self, code: str) -> None:
        super().__init__(
            f"There is no ticket {code!r}; `callcenter tickets list` shows them."
        )


def _now() -> datetime:
    return datetime.now(UTC)


class TicketBook:
    """Tickets in the database; callcenter.tools.desk.Tickets says what it promises."""

    def __init__(
        self,
        database: Database,
        *,
        now: Callable[[], datetime] = _now,
        hide: Callable[[str], str] = redacted_text,
    ) -> None:
        self._database = database
        self._now = now
        self._hide = hide
        """Takes out of a text what is not to be stored."""

    async def open(
        self,
        summary: str,
        details: str,
        phone: str,
        call_id: CallId,
        severity: Severity = Severity.NORMAL,
    ) -> Ticket:
        """A ticket of this call's. Repeating it is harmless."""
        summary, details = self._hide(summary), self._hide(details)
        same = t.tickets.c
        repeated = await self._found(
            (same.call_id == call_id)
            & (same.summary == summary)
            & (same.details == details)
        )
        if repeated:
            return repeated[0]
        for _ in range(TRIES):
            ticket = Ticket(
                code=new_code(),
                summary=summary,
                details=details,
                phone=phone,
                status=TicketStatus.OPEN,
                opened_at=self._now(),
                call_id=call_id,
                severity=severity,
            )
            if await self._written(ticket):
                return ticket
        raise StorageError("No free code for a ticket was found: close old tickets.")

    async def find(self, code: str) -> Ticket | None:
        """By its code, however it is spelled."""
        async with self._database.read() as connection:
            return await _one(connection, as_written(code))

    async def of_caller(self, phone: str, call_id: CallId) -> Sequence[Ticket]:
        """What is not closed of a number, or of this call; the newest first.

        Without a number, of this call alone: withheld numbers share nothing.
        """
        column = t.tickets.c
        theirs = column.call_id == call_id
        if phone:
            theirs = or_(theirs, column.phone == phone)
        return await self._found(theirs & (column.status != TicketStatus.CLOSED))

    async def of_number(self, phone: str) -> Sequence[Ticket]:
        """All that were opened from a number, the newest first."""
        return await self._found(t.tickets.c.phone == phone)

    async def rank(self, code: str, author: str, severity: Severity) -> Ticket:
        """Say how much it matters; a note tells who did. Raises NoSuchTicket."""
        async with self._database.write() as connection:
            ticket = await _one(connection, as_written(code))
            if ticket is None:
                raise NoSuchTicket(code)
            if severity is ticket.severity:
                return ticket
            its = update(t.tickets).where(t.tickets.c.code == ticket.code)
            await connection.execute(its.values(severity=severity))
            said = f"Severity: {severity} instead of {ticket.severity}."
            note = TicketNote(self._now(), author, said)
            await _add(connection, ticket.code, note)
        return replace(ticket, severity=severity, notes=(*ticket.notes, note))

    async def note(
        self, code: str, author: str, text: str, status: TicketStatus | None = None
    ) -> Ticket:
        """Write on a ticket, and say what it becomes by that; the ticket as it is then.

        The same words again are not written twice. Raises NoSuchTicket.
        """
        text = self._hide(text)
        async with self._database.write() as connection:
            ticket = await _one(connection, as_written(code))
            if ticket is None:
                raise NoSuchTicket(code)
            becomes = None if status is ticket.status else status
            last = ticket.notes[-1] if ticket.notes else None
            said = last is not None and (last.author, last.text) == (author, text)
            if said and becomes is None:
                return ticket
            note = TicketNote(self._now(), author, text, becomes)
            await _add(connection, ticket.code, note)
        return replace(
            ticket, notes=(*ticket.notes, note), status=becomes or ticket.status
        )

    async def latest(
        self,
        limit: int = MOST_TICKETS,
        *,
        status: TicketStatus | None = None,
        severity: Severity | None = None,
        before: tuple[datetime, str] | None = None,
    ) -> list[Ticket]:
        """The newest first; of this status and severity alone, if they are given.

        `before` is when the last one of the page before was opened, and its code.
        """
        wanted = {
            t.tickets.c.status: status,
            t.tickets.c.severity: severity,
        }
        conditions = [column == value for column, value in wanted.items() if value]
        if before is not None:
            its = t.tickets.c
            conditions.append(tuple_(its.opened_at, its.code) < before)
        return await self._found(*conditions, limit=limit)

    async def _found(
        self, *conditions: ColumnElement[bool], limit: int = MOST_TICKETS
    ) -> list[Ticket]:
        asked = (
            select(t.tickets)
            .where(*conditions)
            .order_by(t.tickets.c.opened_at.desc(), t.tickets.c.code.desc())
            .limit(limit)
        )
        async with self._database.read() as connection:
            return await _read(connection, asked)

    async def _written(self, ticket: Ticket) -> bool:
        """False: somebody has this code."""
        try:
            async with self._database.write() as connection:
                await connection.execute(
                    insert(t.tickets).values(
                        code=ticket.code,
                        summary=ticket.summary,
                        details=ticket.details,
                        phone=ticket.phone,
                        status=ticket.status,
                        opened_at=ticket.opened_at,
                        call_id=ticket.call_id,
                        severity=ticket.severity,
                    )
                )
        except IntegrityError:
            return False
        return True


async def _one(connection: AsyncConnection, code: str) -> Ticket | None:
    found = await _read(connection, select(t.tickets).where(t.tickets.c.code == code))
    return found[0] if found else None


async def _read(
    connection: AsyncConnection, asked: Select[tuple[object]]
) -> list[Ticket]:
    rows = (await connection.execute(asked)).mappings().all()
    codes = [row["code"] for row in rows]
    noted = (
        select(ticket_notes)
        .where(ticket_notes.c.code.in_(codes))
        .order_by(ticket_notes.c.id)
    )
    notes: dict[str, list[TicketNote]] = {code: [] for code in codes}
    for row in (await connection.execute(noted)).mappings():
        notes[row["code"]].append(_note(row))
    return [_ticket(row, notes[row["code"]]) for row in rows]


async def _add(connection: AsyncConnection, code: str, note: TicketNote) -> None:
    await connection.execute(
        insert(ticket_notes).values(
            code=code,
            at=note.at,
            author=note.author,
            text=note.text,
            status=note.status,
        )
    )
    if note.status is not None:
        await connection.execute(
            update(t.tickets).where(t.tickets.c.code == code).values(status=note.status)
        )


def _ticket(row: RowMapping, notes: Sequence[TicketNote]) -> Ticket:
    return Ticket(
        **{
            **row,
            "status": TicketStatus(row["status"]),
            "severity": Severity(row["severity"]),
            "notes": tuple(notes),
        }
    )


def _note(row: RowMapping) -> TicketNote:
    status = TicketStatus(row["status"]) if row["status"] else None
    return TicketNote(row["at"], row["author"], row["text"], status)
