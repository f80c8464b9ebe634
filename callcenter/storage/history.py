"""What happened, for people and programs that ask: reading only.

The objects are plain data, ready for JSON; docs/api.md and `callcenter calls` promise
their shape.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, RowMapping, Select, Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.callbacks import CalledBack
from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId, CallSid
from callcenter.domain.recording import RecordingStarted
from callcenter.errors import StorageError
from callcenter.storage import record, tables as t
from callcenter.storage.callback_tables import callbacks
from callcenter.storage.engine import Database
from callcenter.storage.projections import CALLBACK, MESSAGE, VOICEMAIL
from callcenter.storage.timings import timings_of
from callcenter.storage.wrap_ups import wrap_up_of

MOST_CALLS: Final = 50
"""In one list: what a person reads, and a page of the console."""

CALL_COLUMNS: Final = [column for column in t.calls.c if column.name != "last_sequence"]


class AmbiguousCall(StorageError):
    """More than one call begins like that."""


class History:
    """Reads calls from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts_of(self, call_id: CallId) -> list[Fact]:
        """The record of a call, in order; empty for an unknown one."""
        async with self._database.read() as connection:
            return await record.facts_of(connection, call_id)

    async def call_id_of(self, call_sid: CallSid) -> CallId | None:
        """Our id of the call with this leg of the caller."""
        asked = select(t.calls.c.id).where(t.calls.c.call_sid == call_sid)
        async with self._database.read() as connection:
            found = await connection.scalar(asked.order_by(t.calls.c.started_at.desc()))
        return None if found is None else CallId(found)

    async def live_calls(self) -> list[dict[str, Any]]:
        """Calls that have not ended, the oldest first; in the shape of `list_calls`."""
        asked = select(*CALL_COLUMNS).where(t.calls.c.ended_at.is_(None))
        async with self._database.read() as connection:
            return await _all(connection, asked.order_by(t.calls.c.started_at))

    async def list_calls(
        self,
        limit: int = MOST_CALLS,
        *,
        before: datetime | None = None,
        disposition: str | None = None,
        caller_number: str | None = None,
    ) -> list[dict[str, Any]]:
        """The last calls, the newest first, of those that fit."""
        asked = select(*CALL_COLUMNS).order_by(
            t.calls.c.started_at.desc(), t.calls.c.id
        )
        if before is not None:
            asked = asked.where(t.calls.c.started_at < before)
        if disposition is not None:
            asked = asked.where(t.calls.c.disposition == disposition)
        if caller_number is not None:
            asked = asked.where(t.calls.c.caller_number == caller_number)
        async with self._database.read() as connection:
            return await _all(connection, asked.limit(limit))

    async def show_call(self, key: str) -> dict[str, Any] | None:
        """Everything of one call: by its id, its CallSid, or how either begins.

        None when there is none; raises AmbiguousCall when there are several.
        """
        async with self._database.read() as connection:
            call = await _find(connection, key)
            if call is None:
                return None
            return {**call, **await _story(connection, call["id"])}


async def _find(connection: AsyncConnection, key: str) -> dict[str, Any] | None:
    columns = (t.calls.c.id, t.calls.c.call_sid)
    for column in columns:
        exact = select(*CALL_COLUMNS).where(column == key)
        found = await _all(connection, exact.order_by(t.calls.c.started_at.desc()))
        if found:
            return found[0]
    if not key:
        return None
    begins: ColumnElement[bool] = columns[0].startswith(key, autoescape=True)
    begins |= columns[1].startswith(key, autoescape=True)
    found = await _all(connection, select(*CALL_COLUMNS).where(begins).limit(2))
    if len(found) > 1:
        raise AmbiguousCall(
            f"More than one call begins with {key!r}: give more of its id."
        )
    return found[0] if found else None


async def _story(connection: AsyncConnection, call_id: str) -> dict[str, Any]:
    turns = t.turns.c
    follow_ups = await _of(connection, t.follow_ups, call_id)
    asked = await _of(connection, callbacks, call_id)
    wishes = {one["sequence"]: one for one in asked}
    events = await _of(connection, t.call_events, call_id)
    return {
        "turns": await _of(connection, t.turns, call_id, turns.began_ms),
        "tool_calls": await _of(connection, t.tool_calls, call_id),
        "handoffs": await _of(connection, t.handoffs, call_id),
        "escalations": await _escalations(connection, call_id),
        "messages": [
            {"at": one["at"], "text": one["text"]}
            for one in follow_ups
            if one["kind"] == MESSAGE
        ],
        "callbacks": [
            {"at": one["at"], "when": one["wanted"], "reason": one["text"]}
            | _wish(wishes.get(one["sequence"]))
            for one in follow_ups
            if one["kind"] == CALLBACK
        ],
        "called_back": next(
            (one["data"] for one in events if one["kind"] == CalledBack.__name__), None
        ),
        "voicemails": [
            {
                "at": one["at"],
                "recording_sid": one["recording_sid"],
                "seconds": one["seconds"],
                "text": one["text"],
            }
            for one in follow_ups
            if one["kind"] == VOICEMAIL
        ],
        "recordings": [
            {"at": one["at"], "path": one["data"]["path"]}
            for one in events
            if one["kind"] == RecordingStarted.__name__
        ],
        "timings": timings_of(events),
        "wrap_up": await wrap_up_of(connection, call_id),
        "events": events,
    }


def _wish(row: Mapping[str, Any] | None) -> dict[str, Any]:
    """What has become of a wish to be called back; older calls do not know."""
    known = row or dict.fromkeys(("id", "promised_at", "state"))
    return {
        "id": known["id"],
        "due_at": known["promised_at"],
        "state": known["state"],
    }


async def _escalations(
    connection: AsyncConnection, call_id: str
) -> list[dict[str, Any]]:
    attempts = await _of(connection, t.escalation_attempts, call_id)
    return [
        {
            **escalation,
            "attempts": [
                attempt
                for attempt in attempts
                if attempt["escalation_id"] == escalation["escalation_id"]
            ],
        }
        for escalation in await _of(connection, t.escalations, call_id)
    ]


async def _of(
    connection: AsyncConnection,
    table: Table,
    call_id: str,
    *order: ColumnElement[Any],
) -> list[dict[str, Any]]:
    """A call's rows of a table, in the order of their facts unless told otherwise."""
    columns = [column for column in table.c if column.name != "call_id"]
    asked = select(*columns).where(table.c.call_id == call_id)
    return await _all(connection, asked.order_by(*order, table.c.sequence))


async def _all(connection: AsyncConnection, asked: Select[Any]) -> list[dict[str, Any]]:
    rows = await connection.execute(asked)
    return [plain(row) for row in rows.mappings()]


def plain(row: RowMapping | Mapping[str, Any]) -> dict[str, Any]:
    """The row as JSON holds it: times as ISO 8601, in UTC."""
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in row.items()
    }
