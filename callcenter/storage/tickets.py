"""The ticket book."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import RowMapping, insert, select
from sqlalchemy.exc import IntegrityError

from callcenter.domain.ids import CallId
from callcenter.domain.tickets import Ticket, TicketStatus
from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.codes import as_written, new_code
from callcenter.storage.engine import Database

TRIES: Final = 5
"""For a code that nobody has: with half of all codes taken, 1 in 32 would fail."""

MOST_TICKETS: Final = 100
"""In one list."""


def _now() -> datetime:
    return datetime.now(UTC)


class TicketBook:
    """Tickets in the database; callcenter.tools.desk.Tickets says what it promises."""

    def __init__(
        self, database: Database, *, now: Callable[[], datetime] = _now
    ) -> None:
        self._database = database
        self._now = now

    async def open(
        self, summary: str, details: str, phone: str, call_id: CallId
    ) -> Ticket:
        for _ in range(TRIES):
            ticket = Ticket(
                code=new_code(),
                summary=summary,
                details=details,
                phone=phone,
                status=TicketStatus.OPEN,
                opened_at=self._now(),
                call_id=call_id,
            )
            if await self._written(ticket):
                return ticket
        raise StorageError("No free code for a ticket was found: close old tickets.")

    async def find(self, code: str) -> Ticket | None:
        """By its code, however it is spelled."""
        asked = select(t.tickets).where(t.tickets.c.code == as_written(code))
        async with self._database.read() as connection:
            row = (await connection.execute(asked)).mappings().one_or_none()
        return None if row is None else _ticket(row)

    async def latest(self, limit: int = MOST_TICKETS) -> list[Ticket]:
        """The newest first."""
        asked = select(t.tickets).order_by(t.tickets.c.opened_at.desc()).limit(limit)
        async with self._database.read() as connection:
            return [
                _ticket(row) for row in (await connection.execute(asked)).mappings()
            ]

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
                    )
                )
        except IntegrityError:
            return False
        return True


def _ticket(row: RowMapping) -> Ticket:
    return Ticket(**{**row, "status": TicketStatus(row["status"])})
