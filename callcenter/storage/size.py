"""How much room the database takes."""

from pathlib import Path
from typing import Final

from sqlalchemy import text

from callcenter.storage.engine import Database, is_sqlite

BESIDE: Final = ("", "-wal", "-shm")
"""SQLite's files, by the ends of their names."""


async def size_of(database: Database) -> int:
    """In bytes. Raises StorageError."""
    if is_sqlite(database.url):
        files = [Path(f"{database.url.database}{end}") for end in BESIDE]
        return sum(one.stat().st_size for one in files if one.exists())
    async with database.read() as connection:
        asked = text("SELECT pg_database_size(current_database())")
        return int(await connection.scalar(asked) or 0)
