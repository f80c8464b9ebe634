"""A hundred callers ask for one time at once, each with a desk and a real book."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.domain.ids import CallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.storage import house as tables
from callcenter.storage.engine import Database
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.schema import upgrade
from callcenter.tools.registry import DEFINITIONS
from tests.tools.asking import read
from tests.tools.fakes import SUNDAY_NOON, FixedClock, House

CALLERS = 100
BOUND_S = 60.0
"""On a busy machine; alone it is five."""

ONE_STAND = replace(
    tables.FJORD_CYCLES, resources=tables.FJORD_CYCLES.resources[:1], country=""
)
ASKED = '{"service":"bicycle service","start":"2026-11-27T10:00","name":"Ada Lie"}'


@pytest.fixture(params=["sqlite", "postgresql"])
async def book(
    request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[AppointmentBook]:
    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
        await asyncio.to_thread(upgrade, url)
    database = Database.open(url)
    await tables.apply(database, ONE_STAND)
    yield AppointmentBook(database, ONE_STAND, now=lambda: SUNDAY_NOON)
    await database.close()


async def test_one_gets_it_and_the_others_hear_what_else_there_is(
    book: AppointmentBook,
) -> None:
    tool = DEFINITIONS["book_appointment"]
    tool = replace(tool, timeout_s=BOUND_S)  # what is promised is tested, not speed
    outcomes: Counter[ToolOutcome] = Counter()
    alternatives: list[list[str]] = []

    async def caller(number: int) -> None:
        house = House(f"+47555{number:05}", clock=FixedClock())
        desk = replace(house.desk, schedule=book, call_id=CallId(f"call-{number}"))
        result = await tool.run(desk, ASKED)
        outcomes[result.outcome] += 1
        if result.outcome is not ToolOutcome.OK:
            alternatives.append(read(result)["slots"])

    async with asyncio.timeout(BOUND_S), asyncio.TaskGroup() as group:
        for number in range(CALLERS):
            group.create_task(caller(number))
    assert outcomes == {ToolOutcome.OK: 1, ToolOutcome.FAILED: CALLERS - 1}
    offered = [f"2026-11-27T{clock}" for clock in ("09:00", "11:00", "11:30")]
    assert alternatives == [offered] * (CALLERS - 1)
