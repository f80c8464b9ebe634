"""A database of its own for every test, on a file, as in production."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Migrating takes a while, and copying does not."""
    path = tmp_path_factory.mktemp("schema") / "empty.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture
def url(migrated: Path, tmp_path: Path) -> str:
    path = tmp_path / "calls.db"
    shutil.copy(migrated, path)
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    database = Database.open(url)
    yield database
    await database.close()
