"""Tickets: what the house has promised to look into."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from callcenter.domain.ids import CallId


class TicketStatus(StrEnum):
    """How far it has come."""

    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Ticket:
    """A caller's matter. The code is theirs to keep: easy to say and to spell."""

    code: str
    summary: str
    details: str
    phone: str
    status: TicketStatus
    opened_at: datetime
    call_id: CallId | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a knowledge article that may answer a question."""

    article: str
    """The article's title."""
    heading: str
    text: str
    source: str
    """The file's name, for the record."""
    score: float
    """The larger, the better it fits."""
