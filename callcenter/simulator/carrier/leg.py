"""One party's connection: its state, its phone, and what it is connected to."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final, TypeAlias

from callcenter.simulator.carrier.faults import NO_FAULTS, StreamFaults
from callcenter.simulator.carrier.lines import Line
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import Happening, new_sid, utc_now
from callcenter.simulator.carrier.sound import QUIET_FRAME
from callcenter.simulator.carrier.watch import Watch


class Direction(StrEnum):
    """Whose idea the leg was."""

    INBOUND = "inbound"
    OUTBOUND_API = "outbound-api"
    OUTBOUND_DIAL = "outbound-dial"


FINAL: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
_EVENT_OF_STATUS: Final = {
    "initiated": "initiated",
    "ringing": "ringing",
    "in-progress": "answered",
}
"""One subscribes to `answered` but is told `in-progress`."""


@dataclass(frozen=True, slots=True)
class Fetch:
    """The next document is at this URL."""

    url: str
    method: str = "POST"
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Inline:
    """The next document is here (`Twiml=` of a REST update)."""

    twiml: str


@dataclass(frozen=True, slots=True)
class HangUp:
    """End this leg."""

    reason: str
    status: str | None = None
    """None: what follows from the leg's present state."""


@dataclass(frozen=True, slots=True)
class ReplaceDocument:
    """A REST update: stop what runs, run this."""

    document: Fetch | Inline


Order: TypeAlias = HangUp | ReplaceDocument


@dataclass(frozen=True, slots=True)
class StatusCallback:
    """Where to tell what becomes of a leg, and of which events."""

    url: str
    method: str = "POST"
    events: frozenset[str] = frozenset({"completed"})

    def wants(self, status: str) -> bool:
        return _EVENT_OF_STATUS.get(status, "completed") in self.events


@dataclass(frozen=True, slots=True)
class OpenAction:
    """An `action` that will be requested when its verb is over."""

    fetch: Fetch
    fields: Callable[[], Mapping[str, str]]
    """What to add if the caller hangs up first."""


class Leg:
    """A call, as Twilio understands the word: one CallSid.

    `script_error` is what the phone's script raised, if it did; `ended` raises it.
    """

    def __init__(
        self,
        phone: Phone,
        *,
        from_number: str,
        to_number: str,
        direction: Direction,
        parent_sid: str | None = None,
        status: str = "ringing",
    ) -> None:
        self.sid = new_sid("CA")
        self.phone = phone
        self.from_number = from_number
        self.to_number = to_number
        self.direction = direction
        self.parent_sid = parent_sid
        self.status = status
        self.extra_fields: dict[str, str] = {}
        self.status_callback: StatusCallback | None = None
        self.fallback_url: str | None = None
        self.stream_faults: StreamFaults = NO_FAULTS
        self.line = Line()
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.orders: asyncio.Queue[Order] = asyncio.Queue()
        self.open_actions: list[OpenAction] = []
        self.script: asyncio.Task[None] | None = None
        self.script_error: Exception | None = None
        self.created_at: datetime = utc_now()
        self.answered_at: datetime | None = None
        self.ended_at: datetime | None = None
        self.callbacks_sent = 0
        self.settled = False
        """Over, and everybody who should know has been told."""
        self.on_status: Callable[[Leg], None] | None = None
        self._watch = Watch()
        phone.press_key = self.press
        phone.put_down = self._phone_put_down

    @property
    def answered(self) -> bool:
        return self.answered_at is not None

    @property
    def over(self) -> bool:
        return self.status in FINAL

    @property
    def duration_s(self) -> int:
        if self.answered_at is None:
            return 0
        end = self.ended_at or utc_now()
        return round((end - self.answered_at).total_seconds())

    def answer(self) -> None:
        """Pick up, if that has not happened yet."""
        if self.answered or self.over:
            return
        self.answered_at = utc_now()
        self.line = Line()
        self.become("in-progress")
        self.phone.happen(Happening.CONNECTED)

    def become(self, status: str) -> None:
        """Enter a status, and tell whoever subscribed."""
        self.status = status
        if self.on_status is not None:
            self.on_status(self)
        self._watch.changed()

    def finish(self, status: str, reason: str) -> None:
        """The leg is over. Only the first call counts."""
        if self.over:
            return
        self.ended_at = utc_now()
        self.line = Line()
        self.become(status)
        self.phone.happen(Happening.ENDED, reason)

    def settle(self) -> None:
        self.settled = True
        self._watch.changed()

    def order(self, order: Order) -> None:
        """Interrupt whatever this leg is doing."""
        if not self.over:
            self.orders.put_nowait(order)

    def press(self, digit: str) -> None:
        self.keys.put_nowait(digit)
        self.line.press(digit)

    def tick(self, at_ms: int) -> None:
        """20 ms pass: from the mouth into the line, from the line to the ear."""
        spoken = self.phone.speak_frame() if self.answered else QUIET_FRAME
        line = self.line
        heard = line.exchange(spoken)
        self.phone.hear_frame(at_ms, heard, line.source)

    async def reaches(self, *statuses: str, timeout_s: float = 20.0) -> None:
        """Wait for one of these statuses."""
        await self._watch.until(lambda: self.status in statuses, timeout_s)

    async def ended(self, timeout_s: float = 30.0) -> None:
        """Wait until the call is over and its callbacks are delivered."""
        await self._watch.until(lambda: self.settled, timeout_s)
        if self.script_error is not None:
            raise self.script_error

    def _phone_put_down(self) -> None:
        self.order(HangUp("hung up"))
