"""A database that DATABASE_URL names, with or without calls."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from tests.storage.story import WHOLE_CALL, call


@pytest.fixture
def terminal() -> CliRunner:
    return CliRunner()


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "calls.db"
    monkeypatch.setenv("DATABASE_URL", f"sqlite+aiosqlite:///{path}")
    monkeypatch.chdir(tmp_path)
    return path


@pytest.fixture
async def two_calls(path: Path) -> None:
    """One that is over, and one whose operator is being rung."""
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url)
    database = Database.open(url)
    async with database.write() as connection:
        facts = [*call("7f3a"), *call("7fb0", WHOLE_CALL[:18])]
        await record.write(connection, facts)
    await database.close()
