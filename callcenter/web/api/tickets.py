"""Tickets over the API: what the house has promised to look into."""

from datetime import datetime
from typing import Any, Final

from pydantic import BaseModel, Field

from callcenter.domain.scopes import Scope
from callcenter.domain.tickets import Severity, Ticket, TicketStatus
from callcenter.storage.tickets import NoSuchTicket
from callcenter.web.api.answers import not_found
from callcenter.web.api.desk import ApiDesk
from callcenter.web.api.endpoints import Body, Endpoints, Operation, Query
from callcenter.web.api.gate import visitor
from callcenter.web.api.pages import MOST, USUAL

TAG: Final = "tickets"
ONE: Final = "/tickets/<code>"
READ, WRITE = Scope.TICKETS_READ, Scope.TICKETS_WRITE

LONGEST_NOTE: Final = 4_000


class NoteAnswer(BaseModel):
    """What somebody wrote on a ticket."""

    at: datetime
    author: str
    text: str
    status: TicketStatus | None = Field(description="What the ticket became by it.")


class TicketAnswer(BaseModel):
    """A caller's matter."""

    code: str
    summary: str
    details: str
    phone: str = Field(description="Empty when the number was withheld.")
    status: TicketStatus
    severity: Severity
    opened_at: datetime
    changed_at: datetime
    call_id: str | None
    notes: list[NoteAnswer]


class TicketList(BaseModel):
    """The newest first."""

    items: list[TicketAnswer]


class TicketQuery(Query):
    """Which tickets."""

    limit: int = Field(default=USUAL, ge=1, le=MOST)
    status: TicketStatus | None = None
    severity: Severity | None = None


class NewNote(Body):
    """What to write; with a status, what the ticket becomes by it."""

    text: str = Field(min_length=1, max_length=LONGEST_NOTE)
    status: TicketStatus | None = None


class NewStatus(Body):
    """What a ticket becomes."""

    status: TicketStatus
    why: str = Field(default="", max_length=LONGEST_NOTE)


def tickets(api: Endpoints, desk: ApiDesk) -> None:
    """Declare the operations."""

    @api.add(Operation("GET", "/tickets", TAG, READ, TicketList, query=TicketQuery))
    async def list_tickets(query: TicketQuery) -> object:
        """Tickets, the newest first."""
        found = await desk.tickets.latest(
            query.limit, status=query.status, severity=query.severity
        )
        await desk.audit.note(visitor().name, "tickets.list", "tickets")
        return {"items": [_shown(one) for one in found]}

    @api.add(Operation("GET", ONE, TAG, READ, TicketAnswer))
    async def get_ticket(code: str) -> object:
        """One ticket, by its code however it is spelled."""
        found = await desk.tickets.find(code)
        if found is None:
            raise not_found("ticket")
        await desk.audit.note(visitor().name, "ticket.read", found.code)
        return _shown(found)

    @api.add(
        Operation(
            "POST", f"{ONE}/notes", TAG, WRITE, TicketAnswer, status=201, body=NewNote
        )
    )
    async def add_note(code: str, body: NewNote) -> object:
        """Write on a ticket. The same words again are not written twice."""
        return await _note(desk, code, body.text, body.status)

    @api.add(
        Operation("PUT", f"{ONE}/status", TAG, WRITE, TicketAnswer, body=NewStatus)
    )
    async def set_status(code: str, body: NewStatus) -> object:
        """Close a ticket, open it again, or let it wait for the caller."""
        why = body.why or f"now {body.status}"
        return await _note(desk, code, why, body.status)


async def _note(
    desk: ApiDesk, code: str, text: str, status: TicketStatus | None
) -> dict[str, Any]:
    author = visitor().person or visitor().name
    try:
        ticket = await desk.tickets.note(code, author, text, status)
    except NoSuchTicket as error:
        raise not_found("ticket") from error
    await desk.audit.note(visitor().name, "ticket.noted", ticket.code)
    return _shown(ticket)


def _shown(ticket: Ticket) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "summary": ticket.summary,
        "details": ticket.details,
        "phone": ticket.phone,
        "status": ticket.status,
        "severity": ticket.severity,
        "opened_at": ticket.opened_at,
        "changed_at": ticket.changed_at,
        "call_id": ticket.call_id,
        "notes": [
            {
                "at": one.at,
                "author": one.author,
                "text": one.text,
                "status": one.status,
            }
            for one in ticket.notes
        ],
    }
