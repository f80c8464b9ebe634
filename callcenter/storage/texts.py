"""Texts that appointments call for: written with them, sent by whoever is free.

A row is written in the transaction that makes the text necessary, and claimed by one
conditional update before it is sent: no node sends it twice. When a node dies between
the claim and the answer, nobody can know whether it was sent; it is not sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.schedule import Appointment
from callcenter.domain.texting import TextRules, reminder_time
from callcenter.storage import schedule_tables as s, tables as t
from callcenter.storage.bookings import appointment_of
from callcenter.storage.engine import Database

AT_ONCE: Final = 20
"""Texts claimed in one round; the rest wait for the next."""

_TEXT: Final = s.appointment_texts.c


class TextKind(StrEnum):
    """What a text is for."""

    CONFIRMATION = "confirmation"
    REMINDER = "reminder"
    OFFER = "offer"


class TextState(StrEnum):
    """What has become of a text."""

    DUE = "due"
    SENDING = "sending"
    SENT = "sent"
    DROPPED = "dropped"
    """The appointment was moved or cancelled first, or it was too late to be of use."""
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class DueText:
    """A text to be sent now, and what it is about."""

    kind: TextKind
    revision: int
    appointment: Appointment

    @property
    def key(self) -> str:
        """The same for the same text, always."""
        return f"{self.kind}-{self.appointment.code}-{self.revision}"


async def plan(
    connection: AsyncConnection, kind: TextKind, appointment: Appointment, due: datetime
) -> None:
    """Have a text sent at a time. Repeating it is harmless."""
    code, revision = appointment.code, appointment.revision
    known = await connection.scalar(
        select(_TEXT.state).where(
            _TEXT.code == code, _TEXT.kind == kind, _TEXT.revision == revision
        )
    )
    if known is None:
        await connection.execute(
            insert(s.appointment_texts).values(
                code=code,
                kind=kind,
                revision=revision,
                due_at=due,
                state=TextState.DUE,
            )
        )


async def plan_for(
    connection: AsyncConnection,
    appointment: Appointment,
    rules: TextRules,
    now: datetime,
) -> None:
    """A confirmation at once, and a reminder when there is time for one."""
    await plan(connection, TextKind.CONFIRMATION, appointment, now)
    remind = reminder_time(appointment.slot.starts_at, rules.remind_at)
    if remind > now:
        await plan(connection, TextKind.REMINDER, appointment, remind)


async def drop(connection: AsyncConnection, code: str) -> None:
    """Nothing that is still to be sent about an appointment is sent."""
    await connection.execute(
        update(s.appointment_texts)
        .where(_TEXT.code == code, _TEXT.state == TextState.DUE)
        .values(state=TextState.DROPPED)
    )


class TextBook:
    """The texts that are due; see callcenter.assembly.errands, which sends them."""

    def __init__(self, database: Database, zone: ZoneInfo) -> None:
        self._database = database
        self._zone = zone

    async def due(self, now: datetime) -> Sequence[DueText]:
        """What should be sent, the longest due first. Claim each before sending it."""
        asked = (
            select(t.appointments, _TEXT.kind, _TEXT.revision.label("text_revision"))
            .join(t.appointments, t.appointments.c.code == _TEXT.code)
            .where(_TEXT.state == TextState.DUE, _TEXT.due_at <= now)
            .order_by(_TEXT.due_at)
            .limit(AT_ONCE)
        )
        async with self._database.read() as connection:
            rows = (await connection.execute(asked)).mappings()
            return [
                DueText(
                    TextKind(row["kind"]),
                    row["text_revision"],
                    appointment_of(row, self._zone),
                )
                for row in rows
            ]

    async def claim(self, text: DueText, now: datetime) -> bool:
        """Whether it is ours to send; False: another node's, or not wanted any more."""
        return await self._pass(text, TextState.DUE, TextState.SENDING, now)

    async def settle(self, text: DueText, state: TextState, now: datetime) -> None:
        """Say what became of a claimed text."""
        await self._pass(text, TextState.SENDING, state, now)

    async def put_off(self, text: DueText, until: datetime) -> None:
        """Give a claimed text back, to be sent later: it has certainly not gone."""
        await self._pass(text, TextState.SENDING, TextState.DUE, until)

    async def _pass(
        self, text: DueText, old: TextState, new: TextState, at: datetime
    ) -> bool:
        columns = {"due_at": at} if new is TextState.DUE else {"settled_at": at}
        changed = (
            update(s.appointment_texts)
            .where(
                _TEXT.code == text.appointment.code,
                _TEXT.kind == text.kind,
                _TEXT.revision == text.revision,
                _TEXT.state == old,
            )
            .values(state=new, **columns)
        )
        async with self._database.write() as connection:
            return (await connection.execute(changed)).rowcount == 1
