"""The waiting list: who is offered what, when, and that nobody is offered it twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from callcenter.domain.house import House, Resource, WeekTime
from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Appointment, Service, Slot, WaitingState, Wish
from callcenter.domain.texting import TextRules
from callcenter.errors import SlotTaken, StorageError, TooManyAppointments
from callcenter.storage import (
    house as tables,
    schedule_tables as s,
    tables as t,
    waiting,
)
from callcenter.storage.engine import Database
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.texts import TextBook, TextKind

OSLO = ZoneInfo("Europe/Oslo")
FRIDAY = date(2026, 3, 6)
MONDAY_MORNING = datetime(2026, 3, 2, 9, tzinfo=UTC)
CHAIR = House(
    name="Salon",
    zone=OSLO,
    week=(WeekTime(4, time(9), time(11)),),
    services=(Service("cut", 60), Service("wash", 30)),
    resources=(Resource("chair"),),
)
"""Two cuts on a Friday, and no more."""

ADA, BO, CAI = "+4755500001", "+4755500002", "+4755500003"
CUT = Wish("cut", FRIDAY, FRIDAY)


@dataclass
class Clock:
    moment: datetime = MONDAY_MORNING

    def now(self) -> datetime:
        return self.moment

    def later(self, minutes: int) -> None:
        self.moment += timedelta(minutes=minutes)


@dataclass
class Salon:
    """Some nodes of one house, all of whose Friday is booked."""

    databases: list[Database]
    clock: Clock = field(default_factory=Clock)
    booked: list[Appointment] = field(default_factory=list)

    @property
    def nodes(self) -> list[AppointmentBook]:
        rules = TextRules(hold=timedelta(minutes=30))
        return [
            AppointmentBook(one, CHAIR, rules=rules, now=self.clock.now)
            for one in self.databases
        ]

    @property
    def book(self) -> AppointmentBook:
        return self.nodes[0]

    async def fill(self) -> None:
        for slot in await self.free():
            self.booked.append(
                await self.book.book(slot, "Zoe", "+47", CallId("zoe"), most=99)
            )
            if len(self.booked) == 2:
                break

    async def free(self) -> list[Slot]:
        found = await self.book.free_slots("cut", FRIDAY, 1, self.clock.now())
        return [one for one in found if one.starts_at.minute == 0]

    async def joins(self, phone: str, wish: Wish = CUT) -> str:
        self.clock.later(1)
        place = await self.book.waiting.join(wish, "Ada", phone, CallId(phone))
        return place.code

    async def state(self, code: str) -> str:
        asked = select(s.waiting.c.state).where(s.waiting.c.code == code)
        async with self.databases[0].read() as connection:
            return str(await connection.scalar(asked))

    async def kept(self, phone: str) -> list[str]:
        kept = await self.book.waiting.kept(phone)
        return [f"{one.slot.starts_at:%H:%M}" for one in kept]

    async def code(self, phone: str) -> str:
        [kept] = await self.book.waiting.kept(phone)
        return kept.code

    async def offers_sent(self) -> list[str]:
        due = await TextBook(self.databases[0], OSLO).due(self.clock.now())
        return [one.appointment.phone for one in due if one.kind is TextKind.OFFER]


@pytest.fixture(params=["sqlite", "postgresql"])
async def salon(request: pytest.FixtureRequest) -> AsyncIterator[Salon]:
    fixture = "url" if request.param == "sqlite" else "postgres_url"
    url = request.getfixturevalue(fixture)
    databases = [Database.open(url) for _ in range(3)]
    await tables.apply(databases[0], CHAIR)
    salon = Salon(databases)
    await salon.fill()
    assert await salon.free() == []
    yield salon
    for one in databases:
        await one.close()


async def test_a_freed_time_is_kept_for_the_first_in_line(salon: Salon) -> None:
    first, second = await salon.joins(ADA), await salon.joins(BO)
    await salon.book.cancel(salon.booked[0].code)
    assert (await salon.kept(ADA), await salon.kept(BO)) == (["09:00"], [])
    assert await salon.offers_sent() == [ADA]
    assert [await salon.state(code) for code in (first, second)] == [
        WaitingState.OFFERED,
        WaitingState.WAITING,
    ]
    assert await salon.free() == []  # nobody else gets it meanwhile


async def test_what_was_offered_is_taken_with_its_code(salon: Salon) -> None:
    place = await salon.joins(ADA)
    await salon.book.cancel(salon.booked[0].code)
    code = await salon.code(ADA)
    taken = await salon.book.waiting.take(code, CallId("c"))
    assert (taken.held_until, taken.texts, taken.phone) == (None, True, ADA)
    assert await salon.book.waiting.take(code, CallId("c")) == await salon.book.find(
        code
    )
    assert await salon.state(place) == WaitingState.BOOKED
    assert [one.code for one in await salon.book.coming(ADA, salon.clock.now())] == [
        code
    ]
    salon.clock.later(31)
    assert await salon.book.waiting.round() == 0
    assert await salon.free() == []  # a booked time does not lapse


async def test_what_was_offered_is_no_way_past_five_appointments(salon: Salon) -> None:
    for weeks in range(1, 6):
        day = FRIDAY + timedelta(weeks=weeks)
        [slot, *_] = await salon.book.free_slots("cut", day, 1, salon.clock.now())
        await salon.book.book(slot, "Ada", ADA, CallId(f"{weeks}"), most=5)
    await salon.joins(ADA)
    await salon.book.cancel(salon.booked[0].code)
    code = await salon.code(ADA)
    with pytest.raises(TooManyAppointments):
        await salon.book.waiting.take(code, CallId("c"))
    held = await salon.book.coming(ADA, salon.clock.now())
    assert len(held) == 5
    await salon.book.cancel(held[0].code)
    assert (await salon.book.waiting.take(code, CallId("c"))).held_until is None


async def test_an_offer_that_nobody_takes_goes_to_the_next(salon: Salon) -> None:
    first = await salon.joins(ADA)
    await salon.joins(BO)
    await salon.book.cancel(salon.booked[0].code)
    late = await salon.code(ADA)
    salon.clock.later(29)
    assert await salon.book.waiting.round() == 0
    salon.clock.later(1)
    with pytest.raises(SlotTaken, match="not kept any more"):
        await salon.book.waiting.take(late, CallId("c"))
    assert await salon.book.waiting.round() == 1
    assert (await salon.kept(ADA), await salon.kept(BO)) == ([], ["09:00"])
    assert await salon.state(first) == WaitingState.WAITING  # for other times
    salon.clock.later(30)
    assert await salon.book.waiting.round() == 0  # nobody is offered the same twice
    assert len(await salon.free()) == 1
    await salon.book.cancel(salon.booked[1].code)
    assert await salon.kept(ADA) == ["09:30"]  # both hours are free


async def test_a_place_ends_with_the_second_offer_that_nobody_answers(
    salon: Salon,
) -> None:
    """It may be the number of somebody who has never called."""
    place = await salon.joins(ADA)
    for booked in salon.booked:
        assert await salon.state(place) == WaitingState.WAITING
        await salon.book.cancel(booked.code)
        assert await salon.state(place) == WaitingState.OFFERED
        salon.clock.later(30)
        assert await salon.book.waiting.round() == 0
    assert await salon.state(place) == WaitingState.OVER
    assert len(await salon.free()) == 2


async def test_four_offers_a_day_are_all_that_a_number_gets(salon: Salon) -> None:
    for last in (6, 7, 8):
        await salon.joins(ADA, Wish("cut", FRIDAY, date(2026, 3, last)))
    await salon.joins(BO)
    told: list[str] = []
    for booked, rounds in zip(salon.booked, (4, 3), strict=True):
        await salon.book.cancel(booked.code)
        for _ in range(rounds):
            told += [one for one in (ADA, BO) if await salon.kept(one)]
            salon.clock.later(30)
            await salon.book.waiting.round()
    assert told == [ADA, ADA, ADA, BO, ADA, BO]
    assert len(await salon.book.waiting.places(ADA)) == 2
    salon.clock.later(24 * 60)
    assert await salon.book.waiting.round() == 1
    assert await salon.kept(ADA) == ["09:30"]  # across both hours


async def test_of_what_was_free_all_along_a_place_is_offered_one_time(
    salon: Salon,
) -> None:
    anytime = Wish("cut", FRIDAY, date(2026, 3, 28))
    place = await salon.joins(ADA, anytime)
    assert await salon.book.waiting.round() == 1
    for _ in range(3):
        salon.clock.later(30)
        assert await salon.book.waiting.round() == 0
    assert await salon.state(place) == WaitingState.WAITING
    silent = AppointmentBook(
        salon.databases[0], CHAIR, rules=TextRules(possible=False), now=salon.clock.now
    )
    await silent.cancel(salon.booked[1].code)
    assert await salon.book.waiting.round() == 1
    assert await salon.kept(ADA) == ["10:00"]


async def test_a_move_frees_its_old_time_for_the_line(salon: Salon) -> None:
    a_week_later = await salon.book.free_slots(
        "cut", date(2026, 3, 13), 1, salon.clock.now()
    )
    await salon.joins(ADA)
    await salon.book.move(salon.booked[1].code, a_week_later[0])
    assert await salon.kept(ADA) == ["10:00"]


async def test_only_what_suits_is_offered(salon: Salon) -> None:
    await salon.joins(ADA, Wish("cut", FRIDAY, FRIDAY, time(10)))
    await salon.joins(BO, Wish("cut", date(2026, 3, 7), date(2026, 3, 12)))
    await salon.joins(CAI, Wish("wash", FRIDAY, FRIDAY, begins_before=time(9, 30)))
    await salon.book.cancel(salon.booked[0].code)
    assert await salon.kept(CAI) == ["09:00"]
    assert (await salon.kept(ADA), await salon.kept(BO)) == ([], [])
    await salon.book.cancel(salon.booked[1].code)
    assert await salon.kept(ADA) == ["10:00"]


async def test_nobody_is_offered_anything_at_night(salon: Salon) -> None:
    await salon.joins(ADA)
    salon.clock.moment = datetime(2026, 3, 3, 2, tzinfo=OSLO).astimezone(UTC)
    await salon.book.cancel(salon.booked[0].code)
    assert await salon.book.waiting.round() == 0
    assert await salon.kept(ADA) == []
    salon.clock.later(6 * 60)
    assert await salon.book.waiting.round() == 1
    assert await salon.kept(ADA) == ["09:00"]


async def test_a_time_that_is_too_near_is_not_offered(salon: Salon) -> None:
    """It could be taken when it has almost begun."""
    await salon.joins(ADA)
    salon.clock.moment = datetime(2026, 3, 6, 8, tzinfo=OSLO).astimezone(UTC)
    await salon.book.cancel(salon.booked[0].code)
    assert await salon.kept(ADA) == []
    await salon.book.cancel(salon.booked[1].code)
    assert await salon.kept(ADA) == ["09:30"]  # both hours are free


async def test_a_house_without_texts_offers_nothing(salon: Salon) -> None:
    mute = AppointmentBook(
        salon.databases[0],
        CHAIR,
        rules=TextRules(possible=False),
        now=salon.clock.now,
    )
    await salon.joins(ADA)
    await mute.cancel(salon.booked[0].code)
    assert await salon.kept(ADA) == []
    assert not mute.can_text


async def test_many_nodes_at_once_make_one_offer(salon: Salon) -> None:
    """What became free was noticed by nobody; now all look at the same moment."""
    silent = AppointmentBook(
        salon.databases[0], CHAIR, rules=TextRules(possible=False), now=salon.clock.now
    )
    await salon.joins(ADA)
    await salon.joins(BO)
    await silent.cancel(salon.booked[0].code)
    made: list[int] = []

    async def look(node: AppointmentBook) -> None:
        made.append(await node.waiting.round())

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for node in salon.nodes * 3:
            group.create_task(look(node))
    assert sum(made) == 1
    assert (await salon.kept(ADA), await salon.kept(BO)) == (["09:00"], [])
    async with salon.databases[0].read() as connection:
        assert await connection.scalar(select(func.count()).select_from(s.offers)) == 1


async def test_taking_and_lapsing_at_the_same_moment_agree(salon: Salon) -> None:
    place = await salon.joins(ADA)
    await salon.book.cancel(salon.booked[0].code)
    code = await salon.code(ADA)
    ours, theirs = salon.nodes[0], salon.nodes[1]
    salon.clock.later(30)
    early = AppointmentBook(
        salon.databases[2],
        CHAIR,
        now=lambda: salon.clock.now() - timedelta(minutes=1),  # a clock that is behind
    )
    outcomes: list[str] = []

    async def take() -> None:
        try:
            await early.waiting.take(code, CallId("c"))
            outcomes.append("taken")
        except SlotTaken:
            outcomes.append("gone")

    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        group.create_task(ours.waiting.round())
        group.create_task(take())
        group.create_task(theirs.waiting.round())
    found = await salon.book.find(code)
    assert found is not None
    assert (outcomes == ["taken"]) is (not found.cancelled)
    expected = WaitingState.BOOKED if outcomes == ["taken"] else WaitingState.WAITING
    assert await salon.state(place) == expected
    async with salon.databases[0].read() as connection:
        claims = select(func.count()).where(t.appointment_slots.c.code == code)
        assert await connection.scalar(claims) == (4 if outcomes == ["taken"] else 0)


async def test_joining_twice_is_one_place_and_four_are_too_many(salon: Salon) -> None:
    first = await salon.joins(ADA)
    assert await salon.joins(ADA) == first
    for day in (9, 10):
        await salon.joins(ADA, Wish("cut", FRIDAY, date(2026, 3, day)))
    with pytest.raises(TooManyAppointments):
        await salon.joins(ADA, Wish("wash", FRIDAY, FRIDAY))
    assert len(await salon.book.waiting.places(ADA)) == 3
    assert await salon.book.waiting.length() == 3


async def test_no_two_places_have_the_same_code(
    salon: Salon, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["CCCCC", "CCCCC", "HHHHH"])
    monkeypatch.setattr(waiting, "new_code", lambda: next(drawn))
    assert [await salon.joins(one) for one in (ADA, BO)] == ["CCCCC", "HHHHH"]


async def test_nobody_waits_for_what_does_not_exist(salon: Salon) -> None:
    with pytest.raises(StorageError, match="does it exist"):
        await salon.joins(ADA, Wish("perm", FRIDAY, FRIDAY))


async def test_who_leaves_gives_back_what_was_kept(salon: Salon) -> None:
    await salon.joins(ADA)
    await salon.joins(BO)
    await salon.book.cancel(salon.booked[0].code)
    assert await salon.book.waiting.leave(ADA) == 1
    assert await salon.kept(ADA) == []
    assert await salon.book.waiting.leave(ADA) == 0
    assert await salon.book.waiting.round() == 1
    assert await salon.kept(BO) == ["09:00"]
    assert await salon.offers_sent() == [BO]


async def test_who_cannot_be_told_is_struck_out(salon: Salon) -> None:
    place = await salon.joins(ADA)
    await salon.joins(BO)
    await salon.book.cancel(salon.booked[0].code)
    await salon.book.waiting.strike(await salon.code(ADA))
    assert await salon.state(place) == WaitingState.OVER
    assert await salon.book.waiting.round() == 1
    assert await salon.kept(BO) == ["09:00"]


async def test_days_that_are_past_are_not_waited_for(salon: Salon) -> None:
    place = await salon.joins(ADA)
    salon.clock.moment = datetime(2026, 3, 7, 9, tzinfo=OSLO).astimezone(UTC)
    assert await salon.book.waiting.round() == 0
    assert await salon.state(place) == WaitingState.OVER


async def test_a_kept_time_is_no_appointment_yet(salon: Salon) -> None:
    await salon.joins(ADA)
    await salon.book.cancel(salon.booked[0].code)
    code = await salon.code(ADA)
    assert await salon.book.coming(ADA, salon.clock.now()) == []
    assert code not in {one.code for one in await salon.book.latest()}
    [calendar] = [
        one
        for one in await salon.book.of_resource("chair", salon.clock.now())
        if one.code == code
    ]
    assert calendar.held_until == salon.clock.now() + timedelta(minutes=30)
    await salon.book.cancel(code)
    assert await salon.kept(ADA) == []
    assert await salon.book.waiting.places(ADA) == []
