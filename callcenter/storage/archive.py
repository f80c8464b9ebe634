"""Calls, one after the other, for whoever takes them elsewhere: the oldest first.

Read page by page, by where the last one ended: memory stays small however many there
are, and calls that come meanwhile move nothing.
"""

from collections.abc import AsyncIterator
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from callcenter.storage import tables as t
from callcenter.storage.engine import Database
from callcenter.storage.filters import Which as Which  # noqa: PLC0414  # beside whom it asks
from callcenter.storage.history import CALL_COLUMNS, History, plain
from callcenter.storage.record_tables import call_figures

PAGE: Final = 200
"""Calls in memory at a time."""

_CALLS: Final = t.calls.join(call_figures, call_figures.c.call_id == t.calls.c.id)


class Archive:
    """Reads whole stories, or a row of each call, in the shapes of History."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._history = History(database)

    async def count(self, which: Which) -> int:
        """How many calls there are of these."""
        asked = select(func.count()).select_from(_CALLS).where(*self._fit(which))
        async with self._database.read() as connection:
            return await connection.scalar(asked) or 0

    async def stories(self, which: Which) -> AsyncIterator[dict[str, Any]]:
        """Everything of each call, as `show_call` has it."""
        async for row in self.rows(which):
            story = await self._history.show_call(row["id"])
            if story is not None:  # it may be erased while we read
                yield story

    async def rows(self, which: Which) -> AsyncIterator[dict[str, Any]]:
        """Each call's own row, as `list_calls` has it."""
        began, call_id = t.calls.c.started_at, t.calls.c.id
        beyond: list[ColumnElement[bool]] = []
        while True:
            asked = select(*CALL_COLUMNS).select_from(_CALLS)
            asked = asked.where(*self._fit(which), *beyond)
            asked = asked.order_by(began, call_id).limit(PAGE)
            async with self._database.read() as connection:
                page = (await connection.execute(asked)).mappings().all()
            for row in page:
                yield plain(row)
            if len(page) < PAGE:
                return
            last = page[-1]
            # Not every database compares pairs as it compares their members.
            later = and_(began == last["started_at"], call_id > last["id"])
            beyond = [or_(began > last["started_at"], later)]

    def _fit(self, which: Which) -> list[ColumnElement[bool]]:
        return [*which.conditions, *which.said(self._database.dialect)]
