"""What happened in a time, counted; and a call's facts, for whoever follows it."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from callcenter.domain.ids import CallId
from callcenter.storage import tables as t
from callcenter.storage.call_figures import moment_of
from callcenter.storage.callback_tables import callbacks
from callcenter.storage.engine import Database
from callcenter.storage.history import plain
from callcenter.storage.projections import MESSAGE
from callcenter.storage.record_tables import call_figures

_its: Final = call_figures.c


async def counts(
    database: Database, since: datetime, until: datetime
) -> dict[str, Any]:
    """What happened in a time: how many calls, how they ended, what they cost."""
    among = (_its.moment >= moment_of(since), _its.moment < moment_of(until))
    by_end = select(_its.disposition, func.count()).where(*among)
    sums = select(
        func.count(), func.avg(_its.seconds), func.coalesce(func.sum(_its.cost_usd), 0)
    ).where(*among)
    attempt = t.escalation_attempts.c
    tried = select(attempt.outcome, func.count()).where(
        attempt.started_at >= since, attempt.started_at < until
    )
    async with database.read() as connection:
        ended = (await connection.execute(by_end.group_by(_its.disposition))).all()
        calls, seconds, cost = (await connection.execute(sums)).one()
        rung = (await connection.execute(tried.group_by(attempt.outcome))).all()
    return {
        "calls": calls,
        "live": sum(count for how, count in ended if how is None),
        "dispositions": {how: count for how, count in ended if how is not None},
        "mean_seconds": None if seconds is None else round(float(seconds), 1),
        "cost_usd": round(float(cost), 6),
        "operators_rung": sum(count for _, count in rung),
        "attempts": {how: count for how, count in rung if how is not None},
    }


async def facts_after(
    database: Database, call_id: CallId, sequence: int
) -> list[dict[str, Any]]:
    """The record of a call from there on, as plain data; unknown kinds, too."""
    its = t.call_events.c
    asked = (
        select(its.call_id, its.sequence, its.at, its.kind, its.data)
        .where(its.call_id == call_id, its.sequence > sequence)
        .order_by(its.sequence)
    )
    async with database.read() as connection:
        return [plain(row) for row in (await connection.execute(asked)).mappings()]


async def wished_callbacks(
    database: Database, limit: int, state: str | None = None
) -> list[dict[str, Any]]:
    """Wishes to be called back, the newest first, with the number that is dialled."""
    its = callbacks.c
    asked = (
        select(callbacks, t.calls.c.caller_number)
        .join(t.calls, t.calls.c.id == its.call_id)
        .order_by(its.asked_at.desc(), its.id)
        .limit(limit)
    )
    if state is not None:
        asked = asked.where(its.state == state)
    async with database.read() as connection:
        return [plain(row) for row in (await connection.execute(asked)).mappings()]


async def messages(database: Database, limit: int) -> list[dict[str, Any]]:
    """What callers had written down for the house, the newest first."""
    its = t.follow_ups.c
    asked = (
        select(its.at, its.text, its.call_id, t.calls.c.caller_number)
        .join(t.calls, t.calls.c.id == its.call_id)
        .where(its.kind == MESSAGE)
        .order_by(its.at.desc(), its.call_id, its.sequence)
        .limit(limit)
    )
    async with database.read() as connection:
        return [plain(row) for row in (await connection.execute(asked)).mappings()]
