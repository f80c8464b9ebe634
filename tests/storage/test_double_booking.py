"""A hundred callers want the same time. One gets it, on either database."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from callcenter.domain.ids import CallId
from callcenter.domain.schedule import Slot
from callcenter.errors import SlotTaken, StorageError, TooManyAppointments
from callcenter.storage import house, tables as t
from callcenter.storage.engine import Database
from callcenter.storage.schedule import AppointmentBook

OSLO = ZoneInfo("Europe/Oslo")
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MONDAY = date(2026, 3, 2)
STAND, OTHER_STAND = (one.name for one in house.FJORD_CYCLES.resources)
CALLERS = 100
BOUND_S = 30.0
"""What a hundred at once may take on a busy machine; alone it is one to three."""


def slot(hour: int, stand: str = STAND) -> Slot:
    start = datetime(2026, 3, 2, hour, tzinfo=OSLO)
    return Slot("bicycle service", stand, start, 60)


@pytest.fixture(params=["sqlite", "postgresql"])
async def nodes(request: pytest.FixtureRequest) -> AsyncIterator[list[AppointmentBook]]:
    """Sixteen nodes on one database, four to each pool of connections."""
    fixture = "url" if request.param == "sqlite" else "postgres_url"
    url = request.getfixturevalue(fixture)
    databases = [Database.open(url) for _ in range(4)]
    await house.seed(databases[0])
    yield [AppointmentBook(one, now=lambda: LONG_AGO) for one in databases * 4]
    for one in databases:
        await one.close()


async def all_at_once(
    nodes: list[AppointmentBook], wanted: list[Slot], phone: str = ""
) -> Counter[str]:
    """What became of each wish, by name; nothing else may be raised."""
    outcomes: Counter[str] = Counter()

    async def want(number: int, one: Slot) -> None:
        book = nodes[number % len(nodes)]
        own = phone or f"+47555{number:05}"
        try:
            await book.book(one, "Anna", own, CallId(f"call-{number}"), most=5)
            outcomes["booked"] += 1
        except SlotTaken:
            outcomes["taken"] += 1
        except TooManyAppointments:
            outcomes["too many"] += 1

    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        for number, one in enumerate(wanted):
            group.create_task(want(number, one))
    return outcomes


async def test_a_hundred_callers_want_one_slot_and_one_gets_it(
    nodes: list[AppointmentBook],
) -> None:
    outcomes = await all_at_once(nodes, [slot(10)] * CALLERS)
    assert outcomes == {"booked": 1, "taken": CALLERS - 1}
    async with nodes[0]._database.read() as connection:
        count = select(func.count())
        assert await connection.scalar(count.select_from(t.appointments)) == 1
        assert await connection.scalar(count.select_from(t.appointment_slots)) == 4
    free = await nodes[0].free_slots("bicycle service", MONDAY, 1, LONG_AGO)
    assert slot(10, OTHER_STAND) in free


async def test_overlapping_wishes_are_served_as_far_as_they_fit(
    nodes: list[AppointmentBook],
) -> None:
    """Hours and half hours, all mixed: never two at the same time."""
    halves = [
        Slot(one.service, one.resource, one.starts_at.replace(minute=30), 60)
        for one in map(slot, range(9, 14))
    ]
    wanted = [*map(slot, range(9, 14)), *halves] * 4
    outcomes = await all_at_once(nodes, wanted)
    assert set(outcomes) == {"booked", "taken"}
    assert sum(outcomes.values()) == len(wanted)
    held = sorted(await nodes[0].latest(), key=lambda one: one.slot.starts_at)
    assert len(held) == outcomes["booked"]
    for one, following in pairwise(held):
        assert one.slot.ends_at <= following.slot.starts_at


async def test_one_number_cannot_have_more_by_asking_all_at_once(
    nodes: list[AppointmentBook],
) -> None:
    wanted = [
        slot(hour, stand) for stand in (STAND, OTHER_STAND) for hour in range(9, 17)
    ]
    outcomes = await all_at_once(nodes, wanted, phone="+4755500000")
    assert outcomes == {"booked": 5, "too many": 11}
    assert len(await nodes[0].coming("+4755500000", LONG_AGO)) == 5


async def test_two_who_swap_their_times_do_not_wait_for_each_other(
    nodes: list[AppointmentBook],
) -> None:
    """Each wants what the other has: both are refused, and neither loses anything."""
    codes = []
    for number, hour in enumerate((10, 12)):
        booked = await nodes[0].book(
            slot(hour), "Anna", f"+4{number}", CallId(f"c{number}"), most=5
        )
        codes.append(booked.code)
    refused: list[SlotTaken] = []

    async def swap(place: int, hour: int) -> None:
        try:
            await nodes[place].move(codes[place], slot(hour))
        except SlotTaken as error:
            refused.append(error)

    for _ in range(5):
        async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
            group.create_task(swap(0, 12))
            group.create_task(swap(1, 10))
    assert len(refused) == 10
    found = [await nodes[0].find(code) for code in codes]
    assert [one and one.slot.starts_at.hour for one in found] == [10, 12]


async def test_a_move_and_a_cancellation_at_once_leave_no_ghost(
    nodes: list[AppointmentBook],
) -> None:
    """A cancelled appointment keeps no time, whoever came first."""
    booked = await nodes[0].book(slot(10), "Anna", "+47", CallId("c"), most=5)

    async def move() -> None:
        with suppress(StorageError):  # when the cancellation was first
            await nodes[1].move(booked.code, slot(12))

    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        group.create_task(move())
        group.create_task(nodes[2].cancel(booked.code))
    async with nodes[0]._database.read() as connection:
        count = select(func.count()).select_from(t.appointment_slots)
        assert await connection.scalar(count) == 0
