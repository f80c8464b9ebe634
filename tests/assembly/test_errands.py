"""Texts about appointments: to those who want them, in time, and never twice."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta

import pytest

from callcenter.assembly.errands import Errands
from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Appointment, Wish
from callcenter.errors import CarrierError, OutcomeUnknown, StorageError
from callcenter.storage import house as tables
from callcenter.storage.engine import Database
from callcenter.storage.house import FJORD_CYCLES
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.schema import upgrade
from callcenter.storage.texts import A_DAY, SETTLES, TextBook
from callcenter.wire.letters import Letters
from callcenter.wire.links import Links

OSLO = FJORD_CYCLES.zone
ADA, BO = "+4755500001", "+4755500002"
OURS = "+4755512345"
LINKS = Links("secret", "https://calls.example.com")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In March 2026, in Bergen."""
    return datetime(2026, 3, day, hour, minute, tzinfo=OSLO)


@dataclass
class Clock:
    moment: datetime

    def now(self) -> datetime:
        return self.moment.astimezone(UTC)

    def steady_ms(self) -> int:
        return 0


@dataclass
class Postman:
    """Takes every letter; or none, when something is wrong."""

    sent: list[tuple[str, str]] = field(default_factory=list)
    wrong: CarrierError | None = None

    async def send(self, to: str, text: str) -> str:
        await asyncio.sleep(0)
        if self.wrong is not None:
            raise self.wrong
        self.sent.append((to, text))
        return f"SM{len(self.sent)}"


@dataclass
class Office:
    """Two nodes with one database, one clock and one postman."""

    databases: list[Database]
    clock: Clock = field(default_factory=lambda: Clock(at(2, 10)))
    post: Postman = field(default_factory=Postman)

    def book(self, node: int = 0) -> AppointmentBook:
        return AppointmentBook(self.databases[node], now=self.clock.now)

    def errands(self, node: int = 0) -> Errands:
        return Errands(
            self.book(node),
            TextBook(self.databases[node], OSLO),
            letters=Letters("Fjord Cycles", OSLO, OURS, LINKS),
            post=self.post,
            clock=self.clock,
        )

    async def booked(self, start: datetime, phone: str = ADA) -> Appointment:
        book = self.book()
        free = await book.free_slots(
            "bicycle service", start.date(), 1, self.clock.now()
        )
        [slot] = [one for one in free if one.starts_at == start]
        call = CallId(f"{phone}{start}")
        return await book.book(slot, "Ada Lie", phone, call, most=99)

    async def texts(self) -> list[str]:
        """Send what is due, and read what has come since the last time."""
        before = len(self.post.sent)
        await self.errands().send_what_is_due()
        return [text for _, text in self.post.sent[before:]]


@pytest.fixture(params=["sqlite", "postgresql"])
async def office(request: pytest.FixtureRequest, tmp_path) -> AsyncIterator[Office]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
        await asyncio.to_thread(upgrade, url)
    databases = [Database.open(url) for _ in range(2)]
    await tables.seed(databases[0])
    yield Office(databases)
    for one in databases:
        await one.close()


async def test_nobody_is_texted_who_did_not_ask_for_it(office: Office) -> None:
    await office.booked(at(6, 10))
    assert await office.texts() == []
    office.clock.moment = at(5, 18)
    assert await office.texts() == []


async def test_a_confirmation_comes_at_once_and_a_reminder_the_day_before(
    office: Office,
) -> None:
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    [text] = await office.texts()
    assert text == (
        "Fjord Cycles: your bicycle service is on Friday 6 March at 10:00. Code "
        f"{booked.code}. To change it, call {OURS}. For your calendar: "
        f"{LINKS.invitation(booked.code)}"
    )
    assert office.post.sent[0][0] == ADA
    assert "Ada Lie" not in office.post.sent[0][1]
    office.clock.moment = at(5, 16, 59)
    assert await office.texts() == []
    office.clock.moment = at(5, 17)
    [text] = await office.texts()
    assert text == (
        "Fjord Cycles: a reminder of your bicycle service on Friday 6 March at 10:00. "
        f"Code {booked.code}. If you cannot come, please call {OURS}."
    )
    assert await office.texts() == []


async def test_asking_twice_sends_once(office: Office) -> None:
    booked = await office.booked(at(6, 10))
    for _ in range(2):
        assert (await office.book().send_texts(booked.code)).texts
    assert len(await office.texts()) == 1
    await office.book().send_texts(booked.code)
    assert await office.texts() == []


async def test_two_nodes_send_each_text_once(office: Office) -> None:
    for hour in range(9, 16):
        booked = await office.booked(at(6, hour), f"+47555000{hour:02}")
        await office.book().send_texts(booked.code)
    async with asyncio.timeout(30), asyncio.TaskGroup() as group:
        for node in (0, 1, 0, 1):
            group.create_task(office.errands(node).send_what_is_due())
    texts = [text for _, text in office.post.sent]
    assert len(texts) == len(set(texts)) == 7


async def test_a_moved_appointment_is_confirmed_anew_and_reminded_of_once(
    office: Office,
) -> None:
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    await office.texts()
    slot = replace(booked.slot, starts_at=at(9, 10))
    await office.book().move(booked.code, slot)
    assert await office.texts() == []
    office.clock.moment += SETTLES
    [text] = await office.texts()
    assert "Monday 9 March at 10:00" in text
    office.clock.moment = at(5, 18)
    assert await office.texts() == []
    office.clock.moment = at(8, 18)
    assert len(await office.texts()) == 1


async def test_an_appointment_moved_to_and_fro_is_told_where_it_ended(
    office: Office,
) -> None:
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    assert len(await office.texts()) == 1
    for hour in (11, 10, 11, 10, 12):
        slot = replace(booked.slot, starts_at=at(6, hour))
        await office.book().move(booked.code, slot)
        assert await office.texts() == []
    office.clock.moment += SETTLES
    [text] = await office.texts()
    assert "Friday 6 March at 12:00" in text


async def test_three_confirmations_of_one_appointment_a_day_are_all(
    office: Office,
) -> None:
    """Whoever wants to annoy the owner of a number may move it slowly, too."""
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    sent = len(await office.texts())
    for n in range(10):
        slot = replace(booked.slot, starts_at=at(6, 11 if n % 2 == 0 else 10))
        await office.book().move(booked.code, slot)
        office.clock.moment += SETTLES
        sent += len(await office.texts())
    assert sent == 3
    with pytest.raises(StorageError, match="today"):
        await office.book().send_texts(booked.code)
    office.clock.moment += A_DAY
    await office.book().send_texts(booked.code)
    assert len(await office.texts()) == 1


async def test_six_confirmations_to_one_number_a_day_are_all(office: Office) -> None:
    """Booking, having it confirmed and cancelling, again and again."""
    for n in range(8):
        booked = await office.booked(at(6, 10))
        if n < 6:
            await office.book().send_texts(booked.code)
        else:
            with pytest.raises(StorageError, match="today"):
                await office.book().send_texts(booked.code)
        await office.texts()
        await office.book().cancel(booked.code)
    assert len(office.post.sent) == 6
    theirs = await office.booked(at(6, 10), BO)
    await office.book().send_texts(theirs.code)
    assert len(await office.texts()) == 1


async def test_a_cancelled_appointment_is_not_reminded_of(office: Office) -> None:
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    await office.texts()
    await office.book().cancel(booked.code)
    office.clock.moment = at(5, 18)
    assert await office.texts() == []
    with pytest.raises(StorageError, match="Nothing can be sent"):
        await office.book().send_texts(booked.code)


async def test_what_is_booked_for_tomorrow_in_the_evening_has_no_reminder(
    office: Office,
) -> None:
    office.clock.moment = at(5, 18)
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    assert len(await office.texts()) == 1
    office.clock.moment = at(6, 8)
    assert await office.texts() == []


async def test_a_reminder_that_is_late_waits_for_the_morning(office: Office) -> None:
    """The node was down in the evening, and came up at night."""
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    await office.texts()
    office.clock.moment = at(6, 2)
    assert await office.texts() == []
    office.clock.moment = at(6, 8)
    assert len(await office.texts()) == 1


async def test_a_reminder_that_is_of_no_use_any_more_is_dropped(office: Office) -> None:
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    await office.texts()
    office.clock.moment = at(6, 9, 30)
    assert await office.texts() == []
    office.clock.moment = at(6, 12)
    assert await office.texts() == []


@pytest.mark.parametrize("wrong", [CarrierError("21614"), OutcomeUnknown("no answer")])
async def test_a_text_that_may_have_gone_is_not_sent_again(
    office: Office, wrong: CarrierError
) -> None:
    booked = await office.booked(at(6, 10))
    await office.book().send_texts(booked.code)
    office.post.wrong = wrong
    assert await office.texts() == []
    office.post.wrong = None
    assert await office.texts() == []


async def test_an_offer_says_until_when_a_time_is_kept(office: Office) -> None:
    wish = Wish("bicycle service", date(2026, 3, 6), date(2026, 3, 6))
    both = [await office.booked(at(6, 10)), await office.booked(at(6, 10), BO)]
    await office.book().waiting.join(
        replace(wish, not_before=at(6, 10).time(), begins_before=at(6, 10, 30).time()),
        "Ada",
        ADA,
        CallId("c"),
    )
    assert await office.errands().look_at_the_line() == 0
    await office.book().cancel(both[0].code)
    [kept] = await office.book().waiting.kept(ADA)
    [text] = await office.texts()
    assert text == (
        "Fjord Cycles: a time has become free: bicycle service on Friday 6 March at "
        f"10:00. It is kept for you until 10:30. To take it, call {OURS} and say the "
        f"code {kept.code}."
    )
    await office.book().waiting.take(kept.code, CallId("c"))
    [confirmation] = await office.texts()
    assert "your bicycle service is on Friday" in confirmation
    office.clock.moment = at(5, 17)
    [reminder] = await office.texts()
    assert "a reminder" in reminder


async def test_whoever_cannot_be_texted_does_not_hold_up_the_line(
    office: Office,
) -> None:
    full = [await office.booked(at(6, 10)), await office.booked(at(6, 10), BO)]
    wish = Wish("bicycle service", date(2026, 3, 6), date(2026, 3, 6), at(6, 10).time())
    wish = replace(wish, begins_before=at(6, 10, 30).time())
    for phone in (ADA, BO):
        await office.book().waiting.join(wish, "A", phone, CallId(phone))
        office.clock.moment += timedelta(minutes=1)
    await office.book().cancel(full[0].code)
    office.post.wrong = CarrierError("21614: not a mobile number")
    assert await office.texts() == []
    office.post.wrong = None
    assert await office.errands().look_at_the_line() == 1
    [text] = await office.texts()
    assert office.post.sent[-1][0] == BO
    assert "10:00" in text
