"""Connections: which drivers, which settings, and what is said when there are none."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import insert

from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.engine import Database, exists, parse_url, shown


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://u@h/d", "postgresql+psycopg"),
        ("postgresql://u@h/d", "postgresql+psycopg"),
        ("postgresql+psycopg://u@h/d", "postgresql+psycopg"),
        ("sqlite:///calls.db", "sqlite+aiosqlite"),
    ],
)
def test_any_spelling_of_a_url_gets_our_drivers(given: str, driver: str) -> None:
    assert parse_url(given).drivername == driver


@pytest.mark.parametrize("given", ["", "calls.db", "mongodb+x://h/d", "oracle://h/d"])
def test_what_is_no_database_of_ours_is_refused_plainly(given: str) -> None:
    with pytest.raises(StorageError):
        Database.open(given)


@pytest.mark.parametrize("given", ["sqlite://", "sqlite+aiosqlite:///:memory:"])
def test_a_database_in_memory_is_refused_with_advice(given: str) -> None:
    with pytest.raises(StorageError, match="name a file"):
        parse_url(given)


async def test_a_password_is_never_told() -> None:
    url = "postgresql://ada:s3cret@127.0.0.1:1/calls?password=s3cret"
    assert "s3cret" not in shown(parse_url(url))
    database = Database.open(url)
    with pytest.raises(StorageError, match=r"127\.0\.0\.1:1/calls") as caught:
        async with database.read():
            pass
    assert "s3cret" not in str(caught.value)
    await database.close()


async def test_sqlite_is_set_for_many_readers_and_a_patient_writer(
    database: Database,
) -> None:
    async with database.read() as connection:
        found = [
            (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
            for name in ("journal_mode", "busy_timeout", "foreign_keys", "synchronous")
        ]
    assert found == ["wal", 5_000, 1, 1]


async def test_writers_wait_for_each_other(database: Database) -> None:
    """A deferred transaction would fail at once: SQLITE_BUSY_SNAPSHOT."""

    async def add(name: str) -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("SELECT count(*) FROM resources")
            await connection.execute(insert(t.resources).values(id=name))

    async with asyncio.TaskGroup() as group:
        for number in range(5):
            group.create_task(add(f"stand {number}"))
    async with database.read() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM resources")
        assert count.scalar_one() == 5


async def test_what_a_failed_block_wrote_is_gone(database: Database) -> None:
    async def fail() -> None:
        async with database.write() as connection:
            await connection.execute(insert(t.resources).values(id="stand"))
            raise LookupError

    with pytest.raises(LookupError):
        await fail()
    async with database.read() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM resources")
        assert count.scalar_one() == 0


def test_only_a_file_can_be_missing(tmp_path: Path) -> None:
    (tmp_path / "there.db").touch()
    assert exists(f"sqlite:///{tmp_path}/there.db")
    assert not exists(f"sqlite:///{tmp_path}/missing.db")
    assert exists("postgresql://nowhere/calls")
