"""Wishes to be called back, as nodes work on them: found, claimed, tried, settled.

A try is written down before the carrier is asked to dial, in the transaction that
claims its wish; so of all nodes one dials, and whoever comes later knows of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import RowMapping, Select, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.callbacks import CallbackState
from callcenter.domain.ids import CallbackId, CallbackTryId
from callcenter.domain.pseudonyms import either
from callcenter.storage import tables as t
from callcenter.storage.callback_tables import callback_tries, callbacks, opt_outs
from callcenter.storage.engine import Database

AT_ONCE: Final = 20
"""Wishes looked at in one round; the rest wait for the next."""

A_DAY: Final = timedelta(days=1)

_ITS: Final = callbacks.c
_TRIES: Final = callback_tries.c


@dataclass(frozen=True, slots=True)
class Due:
    """A wish whose time has come."""

    callback_id: CallbackId
    number: str
    """Of the call in which it was wished: it really called us."""
    due_at: datetime
    promised_at: datetime
    topic: str
    queued_at: datetime | None
    opted_out: bool
    tries_of_number: int
    """In a day, for whatever wish: the number may be forged, and somebody else's."""


class CallbackBook:
    """The wishes; what became of tries is in callcenter.storage.callback_tries."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(self, now: datetime) -> Sequence[Due]:
        """What should be dialled at its time, the longest due first."""
        at_their_time = _ITS.queued_at.is_(None)
        return await self._due(_due(now).where(at_their_time).order_by(_ITS.due_at))

    async def in_line(self, now: datetime) -> Sequence[Due]:
        """Those who keep their place in the waiting line, the first in line first."""
        waited = _ITS.queued_at.is_not(None)
        asked = _due(now).where(waited).order_by(_ITS.queued_at, _ITS.id)
        return await self._due(asked)

    async def claim(
        self, due: Due, try_id: CallbackTryId, now: datetime, lease_until: datetime
    ) -> bool:
        """Whether it is ours to dial. False: another node's, or not wanted any more.

        Nor is it while the number is being dialled for another wish.
        """
        claimed = (
            update(callbacks)
            .where(
                _ITS.id == due.callback_id,
                _ITS.state == CallbackState.WAITING,
                _ITS.due_at == due.due_at,
                ~_opted_out(due.number),
            )
            .values(state=CallbackState.DIALLING, tries=_ITS.tries + 1)
        )
        try:
            async with self._database.write() as connection:
                if (await connection.execute(claimed)).rowcount != 1:
                    return False
                await connection.execute(
                    insert(callback_tries).values(
                        id=try_id,
                        callback_id=due.callback_id,
                        number=due.number,
                        open_number=due.number,
                        started_at=now,
                        lease_until=lease_until,
                    )
                )
        except IntegrityError:
            return False
        return True

    async def put_off(self, callback_id: CallbackId, until: datetime) -> None:
        """Not now: at night, or when too many are being dialled."""
        await self._change(callback_id, due_at=until)

    async def settle(
        self, callback_id: CallbackId, state: CallbackState, why: str, now: datetime
    ) -> None:
        """It is not dialled, or not any more."""
        await self._change(callback_id, state=state, why=why, settled_at=now)

    async def opted_out(self, number: str) -> bool:
        """Whether a number shall never be called."""
        async with self._database.read() as connection:
            return bool(await connection.scalar(select(_opted_out(number))))

    async def _change(self, callback_id: CallbackId, **values: Any) -> None:  # noqa: ANN401
        waiting = _ITS.state == CallbackState.WAITING
        its = update(callbacks).where(_ITS.id == callback_id, waiting)
        async with self._database.write() as connection:
            await connection.execute(its.values(**values))

    async def _due(self, asked: Select[Any]) -> Sequence[Due]:
        async with self._database.read() as connection:
            rows = (await connection.execute(asked.limit(AT_ONCE))).mappings().all()
            return [await _of(connection, row) for row in rows]


def _due(now: datetime) -> Select[Any]:
    return (
        select(callbacks, t.calls.c.caller_number.label("number"))
        .join(t.calls, t.calls.c.id == _ITS.call_id)
        .where(
            _ITS.state == CallbackState.WAITING,
            _ITS.due_at <= now,
            # The row of the call is written with the fact: never without a number.
            t.calls.c.caller_number != "",
        )
        .add_columns(
            select(func.count())
            .where(
                _TRIES.number == t.calls.c.caller_number,
                _TRIES.started_at > now - A_DAY,
            )
            .scalar_subquery()
            .label("tries_of_number")
        )
    )


async def _of(connection: AsyncConnection, row: RowMapping) -> Due:
    never = await connection.scalar(select(_opted_out(row["number"])))
    return Due(
        CallbackId(row["id"]),
        row["number"],
        row["due_at"],
        row["promised_at"],
        row["topic"],
        row["queued_at"],
        bool(never),
        row["tries_of_number"],
    )


def _opted_out(number: str) -> Any:  # noqa: ANN401  # an SQL expression
    its = opt_outs.c.number
    return select(its).where(its.in_(either(number))).exists()
