"""Migrations lead to the schema that the program expects, and back."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from callcenter.errors import StorageError
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.schema import check, downgrade, migrations, upgrade
from callcenter.storage.tables import metadata


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "new.db"


@pytest.fixture
def new(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


def tables(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection, connection:
        found = connection.execute(
            # The index of words is several tables, of SQLite's own making.
            "SELECT name FROM sqlite_master WHERE type='table' "
            "AND name NOT GLOB 'call_words*'"
        )
        names = {name for (name,) in found}
    connection.close()
    return names


def test_migrations_lead_to_the_schema_of_the_program(new: str, path: Path) -> None:
    upgrade(new)
    assert check(new) == []
    assert tables(path) == {*metadata.tables, "alembic_version"}


def test_up_down_and_up_again(new: str, path: Path) -> None:
    upgrade(new)
    downgrade(new, "base")
    assert tables(path) == {"alembic_version"}
    upgrade(new)
    assert check(new) == []


def test_upgrading_twice_keeps_everything(new: str, path: Path) -> None:
    upgrade(new)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO resources (id) VALUES ('stand 1')")
    connection.close()
    upgrade(new)
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("SELECT id FROM resources").fetchall() == [
            ("stand 1",)
        ]
    connection.close()


async def test_a_running_event_loop_can_upgrade(new: str) -> None:
    await asyncio.to_thread(upgrade, new)
    database = Database.open(new)
    assert await History(database).list_calls() == []
    await database.close()


def test_tables_of_others_are_left_alone(new: str, path: Path) -> None:
    upgrade(new)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE theirs (id INTEGER PRIMARY KEY)")
    connection.close()
    assert check(new) == []


def test_a_missing_column_is_told(new: str, path: Path) -> None:
    upgrade(new)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("ALTER TABLE tickets DROP COLUMN details")
    connection.close()
    (problem,) = check(new)
    assert "details" in problem


def test_an_old_schema_says_what_to_do(new: str, path: Path) -> None:
    path.touch()
    (problem,) = check(new)
    assert "callcenter db upgrade" in problem


def test_checking_makes_no_database(new: str, path: Path) -> None:
    (problem,) = check(new)
    assert "no database yet" in problem
    assert not path.exists()


def test_a_schema_of_a_newer_version_is_refused_plainly(new: str, path: Path) -> None:
    upgrade(new)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StorageError, match="does not fit this version"):
        upgrade(new)


def test_an_unreachable_database_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be used: unable to open") as caught:
        upgrade(f"sqlite:///{tmp_path}/no/such/folder.db")
    assert "\n" not in str(caught.value)


def test_the_migrations_of_a_checkout_are_found() -> None:
    assert (migrations() / "env.py").is_file()
