"""Made-up calls are stored quickly, and as real ones would be."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from callcenter.domain.ids import CallId
from callcenter.storage import record
from callcenter.storage.bulk import PROJECTED, fill, real_calls
from callcenter.storage.engine import Database
from callcenter.storage.filters import Which
from callcenter.storage.made_up import made_up_calls
from callcenter.storage.rebuilding import rebuild_all
from callcenter.storage.record_tables import call_figures, call_texts
from callcenter.storage.search import CallSearch
from callcenter.storage.tables import calls
from tests.storage.story import call

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TABLES = (calls, call_figures, call_texts, *PROJECTED)


async def everything(database: Database) -> dict[str, list[Any]]:
    async with database.read() as connection:
        return {
            table.name: sorted(
                map(repr, (await connection.execute(select(table))).all())
            )
            for table in TABLES
        }


async def test_they_are_what_the_ledger_would_have_made_of_them(
    database: Database,
) -> None:
    steps = list[int]()
    assert (
        await fill(database, made_up_calls(60, seed=3, until=NOON), steps.append) == 60
    )
    assert sum(steps) == 60
    before = await everything(database)
    assert all(before.values()), "there is something of every kind"
    await rebuild_all(database, steps.append)
    after = await everything(database)
    for name, rows in before.items():
        if name != "call_figures":  # its sums differ in the last digit
            assert after[name] == rows, name
    assert sum(steps) == 120
    found = await CallSearch(database).page(Which(text="bicycle"))
    assert found.calls


async def test_the_same_seed_makes_the_same_calls() -> None:
    one, same, other = (
        list(made_up_calls(5, seed=seed, until=NOON)) for seed in (1, 1, 2)
    )
    assert one == same != other


async def test_real_calls_are_told_from_made_up_ones(database: Database) -> None:
    await fill(database, made_up_calls(3, seed=1, until=NOON), lambda _: None)
    assert await real_calls(database) == 0
    async with database.write() as connection:
        await record.write(connection, call("real"))
        await record.rebuild(connection, CallId("real"))
    assert await real_calls(database) == 1
