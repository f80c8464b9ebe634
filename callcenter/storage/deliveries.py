"""What other programs are to be told, and what became of each telling."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    RowMapping,
    and_,
    delete,
    insert,
    select,
    true,
    update,
)

from callcenter.storage import tables as t
from callcenter.storage.api_tables import webhook_deliveries, webhooks
from callcenter.storage.engine import Database
from callcenter.storage.webhooks import Webhook, webhook_of

_hook: Final = webhooks.c
_its: Final = webhook_deliveries.c


class DeliveryState(StrEnum):
    """How far a telling has come."""

    DUE = "due"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one address."""

    webhook: Webhook
    event_id: str
    kind: str
    call_id: str
    at: datetime
    data: dict[str, Any] | None
    """None: the record does not have it any more."""
    state: DeliveryState
    tries: int
    next_at: datetime
    settled_at: datetime | None = None
    status: int | None = None
    problem: str = ""


class Deliveries:
    """Those in the database. Every method raises StorageError."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    async def tell_one(self, webhook: Webhook, kind: str, event_id: str) -> None:
        """Have one address told something, whatever it asks for: a trial."""
        now = self._now()
        row = {
            "webhook_id": webhook.id,
            "event_id": event_id,
            "kind": kind,
            "data": {},
            "at": now,
            "state": DeliveryState.DUE,
            "next_at": now,
            "problem": "",
        }
        async with self._database.write() as connection:
            await connection.execute(insert(webhook_deliveries).values(**row))

    async def due(self, limit: int, besides: Sequence[str] = ()) -> list[Delivery]:
        """What should be sent now, the most overdue first."""
        return await self._deliveries(
            limit,
            _its.state == DeliveryState.DUE,
            _its.next_at <= self._now(),
            _its.webhook_id.not_in(besides),
            _hook.disabled_at.is_(None),
            order=(_its.next_at, _its.event_id),
        )

    async def claim(self, delivery: Delivery, lease: timedelta) -> bool:
        """Whether it is ours to send while the lease lasts; a crash gives it back."""
        until = self._now() + lease
        unchanged = and_(
            _its.state == DeliveryState.DUE, _its.next_at == delivery.next_at
        )
        tries = delivery.tries + 1
        return await self._settle(delivery, unchanged, next_at=until, tries=tries)

    async def delivered(self, delivery: Delivery, status: int) -> None:
        """It was taken."""
        await self._settle(
            delivery,
            true(),
            state=DeliveryState.DELIVERED,
            settled_at=self._now(),
            status=status,
            problem="",
        )
        if delivery.webhook.failing_since is not None:
            its = update(webhooks).where(_hook.id == delivery.webhook.id)
            async with self._database.write() as connection:
                await connection.execute(its.values(failing_since=None))

    async def failed(
        self,
        delivery: Delivery,
        problem: str,
        status: int | None,
        again_at: datetime | None,
    ) -> None:
        """It was not taken. With `again_at` it is tried again then."""
        state = DeliveryState.DUE if again_at else DeliveryState.GIVEN_UP
        now = self._now()
        await self._settle(
            delivery,
            true(),
            state=state,
            status=status,
            problem=problem,
            next_at=again_at or now,
            settled_at=None if again_at else now,
        )
        first = _hook.failing_since.is_(None)
        its = update(webhooks).where(_hook.id == delivery.webhook.id, first)
        async with self._database.write() as connection:
            await connection.execute(its.values(failing_since=now))

    async def log(self, webhook_id: str, limit: int) -> list[Delivery]:
        """What it was told, and is to be told; the newest first."""
        newest = (_its.at.desc(), _its.event_id)
        its = _its.webhook_id == webhook_id
        return await self._deliveries(limit, its, order=newest)

    async def forget(self, before: datetime) -> int:
        """Delete what was settled before that; how many."""
        old = delete(webhook_deliveries).where(_its.settled_at < before)
        async with self._database.write() as connection:
            return (await connection.execute(old)).rowcount

    async def _deliveries(
        self,
        limit: int,
        *conditions: ColumnElement[bool],
        order: Sequence[ColumnElement[Any]],
    ) -> list[Delivery]:
        fact = t.call_events
        same = and_(fact.c.call_id == _its.call_id, fact.c.sequence == _its.sequence)
        asked = (
            select(webhook_deliveries, fact.c.data.label("recorded"))
            .join(webhooks, _hook.id == _its.webhook_id)
            .outerjoin(fact, same)
            .where(*conditions)
            .order_by(*order)
            .limit(limit)
        )
        async with self._database.read() as connection:
            hooks = {
                row["id"]: webhook_of(row)
                for row in (await connection.execute(select(webhooks))).mappings()
            }
            found = (await connection.execute(asked)).mappings().all()
        return [_delivery(row, hooks[row["webhook_id"]]) for row in found]

    async def _settle(
        self, delivery: Delivery, condition: ColumnElement[bool], **values: object
    ) -> bool:
        its = update(webhook_deliveries).where(
            _its.webhook_id == delivery.webhook.id,
            _its.event_id == delivery.event_id,
            condition,
        )
        async with self._database.write() as connection:
            return bool((await connection.execute(its.values(**values))).rowcount)


def _delivery(row: RowMapping, webhook: Webhook) -> Delivery:
    fact = row["sequence"] is not None
    return Delivery(
        webhook=webhook,
        event_id=row["event_id"],
        kind=row["kind"],
        call_id=row["call_id"],
        at=row["at"],
        data=row["recorded"] if fact else row["data"],
        state=DeliveryState(row["state"]),
        tries=row["tries"],
        next_at=row["next_at"],
        settled_at=row["settled_at"],
        status=row["status"],
        problem=row["problem"],
    )
