"""What other programs are to be told, written in the transaction of its cause.

So nothing that is on record goes untold, whatever dies in between; and what is rolled
back is not told.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.events import Fact
from callcenter.storage.api_tables import webhook_deliveries, webhooks
from callcenter.wire.deliveries import EVERYTHING
from callcenter.wire.facts import name_of

DUE = "due"

Wanted = Mapping[str, frozenset[str]]
"""The kinds that each webhook asks for."""


def event_id_of(call_id: str, sequence: int) -> str:
    """The same for every try, and for every node."""
    return f"{call_id}:{sequence}"


async def tell_facts(connection: AsyncConnection, facts: Iterable[Fact]) -> None:
    """Have facts delivered, which are new on the record."""
    wanted = await _wanted(connection)
    rows = [
        {
            **_due(webhook_id, name_of(fact.event), fact.at),
            "event_id": event_id_of(fact.call_id, fact.sequence),
            "call_id": fact.call_id,
            "sequence": fact.sequence,
        }
        for fact in (facts if wanted else ())
        for webhook_id, kinds in wanted.items()
        if _asks(kinds, name_of(fact.event))
    ]
    if rows:
        await connection.execute(insert(webhook_deliveries), rows)


async def tell(
    connection: AsyncConnection,
    kind: str,
    call_id: str,
    at: datetime,
    data: dict[str, Any],
) -> None:
    """Have something delivered that is no fact: once for each call and kind."""
    wanted = await _wanted(connection)
    event_id = f"{call_id}:{kind}"
    its = webhook_deliveries.c
    asked = select(its.webhook_id).where(its.event_id == event_id)
    told = set(await connection.scalars(asked))
    rows = [
        {
            **_due(webhook_id, kind, at),
            "event_id": event_id,
            "call_id": call_id,
            "data": data,
        }
        for webhook_id, kinds in wanted.items()
        if _asks(kinds, kind) and webhook_id not in told
    ]
    if rows:
        await connection.execute(insert(webhook_deliveries), rows)


def _asks(kinds: frozenset[str], kind: str) -> bool:
    return EVERYTHING in kinds or kind in kinds


def _due(webhook_id: str, kind: str, at: datetime) -> dict[str, Any]:
    return {
        "webhook_id": webhook_id,
        "kind": kind,
        "at": at,
        "state": DUE,
        "next_at": at,
        "tries": 0,
        "problem": "",
    }


async def _wanted(connection: AsyncConnection) -> Wanted:
    its = webhooks.c
    asked = select(its.id, its.kinds).where(its.disabled_at.is_(None))
    return {key: frozenset(kinds) for key, kinds in await connection.execute(asked)}
