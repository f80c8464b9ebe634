"""What tools work with: one desk for each call, with everything within reach.

The protocols say what the tools need; storage, telephony and the floor satisfy them
without knowing it.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from callcenter.domain.ids import CallId
from callcenter.domain.schedule import (
    Appointment,
    OpeningTime,
    Service,
    Slot,
    Waiting,
    Wish,
)
from callcenter.domain.tickets import Passage, Severity, Ticket, TicketStatus
from callcenter.domain.transcript import Turn
from callcenter.tools.deeds import Deeds, Forgetful
from callcenter.tools.identity import Identity, Stranger
from callcenter.tools.sky import Weather
from callcenter.tools.texts import NoTexts, Texts


class CallControl(Protocol):
    """What a tool may do to its own call."""

    @property
    def agent(self) -> str:
        """Who is talking with the caller."""
        ...

    @property
    def stays_meanwhile(self) -> bool:
        """Whether the agent stays with the caller while an operator is reached."""
        ...

    async def escalate(self, reason: str, topic: str) -> str:
        """Decide that an operator is needed; the transfer follows the last words.

        Returns the name of the first operator to be rung, or "" when nobody is at
        work for this topic. Raises ToolFailed when an escalation already runs.
        """
        ...

    async def stop_transfer(self) -> bool:
        """Ring nobody any more, and stay with the caller; False: nobody is rung."""
        ...

    def reopens(self) -> str:
        """While nobody is at work, a sentence that says until when; else empty."""
        ...

    async def end_when_heard(self, reason: str) -> None:
        """Hang up once the caller has heard what the agent is saying."""
        ...

    async def take_message(self, text: str) -> None:
        """Store a message for the people of the house."""
        ...

    async def request_callback(
        self, when: str, reason: str, due_at: datetime | None = None
    ) -> None:
        """Store that the caller wants to be called back; `due_at`: as understood."""
        ...

    def secret_entry(self) -> AbstractContextManager[None]:
        """In here, keys wait for `collect_digits`, and reach nobody else in any form.

        Open it before anything else that takes time: people type early.
        """
        ...

    async def leave_voicemail(self) -> None:
        """Let the caller speak a message after a tone, once the last words were heard.

        Raises ToolFailed when they are being taken elsewhere already.
        """
        ...

    async def collect_digits(self, count: int, timeout_s: float) -> str:
        """Let the caller type; the digits reach whoever asks here, and nobody else.

        Ends with the hash key, with `count` digits, or when no key comes for so long.
        """
        ...

    async def choose_language(self, wish: str) -> str:
        """Go on in a language, by its tag or any of its names.

        Returns its English name; "" when the agent who is talking does not speak it.
        """
        ...

    def last_turn(self) -> Turn | None:
        """What the caller last heard an agent say."""
        ...


class Schedule(Protocol):
    """The appointment book. No slot can be booked twice: the database forbids it."""

    @property
    def zone(self) -> ZoneInfo: ...

    @property
    def can_text(self) -> bool:
        """Whether the house can send text messages about appointments."""
        ...

    @property
    def waiting(self) -> "WaitingList": ...

    async def services(self) -> Sequence[Service]: ...

    async def resources(self) -> Sequence[str]:
        """Who and what serves callers."""
        ...

    async def opening_times(self, first: date, days: int) -> Sequence[OpeningTime]: ...

    async def closed_for(self, day: date) -> str | None:
        """Why a day is closed that the week has open; None: it is as every week."""
        ...

    async def free_slots(
        self,
        service: str,
        first: date,
        days: int,
        now: datetime,
        *,
        resource: str = "",
        moving: str = "",
    ) -> Sequence[Slot]:
        """Free slots of a service (by exact name) from a local date on, in order.

        `moving` is an appointment whose own time counts as free.
        """
        ...

    async def book(
        self, slot: Slot, name: str, phone: str, call_id: CallId, *, most: int
    ) -> Appointment:
        """Raises SlotTaken when somebody was faster; repeating it is harmless.

        Raises TooManyAppointments when the number (in this call, when it is withheld
        and `phone` empty) has `most` to come.
        """
        ...

    async def find(self, code: str) -> Appointment | None: ...

    async def coming(self, phone: str, now: datetime) -> Sequence[Appointment]: ...

    async def move(self, code: str, slot: Slot) -> Appointment:
        """Raises SlotTaken, and then the old slot is still booked."""
        ...

    async def cancel(self, code: str) -> Appointment: ...

    async def send_texts(self, code: str) -> Appointment:
        """Confirm it by a text message, and send a reminder the day before."""
        ...


class WaitingList(Protocol):
    """Who waits for what; free times are kept for the first in line, and offered."""

    @property
    def hold(self) -> timedelta:
        """How long a time is kept for somebody."""
        ...

    async def join(self, wish: Wish, name: str, phone: str, call_id: CallId) -> Waiting:
        """Repeating it is harmless. Raises TooManyAppointments."""
        ...

    async def places(self, phone: str) -> Sequence[Waiting]: ...

    async def kept(self, phone: str) -> Sequence[Appointment]:
        """The times that are kept for this number just now."""
        ...

    async def take(self, code: str, call_id: CallId | None) -> Appointment:
        """Book what is kept.

        Raises SlotTaken when it is not kept any more, or TooManyAppointments.
        """
        ...

    async def leave(self, phone: str) -> int:
        """Give up all places; how many there were."""
        ...


class Tickets(Protocol):
    """The ticket book."""

    async def open(
        self,
        summary: str,
        details: str,
        phone: str,
        call_id: CallId,
        severity: Severity = ...,
    ) -> Ticket:
        """Repeating it in one call is harmless."""
        ...

    async def find(self, code: str) -> Ticket | None: ...

    async def of_caller(self, phone: str, call_id: CallId) -> Sequence[Ticket]:
        """What is not closed of a number, or of this call; the newest first."""
        ...

    async def note(
        self, code: str, author: str, text: str, status: TicketStatus | None = None
    ) -> Ticket:
        """Write on a ticket, and say what it becomes by that; the ticket then.

        Raises StorageError when there is none of that code.
        """
        ...


class Knowledge(Protocol):
    """The house's knowledge articles, by full text."""

    async def search(self, question: str, most: int = 3) -> Sequence[Passage]:
        """The passages that fit best; none when nothing fits well."""
        ...


class Clock(Protocol):
    """The time of day."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...


class CallsBack(Protocol):
    """What the house does about wishes to be called back."""

    async def why_not(self, number: str) -> str:
        """Why a number will not be called, in words for the caller; empty: it may."""
        ...


class AnyNumber:
    """A house that has nothing against any number."""

    async def why_not(self, number: str) -> str:  # noqa: ARG002  # see above
        """Nothing is against it."""
        return ""


@dataclass(frozen=True, slots=True)
class Desk:
    """Everything that the tools of one call can reach."""

    call_id: CallId
    caller_number: str
    call: CallControl
    schedule: Schedule
    tickets: Tickets
    knowledge: Knowledge
    weather: Weather
    clock: Clock
    town: str = ""
    """Where the house is: whoever names no place means this one."""
    identity: Identity = field(default_factory=Stranger)
    deeds: Deeds = field(default_factory=Forgetful)
    texts: Texts = field(default_factory=NoTexts)
    calls_back: CallsBack = field(default_factory=AnyNumber)
    resources: Mapping[str, Any] = field(default_factory=dict)
    """What companies' own tools brought with them, by their module's name."""
