"""The figures of a day, in a few small questions that indexes answer."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Float, Select, case, cast, extract, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.figures import Day, Group, Span, Waits
from callcenter.domain.outcomes import Disposition
from callcenter.storage import tables as t
from callcenter.storage.call_figures import moment_of
from callcenter.storage.engine import Database, is_sqlite
from callcenter.storage.record_tables import call_figures

DAY_SECONDS: Final = 86_400

_its = call_figures.c
_escalations = t.escalations.c
_attempts = t.escalation_attempts.c


class Today:
    """Reads days from the database."""

    def __init__(self, database: Database, goal_s: int) -> None:
        self._database = database
        self._goal_s = goal_s

    async def of(self, span: Span, now: datetime) -> Day:
        """The figures of the calls that began then."""
        async with self._database.read() as connection:
            groups = await self._groups(connection, span)
            return Day(groups, await self._waits(connection, span, now))

    async def _groups(
        self, connection: AsyncConnection, span: Span
    ) -> tuple[Group, ...]:
        asked = (
            select(
                _its.disposition,
                _its.escalated,
                func.count().label("calls"),
                func.coalesce(func.sum(_its.seconds), 0).label("seconds"),
                func.coalesce(func.sum(_its.cost_usd), 0.0).label("cost_usd"),
            )
            .where(*_within(span))
            .group_by(_its.disposition, _its.escalated)
        )
        return tuple(
            Group(
                Disposition(row.disposition) if row.disposition else None,
                bool(row.escalated),
                row.calls,
                int(row.seconds),
                float(row.cost_usd),
            )
            for row in await connection.execute(asked)
        )

    async def _waits(
        self, connection: AsyncConnection, span: Span, now: datetime
    ) -> Waits:
        each = self._escalations(span, now).subquery()
        wait_s = self._seconds(each.c.answered_at, each.c.at)
        in_time = each.c.answered_at.is_not(None) & (wait_s <= self._goal_s)
        asked = select(
            each.c.outcome,
            func.count().label("needed"),
            func.count(each.c.answered_at).label("answered"),
            func.sum(case((in_time, 1), else_=0)).label("in_time"),
            func.coalesce(func.sum(wait_s), 0.0).label("wait_s"),
            func.sum(each.c.pending).label("pending"),
        ).group_by(each.c.outcome)
        rows = list(await connection.execute(asked))
        return Waits(
            needed=sum(row.needed for row in rows),
            answered=sum(row.answered for row in rows),
            answered_in_time=sum(row.in_time for row in rows),
            answered_wait_s=sum(float(row.wait_s) for row in rows),
            pending=sum(row.pending for row in rows),
            outcomes={row.outcome or "under way": row.needed for row in rows},
        )

    def _escalations(self, span: Span, now: datetime) -> Select[Any]:
        """Each with the moment when its first operator pressed 1."""
        first = (
            select(func.min(_attempts.answered_at))
            .where(
                _attempts.call_id == _escalations.call_id,
                _attempts.escalation_id == _escalations.escalation_id,
            )
            .scalar_subquery()
        )
        undecided = (
            _escalations.outcome.is_(None)
            & first.is_(None)
            & (_escalations.at > now - timedelta(seconds=self._goal_s))
        )
        return (
            select(
                _escalations.outcome,
                _escalations.at,
                first.label("answered_at"),
                case((undecided, 1), else_=0).label("pending"),
            )
            .join(call_figures, _its.call_id == _escalations.call_id)
            .where(*_within(span), _its.escalated)
        )

    def _seconds(
        self, later: ColumnElement[datetime], earlier: ColumnElement[datetime]
    ) -> ColumnElement[float]:
        if is_sqlite(self._database.url):
            days = func.julianday(later) - func.julianday(earlier)
            return cast(days * DAY_SECONDS, Float)
        return cast(extract("epoch", later - earlier), Float)


def _within(span: Span) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    begins, ends = moment_of(span.begins), moment_of(span.ends)
    return _its.moment >= begins, _its.moment < ends
