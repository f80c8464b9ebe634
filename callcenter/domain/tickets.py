"""Tickets: what the house has promised to look into."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from callcenter.domain.ids import CallId

TICKET_OPENED: Final = "opened ticket"
"""How a record of what was done begins when it was this; a briefing looks for it."""


class TicketStatus(StrEnum):
    """How far it has come."""

    OPEN = "open"
    """The house has to do something."""
    WAITING = "waiting"
    """The caller has to do something, such as bringing the receipt."""
    CLOSED = "closed"


class Severity(StrEnum):
    """How much it matters to the caller, the least first."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    URGENT = "urgent"
    """A danger, or it cannot wait until tomorrow: a person should know at once."""


@dataclass(frozen=True, slots=True)
class TicketNote:
    """What somebody wrote on a ticket. Notes are added, and never changed."""

    at: datetime
    author: str
    """An agent's name, or an operator's."""
    text: str
    status: TicketStatus | None = None
    """What the ticket became by it; None: what it was."""


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
    severity: Severity = Severity.NORMAL
    notes: tuple[TicketNote, ...] = ()
    """The oldest first."""

    @property
    def changed_at(self) -> datetime:
        """When somebody last did something about it."""
        return self.notes[-1].at if self.notes else self.opened_at


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
    missing: tuple[str, ...] = ()
    """Words of the question that matter and that this passage does not have."""
    line: int = 0
    """Of its heading, in the file."""
