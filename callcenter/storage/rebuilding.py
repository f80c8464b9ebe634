"""Building again what people ask of all calls, a few at a time, while calls go on."""

from collections.abc import Callable
from typing import Final

from sqlalchemy import func, select

from callcenter.domain.ids import CallId
from callcenter.storage import tables as t
from callcenter.storage.engine import Database
from callcenter.storage.record import rebuild

CALLS_AT_ONCE: Final = 20
"""In one transaction: the ledger waits for less than a tenth of a second."""


async def how_many(database: Database) -> int:
    async with database.read() as connection:
        counted = await connection.scalar(select(func.count()).select_from(t.calls))
        return counted or 0


async def rebuild_all(database: Database, advance: Callable[[int], None]) -> int:
    """Returns how many calls were built again. Harmless at any time, also twice."""
    done, last = 0, ""
    while True:
        asked = select(t.calls.c.id).where(t.calls.c.id > last).order_by(t.calls.c.id)
        async with database.write() as connection:
            ids = list(await connection.scalars(asked.limit(CALLS_AT_ONCE)))
            for call_id in ids:
                await rebuild(connection, CallId(call_id))
        if not ids:
            return done
        done, last = done + len(ids), ids[-1]
        advance(len(ids))
