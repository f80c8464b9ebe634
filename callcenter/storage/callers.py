"""What is known of a number: asked once for each session, before the agents know."""

from datetime import datetime
from typing import Final

from sqlalchemy import and_, case, literal, or_, select
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
from callcenter.storage.wrap_up_tables import wrap_ups

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
            sealed = await _can_prove(connection, number)
            return Acquaintance(
                await _calls(connection, number, proved=sealed),
                await _tickets(connection, number),
                await _appointments(connection, number, now),
                sealed=sealed,
            )


async def _can_prove(connection: AsyncConnection, number: str) -> bool:
    asked = select(customers).where(customers.c.number == number)
    row = (await connection.execute(asked)).mappings().one_or_none()
    return row is not None and bool(customer_of(row).methods)


async def _calls(
    connection: AsyncConnection, number: str, *, proved: bool
) -> list[PastCall]:
    """What a call was about: what an operator was asked for, or who had it last.

    What was noted of a call in which somebody had proved who they are is for callers
    who can prove it (`proved`); of a number that nobody owns any more it stays untold.
    """
    its, escalated, noted = t.calls.c, t.escalations.c, wrap_ups.c
    topic = (
        select(escalated.topic)
        .where(escalated.call_id == its.id)
        .order_by(escalated.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    asked = (
        select(
            its.started_at,
            its.disposition,
            its.agent,
            topic,
            case(
                (or_(noted.verified.is_(False), literal(proved)), noted.summary),
                else_="",
            ),
        )
        .outerjoin(
            wrap_ups, and_(noted.call_id == its.id, noted.finished_at.is_not(None))
        )
        .where(its.caller_number == number, its.ended_at.is_not(None))
        .order_by(its.started_at.desc())
        .limit(MOST_CALLS)
    )
    return [
        PastCall(at, disposition or "", about or agent or "nothing", summary or "")
        for at, disposition, agent, about, summary in await connection.execute(asked)
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
