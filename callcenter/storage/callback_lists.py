"""Wishes to be called back, for people and programs, and what these may change."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.callbacks import AGAIN, CallbackState
from callcenter.domain.pseudonyms import either
from callcenter.errors import StorageError
from callcenter.storage import tables as t
from callcenter.storage.callback_tables import callback_tries, callbacks, opt_outs
from callcenter.storage.engine import Database
from callcenter.storage.history import plain

MOST: Final = 50

_ITS: Final = callbacks.c
_CANCELLABLE: Final = (CallbackState.WAITING, CallbackState.DIALLING)


class CallbackLists:
    """Plain data, ready for JSON; docs/callbacks.md promises its shape."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def listed(
        self, limit: int = MOST, *, state: CallbackState | None = None
    ) -> list[dict[str, Any]]:
        """What is still to be done first, then the newest."""
        asked = _asked().order_by(
            _ITS.settled_at.is_not(None), _ITS.asked_at.desc(), _ITS.id
        )
        if state is not None:
            asked = asked.where(_ITS.state == state)
        async with self._database.read() as connection:
            rows = await connection.execute(asked.limit(limit))
            return [plain(row) for row in rows.mappings()]

    async def show(self, key: str) -> dict[str, Any]:
        """One, by its id or how that begins, with its tries. Raises StorageError."""
        async with self._database.read() as connection:
            found = await _find(connection, key)
            tries = await connection.execute(
                select(callback_tries)
                .where(callback_tries.c.callback_id == found["id"])
                .order_by(callback_tries.c.started_at)
            )
            shown = [plain(row) for row in tries.mappings()]
            for one in shown:
                del one["open_number"], one["lease_until"], one["callback_id"]
            return {**found, "tried": shown}

    async def cancel(self, key: str, now: datetime) -> dict[str, Any]:
        """Dial it no more; what rings just now is told so. Raises StorageError."""
        async with self._database.write() as connection:
            found = await _find(connection, key)
            its = update(callbacks).where(
                _ITS.id == found["id"], _ITS.state.in_(_CANCELLABLE)
            )
            changed = its.values(state=CallbackState.CANCELLED, settled_at=now)
            if (await connection.execute(changed)).rowcount != 1:
                raise StorageError(
                    f"{found['id']} is {found['state']}: there is nothing to cancel."
                )
        return await self.show(found["id"])

    async def now(self, key: str, now: datetime) -> dict[str, Any]:
        """Have it dialled at once, with new tries. Raises StorageError."""
        async with self._database.write() as connection:
            found = await _find(connection, key)
            number = found["number"]
            never = select(opt_outs.c.number).where(
                opt_outs.c.number.in_(either(number))
            )
            if await connection.scalar(never):
                raise StorageError(
                    f"{number} shall never be called. Only whoever has it may undo "
                    f"that: callcenter callbacks optouts --remove {number}"
                )
            again = update(callbacks).where(
                _ITS.id == found["id"], _ITS.state.in_(AGAIN)
            )
            changed = again.values(
                state=CallbackState.WAITING,
                due_at=now,
                promised_at=now,
                tries=0,
                settled_at=None,
                why="",
            )
            if (await connection.execute(changed)).rowcount != 1:
                raise StorageError(
                    f"{found['id']} is {found['state']}: nobody is called twice."
                )
        return await self.show(found["id"])


def _asked() -> Select[Any]:
    columns: list[ColumnElement[Any]] = [
        column for column in _ITS if column.name != "sequence"
    ]
    return select(*columns, t.calls.c.caller_number.label("number")).join(
        t.calls, t.calls.c.id == _ITS.call_id
    )


async def _find(connection: AsyncConnection, key: str) -> dict[str, Any]:
    begins = _ITS.id.startswith(key, autoescape=True) | (_ITS.id == f"cb_{key}")
    asked = _asked().where(begins | (_ITS.call_id == key)).limit(2)
    found = [plain(row) for row in (await connection.execute(asked)).mappings()]
    exact = [one for one in found if one["id"] == key] or found
    if not key or not exact:
        raise StorageError(
            f"There is no callback {key!r}; `callcenter callbacks list` shows them."
        )
    if len(exact) > 1:
        raise StorageError(
            f"More than one callback begins with {key!r}: give more of its id."
        )
    return exact[0]
