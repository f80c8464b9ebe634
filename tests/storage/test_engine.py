"""Connections: which drivers, which settings, and what is said when there are none."""

import asyncio
import shutil
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import insert

from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.engine import Database, exists, parse_url, shown
from callcenter.storage.schema import check


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


async def test_a_writer_waits_for_one_that_reads_before_it_writes(
    database: Database,
) -> None:
    """A deferred transaction would fail at once: SQLITE_BUSY_SNAPSHOT."""
    first_is_done, second_has_read = asyncio.Event(), asyncio.Event()

    async def second() -> None:
        async with database.write() as connection:
            await connection.exec_driver_sql("SELECT count(*) FROM resources")
            second_has_read.set()
            await first_is_done.wait()
            await connection.execute(insert(t.resources).values(id="second"))

    async with asyncio.TaskGroup() as group:
        async with database.write() as connection:
            await connection.exec_driver_sql("SELECT count(*) FROM resources")
            group.create_task(second())
            with suppress(TimeoutError):  # it cannot: that is the point
                await asyncio.wait_for(second_has_read.wait(), 0.1)
            await connection.execute(insert(t.resources).values(id="first"))
        first_is_done.set()
    async with database.read() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM resources")
        assert count.scalar_one() == 2


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


# Whether it can be written.


async def test_a_database_that_works_passes_its_check_and_keeps_its_version(
    database: Database, url: str
) -> None:
    for _ in range(2):
        await database.check()
    assert check(url) == []


async def test_a_file_that_was_deleted_under_us_is_noticed(
    database: Database, tmp_path: Path
) -> None:
    await database.check()
    (tmp_path / "calls.db").unlink()
    with pytest.raises(StorageError, match="is gone"):
        await database.check()
    assert not (tmp_path / "calls.db").exists(), "nor made anew, without tables"


async def test_a_file_that_was_replaced_under_us_is_noticed(
    database: Database, migrated: Path, tmp_path: Path
) -> None:
    await database.check()
    shutil.copy(migrated, tmp_path / "other.db")
    (tmp_path / "other.db").replace(tmp_path / "calls.db")
    with pytest.raises(StorageError, match="restart it"):
        await database.check()


async def test_a_file_that_can_only_be_read_is_noticed(database: Database) -> None:
    async with database.read() as connection:
        # Root may write everything, so the connection must refuse; the pool has one.
        await connection.exec_driver_sql("PRAGMA query_only = ON")
    with pytest.raises(StorageError, match="readonly"):
        await database.check()


async def test_a_database_without_our_tables_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "empty.db").touch()
    database = Database.open(f"sqlite:///{tmp_path}/empty.db")
    with pytest.raises(StorageError, match="no such table"):
        await database.check()
    await database.close()
