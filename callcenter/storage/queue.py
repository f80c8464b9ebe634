"""The line of all nodes, in the database: who waits, and who gets which operator."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import RowMapping, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.ids import CallId
from callcenter.domain.operators import Operator
from callcenter.domain.presence import Attendance, quiet
from callcenter.domain.queueing import Waiter, turns
from callcenter.storage import tables as t
from callcenter.storage.directory import attend, everybody
from callcenter.storage.engine import Database
from callcenter.storage.queue_facts import LONGEST_RINGING
from callcenter.storage.queue_tables import queue

UNSEEN: Final = timedelta(seconds=20)
"""Whom no node has seen for so long may have hung up: others go first meanwhile.
Whose node has died is seen again when Twilio asks the next, after a round of music."""

MOST_LOOKED_AT: Final = 500
"""Callers in line that one look reads: more than any house lets wait."""

TALKS: Final = 20
"""The last so many tell how long a talk takes."""

LATELY: Final = timedelta(days=1)

_its = queue.c
_attempts = t.escalation_attempts.c

Ring = Callable[[Attendance], Attendance]


class QueueBook:
    """Reads the line, and gives operators to those whose turn it is."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def line(self, now: datetime) -> list[Waiter]:
        """Everybody in it whom a node has seen lately."""
        async with self._database.read() as connection:
            return await _line(connection, now)

    async def seen(self, calls: Collection[CallId], now: datetime) -> None:
        """These are still on the line."""
        its = update(queue).where(_its.call_id.in_(calls), _its.left_at.is_(None))
        async with self._database.write() as connection:
            await connection.execute(its.values(seen_at=now))

    async def take(
        self, call_id: CallId, now: datetime, ring: Ring, may: Collection[str]
    ) -> Operator | None:
        """The operator whose turn it is with this caller; nobody else gets them.

        None when another is first, or another node was faster. `ring` is what becomes
        of the operator's presence; only who `may` be rung is.
        """
        async with self._database.write() as connection:
            line = await _line(connection, now, lock=True)
            listed = await everybody(connection, lock=True)
            free = [
                one.operator
                for one in listed
                if one.is_free(now) and one.operator.name in may
            ]
            operator = turns(line, free, now).get(call_id)
            if operator is None or not await attend(connection, operator.name, ring):
                return None
            mine = update(queue).where(_its.call_id == call_id)
            until = now + LONGEST_RINGING
            await connection.execute(mine.values(ringing_until=until))
            return operator

    async def claim(self, name: str, now: datetime, ring: Ring) -> bool:
        """Whether this operator is free, and now nobody else's.

        Whom the list does not know yet cannot be claimed, and is left to memory.
        """
        async with self._database.write() as connection:
            listed = await everybody(connection, lock=True)
            mine = next((one for one in listed if one.operator.name == name), None)
            if mine is not None and not mine.is_free(now):
                return False
            await attend(connection, name, ring)
            return True

    async def release(self, name: str, attempt_id: str, now: datetime) -> None:
        """Whoever was taken may be rung again."""
        async with self._database.write() as connection:
            await attend(connection, name, lambda was: quiet(was, attempt_id, now))

    async def talks(self, now: datetime) -> Sequence[int]:
        """How long the last talks with operators took, in seconds."""
        asked = (
            select(_attempts.talked_s)
            .where(_attempts.talked_s > 0, _attempts.started_at > now - LATELY)
            .order_by(_attempts.started_at.desc())
            .limit(TALKS)
        )
        async with self._database.read() as connection:
            return [int(one) for one in (await connection.scalars(asked)).all()]


async def _line(
    connection: AsyncConnection, now: datetime, *, lock: bool = False
) -> list[Waiter]:
    asked = (
        select(queue)
        .where(_its.left_at.is_(None), _its.seen_at > now - UNSEEN)
        .order_by(_its.since, _its.call_id)
        .limit(MOST_LOOKED_AT)
    )
    rows = await connection.execute(asked.with_for_update() if lock else asked)
    return [_waiter(row) for row in rows.mappings()]


def _waiter(row: RowMapping) -> Waiter:
    return Waiter(
        call_id=CallId(row["call_id"]),
        topic=row["topic"],
        since=row["since"],
        entered_at=row["entered_at"],
        tried=frozenset(row["tried"]),
        ringing_until=row["ringing_until"],
    )
