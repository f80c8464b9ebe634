"""Texts that appointments call for: written with them, sent by whoever is free.

A row is written in the transaction that makes the text necessary, and claimed by one
conditional update before it is sent: no node sends it twice. When a node dies between
the claim and the answer, nobody can know whether it was sent; it is not sent again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
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

A_DAY: Final = timedelta(days=1)

MOST_OF_ONE: Final = 3
"""Confirmations of one appointment in a day: the number may be somebody else's."""

MOST_TO_ONE: Final = 6
"""Confirmations to one number in a day: one more than it may hold appointments."""

SETTLES: Final = timedelta(minutes=1)
"""Before what was confirmed is confirmed anew: it may be moved once more."""

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
) -> bool:
    """A confirmation at once, and a reminder when there is time for one.

    What was confirmed before is confirmed after a pause: when it is moved to and fro,
    only where it ended is told. False: there is no confirmation, because so many went
    to this number or about this appointment in a day.
    """
    remind = reminder_time(appointment.slot.starts_at, rules.remind_at)
    if remind > now:
        await plan(connection, TextKind.REMINDER, appointment, remind)
    told = await _confirmed(connection, appointment.phone, now)
    if (appointment.code, appointment.revision) in told:
        return True
    of_it = sum(code == appointment.code for code, _ in told)
    if of_it >= MOST_OF_ONE or len(told) >= MOST_TO_ONE:
        return False
    due = now + SETTLES if of_it else now
    await plan(connection, TextKind.CONFIRMATION, appointment, due)
    return True


async def _confirmed(
    connection: AsyncConnection, phone: str, now: datetime
) -> list[tuple[str, int]]:
    """The codes and revisions that a number was or will be told of, in a day."""
    rows = await connection.execute(
        select(_TEXT.code, _TEXT.revision)
        .join(t.appointments, t.appointments.c.code == _TEXT.code)
        .where(
            t.appointments.c.phone == phone,
            _TEXT.kind == TextKind.CONFIRMATION,
            _TEXT.state != TextState.DROPPED,
            _TEXT.due_at > now - A_DAY,
        )
    )
    return [(code, revision) for code, revision in rows]


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
