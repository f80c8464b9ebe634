"""Filters that somebody gave a name, to look at the same calls again tomorrow."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select

from callcenter.errors import StorageError
from callcenter.storage.engine import Database
from callcenter.storage.filters import Which
from callcenter.storage.history import plain
from callcenter.storage.record_tables import saved_views

MOST_VIEWS: Final = 100
"""Of one owner."""

LONGEST_NAME: Final = 80

_its: Final = saved_views.c


class SavedViews:
    """Everybody has their own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, owner: str) -> list[dict[str, Any]]:
        """`name`, `filters` (as `Which.of` takes them) and `saved_at`, by name."""
        asked = select(_its.name, _its.filters, _its.saved_at)
        asked = asked.where(_its.owner == owner).order_by(_its.name)
        async with self._database.read() as connection:
            return [plain(row) for row in (await connection.execute(asked)).mappings()]

    async def save(self, owner: str, name: str, which: Which, now: datetime) -> None:
        """Keep it, in place of one of the same name. Raises StorageError."""
        name = " ".join(name.split())
        if not 0 < len(name) <= LONGEST_NAME:
            raise StorageError(f"A view's name has 1 to {LONGEST_NAME} characters.")
        async with self._database.write() as connection:
            await connection.execute(
                delete(saved_views).where(_its.owner == owner, _its.name == name)
            )
            counted = select(func.count()).where(_its.owner == owner)
            if (await connection.scalar(counted) or 0) >= MOST_VIEWS:
                raise StorageError(f"{MOST_VIEWS} views are the most: remove one.")
            row = {"owner": owner, "name": name, "filters": which.plain()}
            await connection.execute(insert(saved_views).values(**row, saved_at=now))

    async def remove(self, owner: str, name: str) -> bool:
        """False when there is no such view."""
        its = delete(saved_views).where(_its.owner == owner, _its.name == name)
        async with self._database.write() as connection:
            return (await connection.execute(its)).rowcount == 1
