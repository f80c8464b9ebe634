"""What the database knows of this moment, in a few small questions: for /metrics."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Self

from sqlalchemy import func, select

from callcenter.domain.presence import Presence
from callcenter.storage.api_tables import webhook_deliveries, webhooks
from callcenter.storage.callback_tables import call_costs
from callcenter.storage.deliveries import DeliveryState
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.queue_tables import queue


@dataclass(frozen=True, slots=True)
class Gauges:
    """Of all nodes together."""

    spent_usd: float
    """Since midnight UTC."""
    waiting: int
    longest_s: float
    presences: Mapping[Presence, int]
    deliveries: Mapping[DeliveryState, int]
    disabled: int

    @classmethod
    async def read(cls, database: Database, now: datetime) -> Self:
        """Raises StorageError."""
        midnight = now.astimezone(UTC).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        spent = select(func.sum(call_costs.c.cost_usd)).where(
            call_costs.c.slice >= midnight
        )
        line = select(func.count(), func.min(queue.c.since)).where(
            queue.c.left_at.is_(None)
        )
        its = webhook_deliveries.c
        due = select(func.count()).where(its.state == DeliveryState.DUE)
        off = select(func.count()).where(webhooks.c.disabled_at.is_not(None))
        async with database.read() as connection:
            cost = await connection.scalar(spent)
            waiting, since = (await connection.execute(line)).one()
            to_tell = await connection.scalar(due)
            disabled = await connection.scalar(off)
        everybody = await Directory(database).everybody()
        return cls(
            spent_usd=float(cost or 0.0),
            waiting=waiting,
            longest_s=0.0 if since is None else (now - since).total_seconds(),
            presences=Counter(one.attendance.at(now) for one in everybody),
            deliveries={DeliveryState.DUE: int(to_tell or 0)},
            disabled=int(disabled or 0),
        )
