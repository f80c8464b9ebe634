"""The appointment book: what is free, and that nothing is given away twice."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Appointment, Slot
from callcenter.errors import SlotTaken, StorageError
from callcenter.storage import house
from callcenter.storage.engine import Database
from callcenter.storage.schedule import AppointmentBook

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = date(2026, 3, 2)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
CALL = CallId("call-1")
PHONE = "+4799999999"
STAND, OTHER_STAND = (one.name for one in house.FJORD_CYCLES.resources)


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=OSLO)


def slot(hour: int, minute: int = 0, *, stand: str = STAND) -> Slot:
    return Slot("bicycle service", stand, at(hour, minute), 60)


@pytest.fixture
async def book(database: Database) -> AppointmentBook:
    await house.seed(database)
    return AppointmentBook(database, now=lambda: LONG_AGO)


async def booked(book: AppointmentBook, wanted: Slot, call: str = CALL) -> Appointment:
    return await book.book(wanted, "Anna Berg", PHONE, CallId(call), most=100)


async def test_a_first_start_opens_a_bicycle_shop_and_a_second_leaves_it(
    database: Database, book: AppointmentBook
) -> None:
    assert not await house.seed(database)
    assert [(one.name, one.minutes) for one in await book.services()] == [
        ("bicycle service", 60),
        ("puncture repair", 30),
        ("bike fitting", 45),
        ("rental pick-up", 15),
    ]
    assert book.zone == OSLO


async def test_the_week_has_its_opening_times(book: AppointmentBook) -> None:
    times = await book.opening_times(MONDAY, 7)
    assert [one.day.weekday() for one in times] == [0, 1, 2, 3, 4, 5]
    assert (times[0].opens_at, times[0].closes_at) == (at(9), at(17))
    saturday = times[-1]
    assert (saturday.opens_at.hour, saturday.closes_at.hour) == (10, 15)


async def test_free_slots_begin_on_the_half_hour_once_each(
    book: AppointmentBook,
) -> None:
    free = await book.free_slots("bicycle service", MONDAY, 1, LONG_AGO)
    assert [one.starts_at for one in free] == [
        at(9) + timedelta(minutes=30 * n) for n in range(15)
    ]
    assert free[-1].ends_at == at(17)
    assert {one.starts_at.tzinfo for one in free} == {OSLO}


async def test_only_times_to_come_are_free(book: AppointmentBook) -> None:
    free = await book.free_slots("bicycle service", MONDAY, 1, at(15, 30))
    assert [one.starts_at for one in free] == [at(16)]
    assert await book.free_slots("bicycle service", MONDAY, 1, at(16)) == []


async def test_nothing_is_free_for_an_unknown_service(book: AppointmentBook) -> None:
    assert await book.free_slots("haircut", MONDAY, 1, LONG_AGO) == []


async def test_a_time_is_free_until_every_stand_is_taken(book: AppointmentBook) -> None:
    async def free_at_ten() -> list[str]:
        free = await book.free_slots("bicycle service", MONDAY, 1, LONG_AGO)
        return [one.resource for one in free if one.starts_at == at(10)]

    assert await free_at_ten() == [STAND]
    await booked(book, slot(9, 30))
    assert await free_at_ten() == [OTHER_STAND]
    await booked(book, slot(10, 30, stand=OTHER_STAND))
    assert await free_at_ten() == []


async def test_twenty_callers_want_one_slot_and_one_gets_it(
    url: str, book: AppointmentBook
) -> None:
    got: list[str] = []
    refused: list[SlotTaken] = []

    async def try_to_book(number: int) -> None:
        own = Database.open(url)
        try:
            appointment = await booked(
                AppointmentBook(own, now=lambda: LONG_AGO), slot(10), f"call-{number}"
            )
            got.append(appointment.code)
        except SlotTaken as error:
            refused.append(error)
        finally:
            await own.close()

    async with asyncio.TaskGroup() as group:
        for number in range(20):
            group.create_task(try_to_book(number))
    assert (len(got), len(refused)) == (1, 19)
    assert len(await book.coming(PHONE, LONG_AGO)) == 1


@pytest.mark.parametrize("start", [(9, 15), (10, 0), (10, 45)])
async def test_an_overlap_is_a_double_booking_too(
    book: AppointmentBook, start: tuple[int, int]
) -> None:
    await booked(book, slot(10))
    with pytest.raises(SlotTaken):
        await booked(book, slot(*start), "call-2")


async def test_neighbours_do_not_overlap(book: AppointmentBook) -> None:
    for hour in (9, 10, 11):
        await booked(book, slot(hour), f"call-{hour}")
    assert len(await book.coming(PHONE, LONG_AGO)) == 3


async def test_booking_again_in_the_same_call_gives_the_same_appointment(
    book: AppointmentBook,
) -> None:
    first = await booked(book, slot(10))
    assert await booked(book, slot(10)) == first


async def test_what_does_not_exist_cannot_be_booked(book: AppointmentBook) -> None:
    with pytest.raises(StorageError, match="does it exist"):
        await booked(book, Slot("haircut", STAND, at(10), 60))


async def test_an_appointment_is_found_however_its_code_is_spelled(
    book: AppointmentBook,
) -> None:
    appointment = await booked(book, slot(10))
    code = appointment.code
    assert await book.find(code) == appointment
    assert await book.find(f" {code[:2].lower()}-{code[2:]} ") == appointment
    assert await book.find("00000") is None


async def test_only_coming_appointments_of_this_number_are_told(
    book: AppointmentBook,
) -> None:
    ten = await booked(book, slot(10))
    await book.book(slot(11), "Bo", "+4711111111", CALL, most=5)
    cancelled = await booked(book, slot(12))
    await book.cancel(cancelled.code)
    assert await book.coming(PHONE, at(9)) == [ten]
    assert await book.coming(PHONE, at(10, 1)) == []
    assert [one.slot.starts_at for one in await book.latest()] == [
        at(12),
        at(11),
        at(10),
    ]


async def test_a_moved_appointment_frees_its_old_time(book: AppointmentBook) -> None:
    appointment = await booked(book, slot(10))
    moved = await book.move(appointment.code, slot(10, 30))
    assert moved.slot.starts_at == at(10, 30)
    assert moved.revision == 1
    assert await book.find(appointment.code) == moved
    await booked(book, slot(9, 30), "call-2")


async def test_a_move_to_a_taken_time_keeps_the_old_one(
    database: Database, book: AppointmentBook
) -> None:
    mine = await booked(book, slot(10))
    await booked(book, slot(12), "call-2")
    with pytest.raises(SlotTaken):
        await book.move(mine.code, slot(11, 30))
    assert await book.find(mine.code) == mine
    with pytest.raises(SlotTaken):
        await booked(book, slot(10), "call-3")


async def test_a_cancelled_time_can_be_booked_again(book: AppointmentBook) -> None:
    appointment = await booked(book, slot(10))
    assert (await book.cancel(appointment.code)).cancelled
    assert (await book.cancel(appointment.code)).cancelled
    again = await booked(book, slot(10))
    assert again.code != appointment.code
    with pytest.raises(StorageError, match="not booked"):
        await book.move(appointment.code, slot(14))


@pytest.mark.parametrize("change", ["move", "cancel"])
async def test_a_code_that_nobody_has_is_refused(
    book: AppointmentBook, change: str
) -> None:
    with pytest.raises(StorageError, match="no appointment with the code 'XXXXX'"):
        await (
            book.move("XXXXX", slot(9)) if change == "move" else book.cancel("XXXXX")
        )
