"""A house in memory: one shop, its book, its tickets, its articles and its weather."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
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
from callcenter.domain.tickets import (
    Passage,
    Severity,
    Ticket,
    TicketNote,
    TicketStatus,
)
from callcenter.domain.transcript import Turn
from callcenter.errors import CarrierError, SlotTaken, TooManyAppointments
from callcenter.tools.deeds import Deeds, Forgetful
from callcenter.tools.desk import Desk
from callcenter.tools.open_meteo_replies import zone_of
from callcenter.tools.sky import Day, Hour, Outlook, Place, Sky

OSLO = ZoneInfo("Europe/Oslo")
SUNDAY_NOON = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
"""Noon in Bergen, on Sunday the 22nd of November 2026."""

ADA, BOB = "+4755501234", "+4755509999"
CALL = CallId("call-1")

BERGEN = Place(
    "Bergen", "Vestland", "Norway", "NO", 60.39, 5.32, "Europe/Oslo", 213_585
)
UNKNOWN = Outlook()
NICE = Outlook(61, 6.2, 10.8, rain_chance=80, wind_kmh=33.0)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment in November 2026, in Bergen."""
    return datetime(2026, 11, day, hour, minute, tzinfo=OSLO)


@dataclass
class FixedClock:
    moment: datetime = SUNDAY_NOON

    def now(self) -> datetime:
        return self.moment


@dataclass
class FakeCall:
    operator: str = "Ada"
    agent: str = "support"
    done: list[tuple[str, ...]] = field(default_factory=list)
    typed: str = ""
    said: Turn | None = None
    speaks: Mapping[str, str] = field(default_factory=dict)
    called_back_at: datetime | None = None
    stays_meanwhile: bool = False
    ringing: bool = False
    opens_again: str = ""

    async def escalate(self, reason: str, topic: str) -> str:
        self.done.append(("escalate", reason, topic))
        return self.operator

    async def stop_transfer(self) -> bool:
        self.done.append(("stop_transfer",))
        return self.ringing

    def reopens(self) -> str:
        return self.opens_again

    async def end_when_heard(self, reason: str) -> None:
        self.done.append(("end", reason))

    async def take_message(self, text: str) -> None:
        self.done.append(("message", text))

    async def request_callback(
        self, when: str, reason: str, due_at: datetime | None = None
    ) -> None:
        self.done.append(("callback", when, reason))
        self.called_back_at = due_at

    def secret_entry(self) -> AbstractContextManager[None]:
        return nullcontext()

    async def leave_voicemail(self) -> None:
        self.done.append(("voicemail",))

    async def collect_digits(self, count: int, timeout_s: float) -> str:
        self.done.append(("typing", str(count)))
        return self.typed

    async def choose_language(self, wish: str) -> str:
        self.done.append(("language", wish))
        return self.speaks.get(wish, "")

    def last_turn(self) -> Turn | None:
        return self.said


@dataclass
class FakeSchedule:
    """One stand, open on weekdays from nine to five; times on the half hour."""

    zone: ZoneInfo = OSLO
    booked: dict[str, Appointment] = field(default_factory=dict)
    snatched: set[datetime] = field(default_factory=set)
    """Times that look free, but are gone when they are booked."""
    full: set[date] = field(default_factory=set)
    days_off: dict[date, str] = field(default_factory=dict)
    can_text: bool = True
    waiting: "FakeWaitingList" = field(default_factory=lambda: FakeWaitingList())  # noqa: PLW0108  # below

    async def services(self) -> Sequence[Service]:
        return [
            Service("bicycle service", 60, "Brakes, gears and bearings adjusted."),
            Service("puncture repair", 30, "One tube mended or replaced."),
            Service("bike fitting", 45, "Saddle and handlebar set to your measure."),
            Service("rental pick-up", 15, "A rented bicycle handed over."),
        ]

    async def opening_times(self, first: date, days: int) -> Sequence[OpeningTime]:
        span = [first + timedelta(days=n) for n in range(days)]
        return [
            OpeningTime(day, self._at(day, 9), self._at(day, 17))
            for day in span
            if day.weekday() < 5 and day not in self.days_off
        ]

    async def resources(self) -> Sequence[str]:
        return ["stand 1", "stand 2"]

    async def closed_for(self, day: date) -> str | None:
        return self.days_off.get(day)

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
        taken = {
            a.slot.starts_at
            for a in self.booked.values()
            if not a.cancelled and a.code != moving
        }
        return [
            Slot(service, stand, start, 60)
            for opening in await self.opening_times(first, days)
            for half_hours in range(16)
            for stand in ("stand 1", "stand 2")
            if resource in {"", stand}
            if (start := opening.opens_at + timedelta(minutes=30 * half_hours)) > now
            and start not in taken
            and opening.day not in self.full
        ]

    async def book(
        self, slot: Slot, name: str, phone: str, call_id: CallId, *, most: int
    ) -> Appointment:
        self._refuse_snatched(slot)
        mine = [
            a
            for a in self.booked.values()
            if (a.phone == phone if phone else a.call_id == call_id)
        ]
        if len(mine) >= most:
            raise TooManyAppointments("There are enough already.")
        code = f"K7M4{len(self.booked)}"
        self.booked[code] = Appointment(code, slot, name, phone, call_id)
        return self.booked[code]

    async def find(self, code: str) -> Appointment | None:
        return self.booked.get(code)

    async def coming(self, phone: str, now: datetime) -> Sequence[Appointment]:
        return [
            a
            for a in self.booked.values()
            if a.phone == phone and a.slot.starts_at > now and not a.cancelled
        ]

    async def move(self, code: str, slot: Slot) -> Appointment:
        self._refuse_snatched(slot)
        self.booked[code] = replace(self.booked[code], slot=slot)
        return self.booked[code]

    async def cancel(self, code: str) -> Appointment:
        self.booked[code] = replace(self.booked[code], cancelled=True)
        return self.booked[code]

    async def send_texts(self, code: str) -> Appointment:
        self.booked[code] = replace(self.booked[code], texts=True)
        return self.booked[code]

    def hold(self, code: str, start: datetime, phone: str = ADA) -> Appointment:
        """An appointment from an earlier call."""
        slot = Slot("bicycle service", "stand 1", start, 60)
        self.booked[code] = Appointment(code, slot, "Ada Lie", phone, CallId("before"))
        return self.booked[code]

    def _refuse_snatched(self, slot: Slot) -> None:
        if slot.starts_at in self.snatched:
            self.full.discard(slot.starts_at.date())
            raise SlotTaken("That time has just been booked by somebody else.")

    def _at(self, day: date, hour: int) -> datetime:
        return datetime.combine(day, time(hour), self.zone)


@dataclass
class FakeWaitingList:
    """Whoever joins waits for ever, but for what a test keeps for them."""

    line: list[Waiting] = field(default_factory=list)
    held: dict[str, Appointment] = field(default_factory=dict)
    hold: timedelta = timedelta(minutes=30)
    crowded: bool = False
    """They have as many appointments as may be."""

    async def join(self, wish: Wish, name: str, phone: str, call_id: CallId) -> Waiting:
        if len(self.line) == 3:
            raise TooManyAppointments("There are 3 places already.")
        place = Waiting(f"W{len(self.line)}", wish, name, phone, SUNDAY_NOON)
        self.line.append(place)
        return place

    async def places(self, phone: str) -> Sequence[Waiting]:
        return [one for one in self.line if one.phone == phone]

    async def kept(self, phone: str) -> Sequence[Appointment]:
        return [one for one in self.held.values() if one.phone == phone]

    async def take(self, code: str, call_id: CallId | None) -> Appointment:
        if code not in self.held:
            raise SlotTaken("That time is not kept any more.")
        if self.crowded:
            raise TooManyAppointments("There are enough already.")
        return replace(self.held.pop(code), held_until=None)

    async def leave(self, phone: str) -> int:
        mine = await self.places(phone)
        self.line = [one for one in self.line if one not in mine]
        return len(mine)


@dataclass
class FakeTickets:
    tickets: dict[str, Ticket] = field(default_factory=dict)

    async def open(
        self,
        summary: str,
        details: str,
        phone: str,
        call_id: CallId,
        severity: Severity = Severity.NORMAL,
    ) -> Ticket:
        code = f"X2Y7{len(self.tickets)}"
        self.tickets[code] = Ticket(
            code,
            summary,
            details,
            phone,
            TicketStatus.OPEN,
            SUNDAY_NOON,
            call_id,
            severity,
        )
        return self.tickets[code]

    async def find(self, code: str) -> Ticket | None:
        return self.tickets.get(code)

    async def of_caller(self, phone: str, call_id: CallId) -> Sequence[Ticket]:
        return [
            one
            for one in self.tickets.values()
            if one.status is not TicketStatus.CLOSED
            and (one.call_id == call_id or (phone and one.phone == phone))
        ]

    async def note(
        self, code: str, author: str, text: str, status: TicketStatus | None = None
    ) -> Ticket:
        ticket = self.tickets[code]
        note = TicketNote(SUNDAY_NOON, author, text, status)
        self.tickets[code] = replace(
            ticket, notes=(*ticket.notes, note), status=status or ticket.status
        )
        return self.tickets[code]


@dataclass
class FakeKnowledge:
    passages: list[Passage] = field(default_factory=list)

    async def search(self, question: str, most: int = 3) -> Sequence[Passage]:
        return self.passages[:most]


@dataclass
class FakeWeather:
    """Places by name; the weather is the same everywhere and at all times."""

    known: dict[str, list[Place]] = field(default_factory=lambda: {"bergen": [BERGEN]})
    weather: Outlook = NICE
    now: Outlook = UNKNOWN
    age_s: float = 0.0
    asked: list[float] = field(default_factory=list)
    """How fresh each answer had to be."""

    async def places(self, name: str) -> Sequence[Place]:
        return self.known.get(name.casefold(), [])

    async def sky(self, place: Place, fresh_s: float) -> Sky:
        self.asked.append(fresh_s)
        zone = zone_of(place) or OSLO
        today = SUNDAY_NOON.astimezone(zone).date()
        midnight = datetime.combine(today, time(), zone).astimezone(UTC)
        hours = [
            Hour((midnight + timedelta(hours=n)).astimezone(zone), self.weather)
            for n in range(16 * 24)
        ]
        days = [Day(today + timedelta(days=n), self.weather) for n in range(16)]
        return Sky(place, Hour(SUNDAY_NOON, self.now), hours, days, self.age_s)


@dataclass
class FakeTexts:
    """Takes all texts; or none, when there is trouble."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    trouble: CarrierError | None = None

    async def send(self, to: str, text: str) -> str:
        if self.trouble is not None:
            raise self.trouble
        self.sent.append((to, text))
        return f"SM{len(self.sent)}"


@dataclass
class House:
    """Everything behind a desk, for a test to look at."""

    caller_number: str = ADA
    town: str = "Bergen"
    call: FakeCall = field(default_factory=FakeCall)
    schedule: FakeSchedule = field(default_factory=FakeSchedule)
    tickets: FakeTickets = field(default_factory=FakeTickets)
    knowledge: FakeKnowledge = field(default_factory=FakeKnowledge)
    weather: FakeWeather = field(default_factory=FakeWeather)
    clock: FixedClock = field(default_factory=FixedClock)
    deeds: Deeds = field(default_factory=Forgetful)
    texts: FakeTexts = field(default_factory=FakeTexts)

    @property
    def desk(self) -> Desk:
        return Desk(
            CALL,
            self.caller_number,
            self.call,
            self.schedule,
            self.tickets,
            self.knowledge,
            self.weather,
            self.clock,
            town=self.town,
            deeds=self.deeds,
            texts=self.texts,
        )
