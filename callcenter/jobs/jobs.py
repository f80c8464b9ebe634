"""Durable jobs, as the event loop sees them.

Give it the kinds of jobs that there are, run `run()` as a task, and `start` some. A job
engine that is down costs no call: `problem` says so, and whoever starts jobs tries
again.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import CancelledError, Future
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import structlog

from callcenter.errors import StorageError
from callcenter.jobs.work import (
    OVERDUE_S,
    JobFailed,
    JobsError,
    Json,
    Kinds,
    Retry,
    Run,
    Step,
    TryLater,
)
from callcenter.storage.engine import exists, is_sqlite, parse_url

if TYPE_CHECKING:
    from callcenter.jobs.engine import Engine

OPEN_AGAIN_S: Final = 15.0
"""Between tries to open a job database that is down."""

PATIENCE_S: Final = 20.0
"""For one word to the job database: its own time-outs are shorter."""

UNTIRING: Final = Retry(tries=0)
"""The pauses while our own database is down."""

logger = structlog.get_logger()


def job_database(url: str) -> str:
    """Where jobs are kept: on PostgreSQL with the calls, in a schema of their own.

    On SQLite in a file beside, because its one writer is the ledger.
    """
    parsed = parse_url(url)
    if not is_sqlite(parsed):
        return parsed.render_as_string(hide_password=False)
    path = Path(parsed.database or "").with_suffix(".jobs.db")
    return f"sqlite:///{path}"


class Jobs:
    """The jobs of one node. `executor` names it: the same again after a restart."""

    def __init__(self, url: str, kinds: Kinds, *, executor: str) -> None:
        self.problem = ""
        """Why jobs wait, for people; empty when they don't."""
        self._url = url
        self._kinds = kinds
        self._executor = executor
        self._engine: Engine | None = None
        self._opening = asyncio.Lock()
        self._tasks: asyncio.TaskGroup | None = None
        self._stopped = False

    @property
    def busy(self) -> bool:
        """Whether a job is being done here."""
        return self._engine is not None and self._engine.busy

    async def run(self) -> None:
        """Do jobs until cancelled. What is under way then is done by the next node.

        Opens nothing before it is needed: a start, or jobs that a process left undone.
        """
        try:
            async with asyncio.TaskGroup() as tasks:
                self._tasks = tasks
                await self._go_on()
                await asyncio.Event().wait()
        finally:
            self._stopped = True
            await self._close()

    async def start(self, kind: str, job_id: str, payload: Json = None) -> None:
        """Have a job done, once for its kind and id however often it is started.

        When this returns, it will be done, whatever becomes of the process. JobsError.
        """
        async with self._asked():
            engine = await self._ready()
            await asyncio.to_thread(engine.start, kind, job_id, payload)

    async def revive(
        self,
        kind: str,
        job_id: str,
        payload: Json = None,
        *,
        silent_s: float = OVERDUE_S,
    ) -> None:
        """Have a job done whose result is missed: its node died, or it failed.

        What is at work at any node is left alone for `silent_s`. Raises JobsError.
        """
        now = datetime.now(UTC)
        async with self._asked():
            engine = await self._ready()
            await asyncio.to_thread(
                engine.revive, kind, job_id, payload, silent_s=silent_s, now=now
            )

    async def forget(self, before: datetime) -> int:
        """Delete jobs that were over by then; how many. Raises JobsError."""
        async with self._asked():
            engine = await self._ready()
            return await asyncio.to_thread(engine.forget, before)

    @asynccontextmanager
    async def _asked(self) -> AsyncIterator[None]:
        """Say what is wrong, and that it is not any more."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                yield
        except (JobsError, TimeoutError) as error:
            told = str(error) or "Jobs wait: their database does not answer."
            if told != self.problem:
                logger.warning("jobs_wait", problem=told)
            self.problem = told
            raise JobsError(told) from error
        if self.problem:
            logger.info("jobs_go_on")
        self.problem = ""

    async def _ready(self) -> "Engine":
        async with self._opening:
            if self._stopped or self._tasks is None:
                raise JobsError("Jobs wait: the node is ending.")
            if self._engine is None:
                loop = asyncio.get_running_loop()
                self._engine = await asyncio.to_thread(self._opened, loop)
            return self._engine

    def _opened(self, loop: asyncio.AbstractEventLoop) -> "Engine":
        """In a thread: the library takes most of a second to import."""
        from callcenter.jobs.engine import Engine  # noqa: PLC0415  # as told

        engine = Engine(
            self._url, self._kinds, partial(self._hand_over, loop), self._executor
        )
        engine.open()
        return engine

    async def _go_on(self) -> None:
        """Open at once if a process may have left something undone."""
        while exists(self._url):
            with suppress(JobsError):
                async with self._asked():
                    await self._ready()
                return
            await asyncio.sleep(OPEN_AGAIN_S)

    async def _close(self) -> None:
        """Wait for what is being opened, and end its threads."""
        async with self._opening:
            if self._engine is not None:
                await asyncio.to_thread(self._engine.close)

    def _hand_over(self, loop: asyncio.AbstractEventLoop, step: Step, run: Run) -> Json:
        """In a job's thread: have the event loop do it, and wait."""
        from callcenter.jobs.engine import Interrupted  # noqa: PLC0415  # as above

        outcome: Future[Json] = Future()
        try:
            loop.call_soon_threadsafe(self._take, step, run, outcome)
        except RuntimeError as error:  # the loop has ended
            raise Interrupted from error
        try:
            return outcome.result()
        except CancelledError as error:
            raise Interrupted from error

    def _take(self, step: Step, run: Run, outcome: "Future[Json]") -> None:
        if self._stopped or self._tasks is None:
            outcome.cancel()
            return
        work = self._settle(step, run, outcome)
        try:
            self._tasks.create_task(work)
        except RuntimeError:  # the group is about to end: another node goes on
            work.close()
            outcome.cancel()

    async def _settle(self, step: Step, run: Run, outcome: "Future[Json]") -> None:
        """Do it; whatever becomes of it, the job's thread is told."""
        try:
            outcome.set_result(await self._done(step, run))
        except Exception as error:  # noqa: BLE001  # a fault of one job is no other's
            known = isinstance(error, JobFailed)
            log = logger.warning if known else logger.exception
            log("job_failed", job=run.job_id, step=step.name, problem=str(error))
            outcome.set_exception(JobFailed(str(error) if known else "a fault of ours"))
        finally:
            outcome.cancel()  # unless it has an answer: then this does nothing

    async def _done(self, step: Step, run: Run) -> Json:
        tried = down = 0
        while True:
            last = tried + 1 >= step.retry.tries
            try:
                return await step.work(replace(run, last_try=last))
            except StorageError as error:
                down += 1
                pause_s = UNTIRING.pause_s(down)
                problem = str(error)
            except TryLater as error:
                tried += 1
                if last:
                    raise JobFailed(str(error)) from error
                pause_s = step.retry.pause_s(tried)
                problem = str(error)
            logger.info("job_waits", job=run.job_id, step=step.name, problem=problem)
            await asyncio.sleep(pause_s)
