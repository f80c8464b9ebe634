"""A ticket knows when somebody last cared."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from callcenter.domain.tickets import Ticket, TicketNote, TicketStatus

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def test_a_ticket_was_changed_when_it_was_opened_or_last_written_on() -> None:
    ticket = Ticket("K7Q2X", "Chain slips", "", "", TicketStatus.OPEN, NOON)
    later = NOON + timedelta(hours=2)
    notes = (TicketNote(NOON, "support", "Asked."), TicketNote(later, "Ada", "Done."))
    assert ticket.changed_at == NOON
    assert replace(ticket, notes=notes).changed_at == later
