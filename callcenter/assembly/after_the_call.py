"""What a node does when calls are over: a wrap-up for each, once, whatever happens.

Two things start one: the fact that a call ended, and a sweep at the start and every
minute over ended calls that have none. The sweep makes up for crashes, for nodes that
never came back, and for a job engine that was down.
"""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit

import structlog

from callcenter.assembly.redaction import policy
from callcenter.assembly.wrapping_up import KIND, WrappingUp
from callcenter.domain.call_cost import Rates
from callcenter.domain.events import CallEnded, Fact
from callcenter.domain.ids import CallId
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.jobs.jobs import Jobs, job_database
from callcenter.jobs.work import OVERDUE_S, JobsError
from callcenter.realtime.text_model import TextModel
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.wrap_ups import DueCall, Hook, WrapUps, tell_others

SWEEP_S: Final = 60.0

AGAIN_S: Final = 5.0
"""After a sweep that failed: at a first start, the tables are just being made."""

OVERDUE: Final = timedelta(seconds=OVERDUE_S)
"""A wrap-up that is not there by then has died with its node, or failed."""

KEEP: Final = timedelta(days=7)
"""Jobs that are over, for somebody who looks into a fault."""

OPENAI: Final = "https://api.openai.com/v1"

logger = structlog.get_logger()


@dataclass(slots=True)
class AfterTheCall:
    """Run `run()` as a task; have `watch` told of every fact."""

    jobs: Jobs
    wrap_ups: WrapUps
    clock: Clock
    after: timedelta
    """What comes late (an outcome, a last transcript) should be in it."""
    _ended: asyncio.Event = field(default_factory=asyncio.Event)
    _asked: dict[CallId, datetime] = field(default_factory=dict)
    _tidied: datetime | None = None

    def watch(self, fact: Fact) -> None:
        """Never waits."""
        if isinstance(fact.event, CallEnded):
            self._ended.set()

    def warnings(self) -> list[str]:
        """For /readyz: calls are served all the same."""
        return [self.jobs.problem] if self.jobs.problem else []

    async def run(self) -> None:
        """Until cancelled; whatever is down is asked again."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.jobs.run())
            while True:
                try:
                    await self.sweep()
                except (StorageError, JobsError):
                    # What is wrong has been said already, at /readyz and in the log.
                    await asyncio.sleep(AGAIN_S)
                else:
                    await self._rest()

    async def sweep(self) -> int:
        """Start what is due; how many. Raises StorageError and JobsError."""
        now = self.clock.now()
        due = await self.wrap_ups.due(now, self.after)
        left = {one.call_id for one in due}
        self._asked = {c: at for c, at in self._asked.items() if c in left}
        started = 0
        for call in due:
            if now - self._asked.get(call.call_id, now - OVERDUE) >= OVERDUE:
                await self._start(call, now)
                self._asked[call.call_id] = now
                started += 1
        if due:
            await self._tidy(now)
        return started

    async def _start(self, call: DueCall, now: datetime) -> None:
        if now - call.ended_at < OVERDUE:
            await self.jobs.start(KIND, call.call_id)
        else:
            logger.info("wrap_up_overdue", call_id=call.call_id)
            await self.jobs.revive(KIND, call.call_id)

    async def _tidy(self, now: datetime) -> None:
        if self._tidied is None or now - self._tidied > KEEP / 7:
            self._tidied = now
            await self.jobs.forget(now - KEEP)

    async def _rest(self) -> None:
        """Until a call has ended and its last facts are in; a minute at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SWEEP_S):
                await self._ended.wait()
            self._ended.clear()
            await asyncio.sleep(self.after.total_seconds() + SETTLE_S)


SETTLE_S: Final = 0.2
"""For the ledger to store the end of the call: it gathers facts for less."""


@asynccontextmanager
async def after_the_call(
    settings: Settings,
    database: Database,
    clock: Clock,
    *,
    books: Callable[[Database, Sequence[Hook]], WrapUps] = WrapUps,
) -> AsyncIterator[AfterTheCall]:
    """What is under way when the block ends is done by the next node that sweeps."""
    model = text_model(settings)
    wrap_ups = books(database, [tell_others])
    writing = WrappingUp(wrap_ups, rates(settings), clock, model, policy(settings))
    jobs = Jobs(
        job_database(settings.database_url),
        writing.kinds,
        executor=f"{socket.gethostname()}:{settings.port}",
    )
    after = timedelta(seconds=settings.wrap_up_after_seconds)
    work = AfterTheCall(jobs, wrap_ups, clock, after)
    try:
        async with asyncio.TaskGroup() as tasks:
            working = tasks.create_task(work.run())
            try:
                yield work
            finally:
                working.cancel()
    finally:
        if model is not None:
            await model.close()


def text_model(settings: Settings) -> TextModel | None:
    """Who writes summaries; None without a key, or where it would go astray.

    A key for another provider's Realtime endpoint is nothing to send to OpenAI.
    """
    key = settings.openai_api_key.get_secret_value()
    ours = urlsplit(settings.openai_realtime_url).hostname == urlsplit(OPENAI).hostname
    url = settings.openai_text_url or (OPENAI if ours else "")
    if not key or not url or settings.openai_text_model == NOBODY:
        return None
    return TextModel(url, key, settings.openai_text_model)


NOBODY: Final = "none"
"""OPENAI_TEXT_MODEL=none: no call is read by another model."""


def rates(settings: Settings) -> Rates:
    """What minutes cost here."""
    return Rates(
        settings.openai_realtime_model,
        settings.openai_transcription_model,
        settings.caller_usd_per_minute,
        settings.operator_usd_per_minute,
    )
