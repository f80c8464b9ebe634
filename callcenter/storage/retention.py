"""Purging what has had its time: a few calls at a time, again and again, until none.

Each batch is a transaction of its own, so the ledger never waits for long; what is done
is marked with the call, so a job that was stopped goes on where it was, and two nodes
that purge at the same time do no harm.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.ids import CallId, RecordingSid
from callcenter.domain.retention import PARTS, Kind, Retention
from callcenter.errors import CarrierError
from callcenter.storage import tables as t
from callcenter.storage.api_tables import webhook_deliveries
from callcenter.storage.engine import Database
from callcenter.storage.record_tables import call_figures
from callcenter.storage.scrubbing import audio_of, delete_files, paths_of, scrub
from callcenter.wire.facts import UnknownFact

BATCH: Final = 20
"""Calls in one transaction: less than a tenth of a second for the ledger to wait."""

DeleteAudio = Callable[[RecordingSid], Awaitable[None]]
"""At the carrier; harmless when it is gone. Raises CarrierError."""

_log: Final = structlog.get_logger(__name__)


class Purge:
    """What is due, and doing it."""

    def __init__(
        self,
        database: Database,
        keep: Retention,
        delete_audio: DeleteAudio,
        recordings: Path,
    ) -> None:
        self._database = database
        self._keep = keep
        self._delete_audio = delete_audio
        self._recordings = recordings
        self._left: set[CallId] = set()

    async def due(self, now: datetime) -> dict[Kind, int]:
        """How many calls each kind would be purged of; without doing it."""
        counted = {}
        async with self._database.read() as connection:
            for kind in Kind:
                if conditions := self._due(kind, now):
                    asked = select(func.count()).select_from(_ENDED).where(*conditions)
                    counted[kind] = await connection.scalar(asked) or 0
        return counted

    async def run(
        self, now: datetime, *, batches: int | None = None, breath_s: float = 0.0
    ) -> Counter[Kind]:
        """Purge what is due, at most so many batches; of how many calls it was.

        After each batch there is a breath: whoever writes down a live call goes first.

        What cannot be done now (a carrier that is down) is left for the next time.
        """
        done: Counter[Kind] = Counter()
        self._left.clear()
        for kind in (Kind.CALLS, *PARTS):
            while batches is None or batches > 0:
                purged = await self._batch(kind, now)
                if purged is None:
                    break
                done[kind] += purged
                batches = None if batches is None else batches - 1
                await asyncio.sleep(breath_s)
        told = {str(kind): count for kind, count in done.items() if count}
        if told:
            _log.info("purged", **told)
        return done

    async def _batch(self, kind: Kind, now: datetime) -> int | None:
        """None: there are no more."""
        ids = await self._ids(kind, now)
        if not ids:
            return None
        if kind in {Kind.CALLS, Kind.VOICEMAILS}:
            ids = [one for one in ids if await self._without_audio(one)]
        paths = list[str]()
        done = 0
        async with self._database.write() as connection:
            for call_id in ids:
                if kind is Kind.CALLS:
                    paths += await paths_of(connection, call_id)
                    await forget(connection, call_id)
                elif not await scrub(connection, call_id, [kind]):
                    self._left.add(call_id)
                    continue
                done += 1
        await asyncio.to_thread(delete_files, self._recordings, paths)
        return done

    async def _ids(self, kind: Kind, now: datetime) -> list[CallId]:
        conditions = self._due(kind, now)
        if not conditions:
            return []
        its = call_figures.c
        asked = select(its.call_id).select_from(_ENDED).where(*conditions)
        asked = asked.where(its.call_id.not_in(self._left)).order_by(its.moment)
        async with self._database.read() as connection:
            return list(await connection.scalars(asked.limit(BATCH)))

    def _due(self, kind: Kind, now: datetime) -> list[ColumnElement[bool]]:
        before = self._keep.before(kind, now)
        if before is None:
            return []
        conditions = [t.calls.c.started_at < before, t.calls.c.ended_at.is_not(None)]
        if kind is not Kind.CALLS:
            conditions.append(call_figures.c.purged.not_like(f"% {kind} %"))
        return conditions

    async def _without_audio(self, call_id: CallId) -> bool:
        """Whether the carrier has nothing of this call any more."""
        try:
            async with self._database.read() as connection:
                audio = await audio_of(connection, call_id)
            for one in audio:
                await self._delete_audio(one)
        except (CarrierError, UnknownFact) as error:
            _log.warning("audio_not_deleted", call_id=call_id, reason=str(error))
            self._left.add(call_id)
            return False
        return True


_ENDED: Final = call_figures.join(t.calls, t.calls.c.id == call_figures.c.call_id)


async def forget(connection: AsyncConnection, call_id: CallId) -> None:
    """Remove a call with all that is of it."""
    told = delete(webhook_deliveries).where(webhook_deliveries.c.call_id == call_id)
    await connection.execute(told)
    await connection.execute(delete(t.calls).where(t.calls.c.id == call_id))
