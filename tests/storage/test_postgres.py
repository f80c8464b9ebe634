"""Calls on PostgreSQL: the same programs, and the same answers."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import text

from callcenter.domain.ids import CallId
from callcenter.errors import StorageError
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.ledger import Ledger
from callcenter.storage.schema import check, downgrade, upgrade
from tests.storage.story import call


@pytest.fixture
async def on_postgres(postgres_url: str) -> AsyncIterator[Database]:
    database = Database.open(postgres_url)
    yield database
    await database.close()


async def store(database: Database, journal: Path) -> None:
    """Two calls, written by two nodes at once."""
    async with asyncio.TaskGroup() as group:
        for name in ("one", "two"):
            ledger = Ledger(database, journal.with_name(name))
            writer = group.create_task(ledger.run())
            for fact in call(name):
                ledger.append(fact)
            assert await ledger.flush(10), ledger.problem
            writer.cancel()


def test_migrations_lead_to_the_schema_of_the_program_and_back(
    postgres_url: str,
) -> None:
    assert check(postgres_url) == []
    downgrade(postgres_url, "base")
    (problem,) = check(postgres_url)
    assert "callcenter db upgrade" in problem
    upgrade(postgres_url)
    assert check(postgres_url) == []


async def test_a_call_is_told_as_it_is_on_sqlite(
    database: Database, on_postgres: Database, tmp_path: Path
) -> None:
    for one in (database, on_postgres):
        await store(one, tmp_path / "facts.jsonl")
    theirs, ours = History(on_postgres), History(database)
    assert await theirs.facts_of(CallId("one")) == call("one")
    assert await theirs.show_call("one") == await ours.show_call("one")
    assert await theirs.list_calls() == await ours.list_calls()


async def test_a_server_that_was_restarted_is_used_again(
    on_postgres: Database, tmp_path: Path
) -> None:
    """Its pooled connections are dead, and nobody has told us."""
    await store(on_postgres, tmp_path / "facts.jsonl")
    killer = Database.open(on_postgres.url.render_as_string(hide_password=False))
    async with killer.read() as connection:
        killed = await connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
        assert killed.rowcount >= 1
    await killer.close()
    assert await History(on_postgres).facts_of(CallId("one")) == call("one")


async def test_a_server_that_can_only_be_read_is_noticed(
    on_postgres: Database, postgres_url: str
) -> None:
    """As a standby is, to which the name leads after a failover."""
    await on_postgres.check()
    administrator = Database.open(postgres_url)
    async with administrator.write() as connection:
        await connection.execute(
            text(
                "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET "
                "default_transaction_read_only = on', current_database()); END $$"
            )
        )
    await administrator.close()
    await on_postgres.close()  # a new connection, as after a failover
    with pytest.raises(StorageError, match="read-only"):
        await on_postgres.check()
