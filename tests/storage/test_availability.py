"""What is free: buffers, who can do what, days off; and that the house can change."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.house import Closure, House, Resource, SpecialHours, WeekTime
from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Service, Slot
from callcenter.errors import SlotTaken, StorageError
from callcenter.storage import holidays, house as tables
from callcenter.storage.engine import Database
from callcenter.storage.schedule import AppointmentBook

OSLO = ZoneInfo("Europe/Oslo")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 3, 2)

SALON = House(
    name="Salon",
    zone=OSLO,
    week=tuple(WeekTime(day, time(9), time(12)) for day in range(7)),
    services=(
        Service("cut", 30, after_minutes=10),
        Service("colour", 60, "", 15, 30, ("Anna",)),
        Service("wash", 15),
    ),
    resources=(
        Resource("Anna", "staff", (WeekTime(0, time(9), time(12)),)),
        Resource("chair", "room"),
    ),
    country="NO",
)


async def opened(database: Database, house: House = SALON) -> AppointmentBook:
    await tables.apply(database, house)
    return AppointmentBook(database, house, now=lambda: LONG_AGO)


async def free(
    book: AppointmentBook, service: str, day: date = MONDAY, **more: str
) -> list[str]:
    slots = await book.free_slots(service, day, 1, LONG_AGO, **more)
    return [f"{one.starts_at:%H:%M} {one.resource}" for one in slots]


async def book_at(book: AppointmentBook, service: str, clock: str, **more: str) -> str:
    slots = await book.free_slots(service, MONDAY, 1, LONG_AGO, **more)
    [slot] = [one for one in slots if f"{one.starts_at:%H:%M}" == clock]
    booked = await book.book(slot, "Ada", "+47", CallId(f"{service}{clock}"), most=99)
    return booked.code


async def test_only_those_who_can_do_a_service_are_offered_for_it(
    database: Database,
) -> None:
    book = await opened(database)
    assert {one.split()[1] for one in await free(book, "colour")} == {"Anna"}
    assert await free(book, "colour", date(2026, 3, 3)) == []  # Anna's day off
    assert len(await free(book, "cut", date(2026, 3, 3))) == 6
    assert {one.split()[1] for one in await free(book, "cut", resource="chair")} == {
        "chair"
    }


async def test_a_buffer_is_nobody_else_s_time(database: Database) -> None:
    """Colour from ten to eleven, ready from a quarter to ten, done at half past."""
    book = await opened(database)
    await book_at(book, "colour", "10:00")
    left = [one[:5] for one in await free(book, "cut", resource="Anna")]
    assert left == ["09:00", "11:30"]
    colour = await book.free_slots("colour", MONDAY, 1, LONG_AGO)
    assert [f"{one.starts_at:%H:%M}" for one in colour] == []


async def test_an_overlap_in_the_buffer_alone_is_refused(database: Database) -> None:
    book = await opened(database)
    await book_at(book, "cut", "09:00", resource="Anna")
    start = datetime(2026, 3, 2, 9, 30, tzinfo=OSLO)
    with pytest.raises(SlotTaken):
        await book.book(
            Slot("wash", "Anna", start, 15), "Bo", "+48", CallId("b"), most=5
        )


async def test_a_buffer_may_reach_beyond_closing_time(database: Database) -> None:
    book = await opened(database)
    assert (await free(book, "cut"))[-1].startswith("11:30")


async def test_an_appointment_moves_into_its_own_time(database: Database) -> None:
    book = await opened(database)
    code = await book_at(book, "colour", "10:00")
    assert await free(book, "colour") == []
    own = await book.free_slots("colour", MONDAY, 1, LONG_AGO, moving=code)
    assert [f"{one.starts_at:%H:%M}" for one in own] == [
        *("09:00", "09:30", "10:00", "10:30", "11:00")
    ]
    moved = await book.move(code, own[1])
    assert (moved.slot.starts_at.minute, moved.revision) == (30, 1)


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 5, 14), "Ascension Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2027, 1, 1), "New Year's Day"),
    ],
)
async def test_public_holidays_are_closed_in_any_year(
    database: Database, day: date, name: str
) -> None:
    book = await opened(database)
    assert await free(book, "cut", day) == []
    assert await book.opening_times(day, 1) == []
    assert await book.closed_for(day) == name


async def test_without_a_country_there_are_no_holidays(database: Database) -> None:
    book = await opened(database, replace(SALON, country=""))
    assert await free(book, "cut", date(2026, 12, 25)) != []
    assert await book.closed_for(date(2026, 12, 25)) is None


def test_a_country_that_does_not_exist_is_told() -> None:
    assert not holidays.known("NO")
    assert "XX" in holidays.known("XX")
    assert "Atlantis" in holidays.known("NO", "Atlantis")


async def test_closures_and_special_hours_are_kept(database: Database) -> None:
    house = replace(
        SALON,
        closures=(
            Closure(MONDAY, MONDAY, "the fair"),
            Closure(date(2026, 3, 9), date(2026, 3, 9), resource="Anna"),
        ),
        special_hours=(SpecialHours(date(2026, 12, 25), time(10), time(11)),),
    )
    book = await opened(database, house)
    assert await free(book, "cut") == []
    assert await book.closed_for(MONDAY) == "the fair"
    assert await free(book, "colour", date(2026, 3, 9)) == []
    assert len(await free(book, "cut", date(2026, 3, 9))) == 6
    assert len(await free(book, "cut", date(2026, 12, 25))) == 2


async def test_nothing_is_booked_or_moved_into_the_past(database: Database) -> None:
    book = await opened(database)
    code = await book_at(book, "wash", "09:00")
    late = AppointmentBook(
        database, SALON, now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC)
    )
    gone = Slot("wash", "chair", datetime(2026, 3, 2, 10, tzinfo=OSLO), 15)
    with pytest.raises(StorageError, match="past"):
        await late.book(gone, "Bo", "+48", CallId("b"), most=5)
    with pytest.raises(StorageError, match="past"):
        await late.move(code, gone)


async def test_a_night_s_opening_belongs_to_both_its_days(database: Database) -> None:
    club = replace(
        SALON,
        week=(WeekTime(4, time(22), time(2)),),
        services=(Service("cut", 30),),
        resources=(Resource("chair"),),
        country="",
    )
    book = await opened(database, club)
    friday, saturday = date(2026, 3, 6), date(2026, 3, 7)
    assert [one[:5] for one in await free(book, "cut", friday)] == [
        *("22:00", "22:30", "23:00", "23:30")
    ]
    assert (await free(book, "cut", saturday))[0].startswith("00:00")


async def test_a_house_that_changes_keeps_its_appointments(database: Database) -> None:
    book = await opened(database)
    code = await book_at(book, "colour", "10:00")
    smaller = replace(
        SALON,
        services=(Service("cut", 45), Service("shave", 20)),
        resources=(Resource("chair"), Resource("Bo", "staff")),
        week=(WeekTime(0, time(10), time(12)),),
    )
    book = await opened(database, smaller)
    assert [one.name for one in await book.services()] == ["cut", "shave"]
    assert await book.resources() == ["chair", "Bo"]
    assert await free(book, "colour") == []
    assert (await free(book, "cut"))[0].startswith("10:00")
    held = await book.find(code)
    assert held is not None
    assert (held.slot.service, held.cancelled) == ("colour", False)
    again = await opened(database)
    assert await again.resources() == ["Anna", "chair"]
    assert "10:00 Anna" not in await free(again, "colour")


async def test_applying_a_house_twice_changes_nothing(database: Database) -> None:
    book = await opened(database)
    before = (await book.services(), await book.resources(), await free(book, "cut"))
    await opened(database)
    assert before == (
        await book.services(),
        await book.resources(),
        await free(book, "cut"),
    )
