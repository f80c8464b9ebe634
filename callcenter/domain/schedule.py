"""Appointments: services with lengths, and the slots that are still free."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from callcenter.domain.ids import CallId


@dataclass(frozen=True, slots=True)
class Service:
    """Something that can be booked."""

    name: str
    """As it is spoken: "bicycle service"."""
    minutes: int
    description: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a resource (a stand, a chair, a person) is free for a service."""

    service: str
    resource: str
    starts_at: datetime
    """Aware, in the house's own time zone."""
    minutes: int

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked slot. The code is what the caller keeps: easy to say and to spell."""

    code: str
    slot: Slot
    name: str
    phone: str
    call_id: CallId | None = None
    cancelled: bool = False


@dataclass(frozen=True, slots=True)
class OpeningTime:
    """One day's opening, in the house's own time zone."""

    day: date
    opens_at: datetime
    closes_at: datetime
