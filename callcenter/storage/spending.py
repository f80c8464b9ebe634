"""What calls have cost lately, and how much was dialled, over all nodes: one query."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from callcenter.storage import tables as t
from callcenter.storage.callback_facts import slice_of
from callcenter.storage.callback_tables import call_costs, callback_tries
from callcenter.storage.engine import Database

HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)

_COST: Final = call_costs.c
_TRY: Final = callback_tries.c
_ATTEMPT: Final = t.escalation_attempts.c


@dataclass(frozen=True, slots=True)
class Spent:
    """Sums of the last hour and the last day."""

    usd_hour: float = 0.0
    usd_day: float = 0.0
    callbacks_hour: int = 0
    callbacks_day: int = 0
    dialled_minutes_day: float = 0.0
    """Of talks with operators and of calls back; those under way count when over."""


async def spent(database: Database, now: datetime) -> Spent:
    """As the database knows it, a second or so late. Raises StorageError."""
    asked = select(
        _sum(_COST.cost_usd, _COST.slice > slice_of(now) - HOUR),
        _sum(_COST.cost_usd, _COST.slice > slice_of(now) - DAY),
        _count(_TRY.started_at > now - HOUR),
        _count(_TRY.started_at > now - DAY),
        _sum(_TRY.seconds, _TRY.started_at > now - DAY),
        _sum(_ATTEMPT.talked_s, _ATTEMPT.started_at > now - DAY),
    )
    async with database.read() as connection:
        row = (await connection.execute(asked)).one()
    usd_hour, usd_day, tries_hour, tries_day, called_s, talked_s = row
    minutes = (float(called_s) + float(talked_s)) / 60
    return Spent(float(usd_hour), float(usd_day), tries_hour, tries_day, minutes)


def _sum(column: ColumnElement[Any], which: ColumnElement[bool]) -> Any:  # noqa: ANN401
    asked: Select[Any] = select(func.coalesce(func.sum(column), 0)).where(which)
    return asked.scalar_subquery()


def _count(which: ColumnElement[bool]) -> Any:  # noqa: ANN401  # an SQL expression
    return (
        select(func.count()).select_from(callback_tries).where(which).scalar_subquery()
    )
