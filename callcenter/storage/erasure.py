"""Everything that is known of one telephone number: told, or erased.

Erasing leaves what a house must be able to show: that there was a call, how long it
was and how it ended; that an hour was taken. Who it was, and what was said, is gone.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import (
    Table,
    Text,
    cast,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.callbacks import CallbackState
from callcenter.domain.ids import CallId, RecordingSid
from callcenter.domain.pseudonyms import sealed
from callcenter.domain.retention import PARTS
from callcenter.storage import tables as t
from callcenter.storage.callback_tables import callback_tries, callbacks, opt_outs
from callcenter.storage.caller_tables import customers, verification_tries
from callcenter.storage.engine import Database
from callcenter.storage.history import History, plain
from callcenter.storage.people_tables import audit
from callcenter.storage.record_tables import erasures, saved_views
from callcenter.storage.schedule_tables import waiting
from callcenter.storage.scrubbing import audio_of, delete_files, paths_of, scrub
from callcenter.storage.ticket_tables import ticket_notes

GONE: Final = ""

_PHONE: Final[dict[str, Table]] = {
    "appointments": t.appointments,
    "tickets": t.tickets,
    "waiting": waiting,
}
_NUMBER: Final[dict[str, Table]] = {
    "customers": customers,
    "verification_tries": verification_tries,
    "callback_tries": callback_tries,
    "opt_outs": opt_outs,
}


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure did, or would do."""

    counts: dict[str, int] = field(default_factory=dict)
    """By table; `live_calls` are those that go on, and cannot be erased yet."""
    audio: tuple[RecordingSid, ...] = ()
    """At the carrier. Nothing here deletes it: whoever erases does that first."""


class Persons:
    """By number, exactly as it is stored: with a plus and the country's code."""

    def __init__(self, database: Database, recordings: Path) -> None:
        self._database = database
        self._recordings = recordings
        self._history = History(database)

    async def known(self, number: str) -> Erased:
        """What an erasure would take; nothing is changed."""
        async with self._database.read() as connection:
            counts = {
                name: await _count(connection, table, column, number)
                for name, table, column in _places()
            }
            live = select(func.count()).where(
                t.calls.c.caller_number == number, t.calls.c.ended_at.is_(None)
            )
            counts["live_calls"] = await connection.scalar(live) or 0
            counts["calls"] -= counts["live_calls"]
            audio = list[RecordingSid]()
            for call_id in await _calls(connection, number):
                audio += await audio_of(connection, call_id)
        return Erased(
            {name: some for name, some in counts.items() if some}, tuple(audio)
        )

    async def export(self, number: str) -> dict[str, Any]:
        """Everything, as JSON holds it. Seals are told as being there, never shown."""
        async with self._database.read() as connection:
            told: dict[str, Any] = {
                name: await _rows(connection, table, column, number)
                for name, table, column in _places()
                if name != "calls"
            }
            codes = [one["code"] for one in told["tickets"]]
            notes = select(ticket_notes).where(ticket_notes.c.code.in_(codes))
            told["ticket_notes"] = [
                plain(row) for row in (await connection.execute(notes)).mappings()
            ]
            ids = await _calls(connection, number, live=True)
        told["calls"] = [await self._history.show_call(one) for one in ids]
        told["files"] = [
            recording["path"]
            for call in told["calls"]
            if call is not None
            for recording in call["recordings"]
        ]
        for one in told["customers"]:
            one |= {name: one[name] is not None for name in _SEALS if name in one}
        return {"number": number, **told}

    async def erase(self, number: str, *, by: str, now: datetime) -> Erased:
        """Erase; again is harmless. A call that goes on is left for the next time."""
        known = await self.known(number)
        if not known.counts:
            return known
        async with self._database.read() as connection:
            ids = await _calls(connection, number)
        paths = list[str]()
        for call_id in ids:  # one by one: the ledger is not kept waiting
            async with self._database.write() as connection:
                paths += await paths_of(connection, call_id)
                await scrub(connection, call_id, PARTS)
                await _call_nobody_back(connection, call_id, now)
        files = await asyncio.to_thread(delete_files, self._recordings, paths)
        counts = {**known.counts, **({"files": files} if files else {})}
        async with self._database.write() as connection:
            await _erase_rows(connection, number)
            await connection.execute(
                insert(erasures).values(
                    at=now, by=by, number_hash=sealed(number), counts=counts
                )
            )
        return Erased(counts, known.audio)

    async def erasures(self) -> list[dict[str, Any]]:
        """Who erased somebody and when, the newest first; never whom."""
        asked = select(erasures).order_by(erasures.c.id.desc())
        async with self._database.read() as connection:
            return [plain(row) for row in (await connection.execute(asked)).mappings()]


_SEALS: Final = ("pin", "name", "postcode", "date_of_birth")


def _places() -> list[tuple[str, Table, str]]:
    return [
        ("calls", t.calls, "caller_number"),
        *((name, table, "phone") for name, table in _PHONE.items()),
        *((name, table, "number") for name, table in _NUMBER.items()),
    ]


async def _count(
    connection: AsyncConnection, table: Table, column: str, number: str
) -> int:
    asked = select(func.count()).select_from(table).where(table.c[column] == number)
    return await connection.scalar(asked) or 0


async def _rows(
    connection: AsyncConnection, table: Table, column: str, number: str
) -> list[dict[str, Any]]:
    asked = select(table).where(table.c[column] == number)
    found = [plain(row) for row in (await connection.execute(asked)).mappings()]
    return [{name: _written(value) for name, value in row.items()} for row in found]


def _written(value: object) -> object:
    return value if isinstance(value, str | int | float | bool | None) else str(value)


async def _calls(
    connection: AsyncConnection, number: str, *, live: bool = False
) -> Sequence[CallId]:
    asked = select(t.calls.c.id).where(t.calls.c.caller_number == number)
    if not live:
        asked = asked.where(t.calls.c.ended_at.is_not(None))
    return [
        CallId(one) for one in await connection.scalars(asked.order_by("started_at"))
    ]


async def _call_nobody_back(
    connection: AsyncConnection, call_id: CallId, now: datetime
) -> None:
    open_ones = update(callbacks).where(
        callbacks.c.call_id == call_id, callbacks.c.settled_at.is_(None)
    )
    await connection.execute(
        open_ones.values(
            state=CallbackState.CANCELLED, settled_at=now, why="the caller was erased"
        )
    )


async def _erase_rows(connection: AsyncConnection, number: str) -> None:
    tickets, its = t.tickets.c, t.appointments.c
    codes = select(tickets.code).where(tickets.phone == number)
    notes = update(ticket_notes).where(ticket_notes.c.code.in_(codes))
    for statement in (
        notes.values(text=GONE),
        update(t.tickets)
        .where(tickets.phone == number)
        .values(summary=GONE, details=GONE, phone=GONE),
        update(t.appointments)
        .where(its.phone == number)
        .values(name=GONE, phone=GONE, texts=False),
        update(waiting).where(waiting.c.phone == number).values(name=GONE, phone=GONE),
        delete(verification_tries).where(verification_tries.c.number == number),
        delete(customers).where(customers.c.number == number),
        update(callback_tries)
        .where(callback_tries.c.number == number)
        .values(number=sealed(number), open_number=None),
        delete(opt_outs).where(opt_outs.c.number == sealed(number)),
        update(opt_outs)
        .where(opt_outs.c.number == number)
        .values(number=sealed(number)),
        # Who looked at somebody stays known, and not at whom.
        update(audit).where(audit.c.subject == number).values(subject=sealed(number)),
        delete(saved_views).where(
            or_(
                cast(saved_views.c.filters, Text).contains(number, autoescape=True),
                saved_views.c.name.contains(number, autoescape=True),
            )
        ),
        update(audit)
        .where(audit.c.detail.contains(number, autoescape=True))
        .values(detail=func.replace(audit.c.detail, number, sealed(number))),
    ):
        await connection.execute(statement)
