"""What people should have looked at: kept until somebody says that they have.

An alarm that comes again before it was seen is counted, and not listed twice; that is
so for all nodes together.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update

from callcenter.storage.engine import Database
from callcenter.storage.system_tables import alarms

MOST: Final = 200
"""In a list."""

SILENCE: Final = timedelta(minutes=2)
"""A node that says nothing for so long has died, and its troubles with it."""

KEPT: Final = timedelta(days=90)
"""After they were seen and over."""

_its: Final = alarms.c


@dataclass(frozen=True, slots=True)
class Alarm:
    """One kind of trouble, from its first moment to its last."""

    id: int
    kind: str
    node: str
    """Empty: the whole house's."""
    text: str
    first_at: datetime
    last_at: datetime
    times: int
    over_at: datetime | None
    seen_at: datetime | None
    seen_by: str | None

    @property
    def open(self) -> bool:
        """Whether it still waits for somebody, or for its end."""
        return self.seen_at is None or self.over_at is None


class Alarms:
    """Those in the database. Every method raises StorageError."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def happened(self, kind: str, text: str, times: int = 1) -> None:
        """Something was refused, or failed: a moment, with no end of its own."""
        await self._sound(kind, text, over=True, times=times)

    async def state(self, node: str, troubles: Mapping[str, str]) -> None:
        """What is wrong with a node now, by kind; without a name: with the house.

        Say it every few seconds: what nobody says any more is over.
        """
        now = self._now()
        going_on = select(_its.id).where(_its.over_at.is_(None)).limit(1)
        async with self._database.read() as connection:
            if not troubles and await connection.scalar(going_on) is None:
                return
        for kind, text in troubles.items():
            await self._sound(kind, text, node=node, over=False)
        mine = (_its.node == node) & _its.kind.not_in(troubles)
        silent = _its.last_at < now - SILENCE
        over = update(alarms).where(_its.over_at.is_(None), mine | silent)
        async with self._database.write() as connection:
            await connection.execute(over.values(over_at=now))

    async def latest(self, limit: int = MOST) -> list[Alarm]:
        """Those that nobody has seen come first; then the newest."""
        asked = select(alarms).order_by(
            _its.seen_at.is_not(None), _its.last_at.desc(), _its.id.desc()
        )
        async with self._database.read() as connection:
            rows = await connection.execute(asked.limit(limit))
            return [Alarm(**row) for row in rows.mappings()]

    async def seen(self, alarm_id: int, by: str) -> bool:
        """Somebody has looked. False: there is none that waited."""
        its = update(alarms).where(_its.id == alarm_id, _its.seen_at.is_(None))
        async with self._database.write() as connection:
            done = await connection.execute(its.values(seen_at=self._now(), seen_by=by))
            return bool(done.rowcount)

    async def forget(self) -> None:
        """Old ones that are over and were seen."""
        old = self._now() - KEPT
        gone = delete(alarms).where(_its.seen_at < old, _its.over_at < old)
        async with self._database.write() as connection:
            await connection.execute(gone)

    async def _sound(
        self, kind: str, text: str, *, node: str = "", over: bool, times: int = 1
    ) -> None:
        """A state is the same until it is over; a moment, until it was seen."""
        now = self._now()
        moment = (
            _its.over_at.is_not(None) & _its.seen_at.is_(None) & (_its.text == text)
        )
        same = moment if over else _its.over_at.is_(None)
        asked = select(_its.id).where(_its.kind == kind, _its.node == node, same)
        changes = {"text": text, "last_at": now, "over_at": now if over else None}
        new = {"kind": kind, "node": node, "first_at": now, "times": times}
        counted = _its.times + times if over else _its.times
        async with self._database.write() as connection:
            there = await connection.scalar(asked.limit(1))
            if there is None:
                await connection.execute(insert(alarms).values(**new, **changes))
            else:
                its = update(alarms).where(_its.id == there)
                await connection.execute(its.values(**changes, times=counted))
