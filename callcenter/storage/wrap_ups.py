"""Wrap-ups: written in two steps, seen when they are whole."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, TypeAlias

from sqlalchemy import and_, exists, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId
from callcenter.domain.wrap_up import WrapUp
from callcenter.storage import record, tables as t
from callcenter.storage.engine import Database
from callcenter.storage.outbox import tell
from callcenter.storage.projections import VOICEMAIL
from callcenter.storage.wrap_up_tables import wrap_ups
from callcenter.wire.deliveries import WRAPPED_UP

MOST_AT_ONCE: Final = 200

LATEST: Final = timedelta(days=3)
"""A call that ended longer ago is let be: a weekend without a node is made up for, and
whoever updates an old house does not pay for summaries of its whole past."""

VOICEMAIL_WAIT: Final = timedelta(minutes=5)
"""For the carrier to write a spoken message down; usually it takes one or two."""

Hook: TypeAlias = Callable[[AsyncConnection, CallId, datetime], Awaitable[None]]
"""What else must be written in the transaction that makes a wrap-up visible."""


@dataclass(frozen=True, slots=True)
class DueCall:
    """A call that has ended and has no wrap-up."""

    call_id: CallId
    ended_at: datetime


class WrapUps:
    """Reads and writes them. `hooks` run in the transaction that finishes one."""

    def __init__(self, database: Database, hooks: Sequence[Hook] = ()) -> None:
        self._database = database
        self._hooks = hooks

    async def due(self, now: datetime, after: timedelta) -> list[DueCall]:
        """Calls that ended `after` ago or earlier, the latest first."""
        its, told = t.calls.c, t.follow_ups.c
        finished = exists().where(
            wrap_ups.c.call_id == its.id, wrap_ups.c.finished_at.is_not(None)
        )
        being_written_down = exists().where(
            told.call_id == its.id, told.kind == VOICEMAIL, told.text == ""
        )
        asked = (
            select(its.id, its.ended_at)
            .where(
                its.ended_at <= now - after,
                its.ended_at >= now - LATEST,
                ~finished,
                or_(~being_written_down, its.ended_at <= now - VOICEMAIL_WAIT),
            )
            .order_by(its.ended_at.desc())
            .limit(MOST_AT_ONCE)
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked)
            return [DueCall(CallId(call_id), ended_at) for call_id, ended_at in rows]

    async def facts_of(self, call_id: CallId) -> list[Fact]:
        """The record; empty for a call that was erased meanwhile."""
        async with self._database.read() as connection:
            return await record.facts_of(connection, call_id)

    async def words_usd(self, call_id: CallId) -> float | None:
        """What its words have cost; None while there are none."""
        asked = select(wrap_ups.c.words_usd).where(wrap_ups.c.call_id == call_id)
        async with self._database.read() as connection:
            return await connection.scalar(asked)

    async def draft(self, call_id: CallId, words: WrapUp, *, verified: bool) -> None:
        """Keep the words; nobody sees them yet. The first that were kept stay."""
        async with self._database.write() as connection:
            if await _is_there(connection, call_id):
                return
            if not await _call_is_there(connection, call_id):
                return
            await connection.execute(
                insert(wrap_ups).values(
                    call_id=call_id, **_columns(words), verified=verified
                )
            )

    async def finish(
        self, call_id: CallId, cost: dict[str, float], now: datetime
    ) -> bool:
        """Show it, and what must be seen with it; False: there is none, or it is."""
        async with self._database.write() as connection:
            shown = await connection.execute(
                update(wrap_ups)
                .where(
                    and_(
                        wrap_ups.c.call_id == call_id, wrap_ups.c.finished_at.is_(None)
                    )
                )
                .values(cost=cost, total_usd=cost["total"], finished_at=now)
            )
            if not shown.rowcount:
                return False
            for hook in self._hooks:
                await hook(connection, call_id, now)
        return True


async def tell_others(
    connection: AsyncConnection, call_id: CallId, now: datetime
) -> None:
    """A hook: have it delivered to the webhooks that ask for it."""
    written = await wrap_up_of(connection, call_id)
    if written is not None:
        await tell(connection, WRAPPED_UP, call_id, now, written)


async def wrap_up_of(
    connection: AsyncConnection, call_id: str
) -> dict[str, Any] | None:
    """For `calls show`: None while it is not finished."""
    asked = select(wrap_ups).where(
        wrap_ups.c.call_id == call_id, wrap_ups.c.finished_at.is_not(None)
    )
    row = (await connection.execute(asked)).mappings().one_or_none()
    if row is None:
        return None
    hidden = {"call_id", "verified", "words_usd", "total_usd", "finished_at"}
    shown = {name: value for name, value in row.items() if name not in hidden}
    return shown | {"finished_at": row["finished_at"].isoformat()}


def _columns(words: WrapUp) -> dict[str, Any]:
    columns = asdict(words)
    columns["words_usd"] = columns.pop("cost_usd")
    columns["follow_ups"] = [
        {"kind": one.kind.value, "text": one.text, "when": one.when}
        for one in words.follow_ups
    ]
    return columns


async def _is_there(connection: AsyncConnection, call_id: CallId) -> bool:
    asked = select(wrap_ups.c.call_id).where(wrap_ups.c.call_id == call_id)
    return await connection.scalar(asked) is not None


async def _call_is_there(connection: AsyncConnection, call_id: CallId) -> bool:
    asked = select(t.calls.c.id).where(t.calls.c.id == call_id).with_for_update()
    return await connection.scalar(asked) is not None
