"""Sums over calls of a time: cheap, from the calls' figures alone. Reading only."""

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Integer, cast, func, select

from callcenter.storage.call_figures import SECOND, moment_of
from callcenter.storage.engine import Database
from callcenter.storage.record_tables import call_figures

HOUR: Final = 3600 * SECOND

_its: Final = call_figures.c


class Figures:
    """What calls that began in a time came to."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def between(self, since: datetime, until: datetime) -> dict[str, Any]:
        """Calls that began at `since` or later and before `until` (both aware).

        `calls`, `live`, `by_disposition`, `by_hour` (ISO, UTC, of hours with calls),
        `by_operator`, `cost_usd`, `mean_seconds` (None without calls that are over),
        `escalated`, `voicemail`, `tool_failed`.
        """
        first, last = moment_of(since), moment_of(until)
        when = (_its.moment >= first, _its.moment < last)
        number = func.count()
        sums = select(
            number,
            func.coalesce(func.sum(_its.cost_usd), 0.0),
            func.avg(_its.seconds),
            *(
                func.coalesce(func.sum(cast(one, Integer)), 0)
                for one in (_its.escalated, _its.voicemail, _its.tool_failed)
            ),
        ).where(*when)
        hour = (_its.moment // HOUR).label("hour")
        by_hour = select(hour, number).where(*when).group_by(hour).order_by(hour)
        groups = {
            name: select(column, number).where(*when).group_by(column)
            for name, column in (("d", _its.disposition), ("o", _its.operator))
        }
        async with self._database.read() as connection:
            calls, cost, mean, escalated, voicemail, failed = (
                await connection.execute(sums)
            ).one()
            hours = (await connection.execute(by_hour)).all()
            counted: dict[str, dict[Any, int]] = {
                name: dict((await connection.execute(asked)).all())
                for name, asked in groups.items()
            }
        return {
            "calls": calls,
            "live": counted["d"].pop(None, 0),
            "by_disposition": counted["d"],
            "by_hour": {_written(at): some for at, some in hours},
            "by_operator": {name: n for name, n in counted["o"].items() if name},
            "cost_usd": round(float(cost), 6),
            "mean_seconds": None if mean is None else round(float(mean), 1),
            "escalated": escalated,
            "voicemail": voicemail,
            "tool_failed": failed,
        }


def _written(hour: int) -> str:
    return datetime.fromtimestamp(hour * HOUR // SECOND, UTC).isoformat()
