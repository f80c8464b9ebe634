"""Appointments: services with lengths, and the slots that are still free."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final

from callcenter.domain.ids import CallId

MOST_COMING: Final = 5
"""Appointments one number may hold, so that a prank cannot fill the book."""


@dataclass(frozen=True, slots=True)
class Service:
    """Something that can be booked."""

    name: str
    """As it is spoken: "bicycle service"."""
    minutes: int
    description: str = ""
    before_minutes: int = 0
    """To prepare: nobody else gets the resource, and the caller need not know."""
    after_minutes: int = 0
    """To clean up."""
    resources: tuple[str, ...] = ()
    """Who or what can do it; empty: any of the house."""

    def __post_init__(self) -> None:
        _check_lengths(self.minutes, self.before_minutes, self.after_minutes)


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which a resource (a stand, a chair, a person) is free for a service."""

    service: str
    resource: str
    starts_at: datetime
    """Aware, in the house's own time zone."""
    minutes: int
    before_minutes: int = 0
    after_minutes: int = 0

    def __post_init__(self) -> None:
        _check_lengths(self.minutes, self.before_minutes, self.after_minutes)

    @property
    def ends_at(self) -> datetime:
        return later(self.starts_at, self.minutes)

    @property
    def busy_from(self) -> datetime:
        """When the resource is needed first: earlier than the caller comes."""
        return later(self.starts_at, -self.before_minutes)

    @property
    def busy_until(self) -> datetime:
        return later(self.starts_at, self.minutes + self.after_minutes)


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked slot. The code is what the caller keeps: easy to say and to spell."""

    code: str
    slot: Slot
    name: str
    phone: str
    """Empty when the number was withheld."""
    call_id: CallId | None = None
    cancelled: bool = False
    revision: int = 0
    """How often it was changed: a calendar needs to know which invitation is newer."""
    held_until: datetime | None = None
    """Set while it is only kept for somebody on the waiting list."""
    texts: bool = False
    """Whether the caller agreed to text messages about it."""


@dataclass(frozen=True, slots=True)
class OpeningTime:
    """One day's opening, in the house's own time zone."""

    day: date
    opens_at: datetime
    closes_at: datetime


class WaitingState(StrEnum):
    """What has become of a place on the waiting list."""

    WAITING = "waiting"
    OFFERED = "offered"
    BOOKED = "booked"
    LEFT = "left"
    OVER = "over"
    """The days that were asked for are past, or two offers were not answered."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody waits for: a service, on one of some days, at some time of day."""

    service: str
    first_day: date
    last_day: date
    not_before: time | None = None
    """Local; an appointment that begins at this very time will do."""
    begins_before: time | None = None

    def suits(self, slot: Slot) -> bool:
        """Whether a slot of the service is at a time that was wished for."""
        clock = slot.starts_at.time()
        return (
            slot.service == self.service
            and self.first_day <= slot.starts_at.date() <= self.last_day
            and (self.not_before is None or clock >= self.not_before)
            and (self.begins_before is None or clock < self.begins_before)
        )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A place on the waiting list."""

    code: str
    wish: Wish
    name: str
    phone: str
    since: datetime
    state: WaitingState = WaitingState.WAITING
    call_id: CallId | None = None


def later(moment: datetime, minutes: int) -> datetime:
    """So many minutes later, in the same zone; an hour is one when clocks change too.

    Adding to a local time moves the hands of the clock, not the time.
    """
    moved = moment.astimezone(UTC) + timedelta(minutes=minutes)
    return moved.astimezone(moment.tzinfo)


def _check_lengths(minutes: int, before: int, after: int) -> None:
    if minutes < 1 or before < 0 or after < 0:
        raise ValueError(f"{minutes} minutes ({before} before, {after} after) is none")
