"""What is known of a number: asked once for each session, before the agents know."""

from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.acquaintance import (
    Acquaintance,
    Coming,
    OpenTicket,
    PastCall,
)
from callcenter.domain.tickets import TicketStatus
from callcenter.storage import tables as t
from callcenter.storage.caller_tables import customers
from callcenter.storage.customers import customer_of
from callcenter.storage.engine import Database

MOST_CALLS: Final = 3
MOST_TICKETS: Final = 3
MOST_APPOINTMENTS: Final = 3
"""Of each the ones that matter now: it is read with every word that the model says."""


class Callers:
    """Reads from the database what other calls of a number have left."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, number: str, now: datetime) -> Acquaintance:
        """Of exactly this number; of calls that are over. A withheld one has none."""
        async with self._database.read() as connection:
            return Acquaintance(
                await _calls(connection, number),
                await _tickets(connection, number),
                await _appointments(connection, number, now),
                sealed=await _can_prove(connection, number),
            )


async def _can_prove(connection: AsyncConnection, number: str) -> bool:
    asked = select(customers).where(customers.c.number == number)
    row = (await connection.execute(asked)).mappings().one_or_none()
    return row is not None and bool(customer_of(row).methods)


async def _calls(connection: AsyncConnection, number: str) -> list[PastCall]:
    """What a call was about: what an operator was asked for, or who had it last."""
    its, escalated = t.calls.c, t.escalations.c
    topic = (
        select(escalated.topic)
        .where(escalated.call_id == its.id)
        .order_by(escalated.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    asked = (
        select(its.started_at, its.disposition, its.agent, topic)
        .where(its.caller_number == number, its.ended_at.is_not(None))
        .order_by(its.started_at.desc())
        .limit(MOST_CALLS)
    )
    return [
        PastCall(at, disposition or "", about or agent or "nothing")
        for at, disposition, agent, about in await connection.execute(asked)
    ]


async def _tickets(connection: AsyncConnection, number: str) -> list[OpenTicket]:
    its = t.tickets.c
    asked = (
        select(its.code, its.summary, its.status)
        .where(its.phone == number, its.status != TicketStatus.CLOSED)
        .order_by(its.opened_at.desc())
        .limit(MOST_TICKETS)
    )
    return [OpenTicket(*row) for row in await connection.execute(asked)]


async def _appointments(
    connection: AsyncConnection, number: str, now: datetime
) -> list[Coming]:
    its = t.appointments.c
    asked = (
        select(its.code, its.service, its.starts_at)
        .where(
            its.phone == number,
            its.starts_at >= now,
            its.cancelled.is_(False),
            its.held_until.is_(None),
        )
        .order_by(its.starts_at)
        .limit(MOST_APPOINTMENTS)
    )
    return [Coming(*row) for row in await connection.execute(asked)]
