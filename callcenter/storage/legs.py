"""Operators' calls and conferences of ours, as the record knows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from callcenter.domain.consultation import OperatorLegKnown, OperatorWaits
from callcenter.domain.ids import CallSid
from callcenter.storage import tables as t
from callcenter.storage.engine import Database

KNOWN = OperatorLegKnown.__name__
WAITS = OperatorWaits.__name__


@dataclass(frozen=True, slots=True)
class Unended:
    """A call that the record does not know the end of."""

    call_sid: CallSid
    started_at: datetime


class LegBook:
    """Reads only; nothing is found that we have not placed or named ourselves."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def left_over(self, since: datetime) -> Sequence[CallSid]:
        """Operators' calls that were placed since, and whose caller's is over."""
        return [
            CallSid(str(data["call_sid"]))
            for data in await self._told(KNOWN, since, over=True)
        ]

    async def conferences(self, since: datetime) -> Sequence[str]:
        """The names of those that were opened since."""
        told = await self._told(WAITS, since, over=False)
        return [str(data["conference"]) for data in told]

    async def unended(self, before: datetime) -> Sequence[Unended]:
        """Calls that began before, and have not ended as far as is known."""
        asked = select(t.calls.c.call_sid, t.calls.c.started_at).where(
            t.calls.c.ended_at.is_(None),
            t.calls.c.started_at < before,
            t.calls.c.call_sid != "",
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).all()
        return [Unended(CallSid(row.call_sid), row.started_at) for row in rows]

    async def _told(
        self, kind: str, since: datetime, *, over: bool
    ) -> Sequence[dict[str, object]]:
        asked = (
            select(t.call_events.c.data)
            .join(t.calls, t.calls.c.id == t.call_events.c.call_id)
            .where(t.call_events.c.kind == kind, t.call_events.c.at >= since)
        )
        if over:
            asked = asked.where(t.calls.c.ended_at.is_not(None))
        async with self._database.read() as connection:
            return list((await connection.scalars(asked)).all())
