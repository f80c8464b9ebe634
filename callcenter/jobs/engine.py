"""The door to dbos, which keeps what became of each step of each job.

dbos is one per process and works in threads of its own. Nothing of it touches the event
loop: a job's thread hands each step over, and waits for it. Nodes of one process share
it if they have the same database (only tests do that).
"""

import json
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from dbos import DBOS, DBOSPortableJSONSerializer, SetWorkflowID, error as dbos_error

from callcenter.errors import StorageError
from callcenter.jobs.work import JobsError, Json, Kinds, Run, Step, job_key
from callcenter.storage.engine import is_sqlite, parse_url, said_plainly

APP: Final = "callcenter"
SCHEMA: Final = "dbos"

VERSION: Final = "1"
"""Of how jobs are done. Only jobs of the same version are taken up by a node, and a new
release goes on with the jobs of the one before: count it up only if it must not."""

AT_A_TIME: Final = 8
"""Jobs of one node; each keeps a thread while it waits for a step."""

CONNECT_TIMEOUT_S: Final = 5

POLL_S: Final = 0.5
"""How often a thread looks whether it is to end: the price of a quick farewell."""

OVER: Final = frozenset(
    {"SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"}
)

Perform = Callable[[Step, Run], Json]
"""Does a step in the event loop; blocks. Raises Interrupted."""


class Interrupted(BaseException):
    """The node ends in the middle of a job, which is neither done nor failed.

    dbos keeps as an outcome whatever is an Exception; this is none.
    """


@dataclass(eq=False, slots=True)
class Engine:
    """One node's use of dbos. All methods block: call them in a thread."""

    url: str
    kinds: Kinds
    perform: Perform
    executor: str
    _working: set[str] = field(default_factory=set)
    """The jobs that are being done here."""

    @property
    def busy(self) -> bool:
        return bool(self._working)

    def open(self) -> None:
        """Launch, unless it is launched; what was left undone goes on. JobsError."""
        with _lock:
            if self in _open:
                return
            if _open and _open[0].url != self.url:
                raise JobsError("This process keeps its jobs in another database.")
            if not _open:
                with _said_plainly(self.url):
                    _launch(self.url, self.executor)
            _open.append(self)

    def close(self) -> None:
        """The last one ends dbos, and all of its threads."""
        with _lock:
            if self in _open:
                _open.remove(self)
                if not _open:
                    DBOS.destroy()

    def start(self, kind: str, job_id: str, payload: Json) -> None:
        """Begin a job, unless one of that kind and id was ever begun. JobsError."""
        key = job_key(kind, job_id)
        with _said_plainly(self.url):
            if DBOS.get_workflow_status(key) is None:
                with SetWorkflowID(key):
                    DBOS.start_workflow(_job, kind, job_id, json.dumps(payload))

    def revive(
        self, kind: str, job_id: str, payload: Json, *, silent_s: float, now: datetime
    ) -> None:
        """Have a job done whose result is missed: begun, taken over, or done again.

        One that is at work here, or was heard of in the last `silent_s`, is left to it.
        """
        key = job_key(kind, job_id)
        with _said_plainly(self.url):
            found = DBOS.get_workflow_status(key)
            if found is None:
                with SetWorkflowID(key):
                    DBOS.start_workflow(_job, kind, job_id, json.dumps(payload))
            elif key in self._working:
                return
            elif found.status in OVER:
                DBOS.rewind_workflow(key)
            elif now.timestamp() * 1000 - (found.updated_at or 0) >= silent_s * 1000:
                DBOS.resume_workflow(key)

    def forget(self, before: datetime) -> int:
        """Delete jobs that were over by then; how many."""
        with _said_plainly(self.url):
            done = DBOS.list_workflows(
                completed_before=before.isoformat(),
                status=sorted(OVER),
                load_input=False,
                load_output=False,
            )
            DBOS.delete_workflows([one.workflow_id for one in done])
        return len(done)

    def work(self, kind: str, job_id: str, payload: Json) -> None:
        """Do a job's steps, in a thread of dbos's."""
        key = job_key(kind, job_id)
        self._working.add(key)
        try:
            outcomes: dict[str, Json] = {}
            for step in self.kinds[kind]:
                run = Run(job_id, payload, dict(outcomes))
                outcomes[step.name] = DBOS.run_step(
                    {"name": step.name}, self.perform, step, run
                )
        finally:
            self._working.discard(key)


_lock: Final = threading.Lock()
_open: Final[list[Engine]] = []


@DBOS.workflow(name="job")
def _job(kind: str, job_id: str, payload: str) -> None:
    engine = next((one for one in reversed(_open) if kind in one.kinds), None)
    if engine is None:  # of a release that knows more than this one
        raise Interrupted
    engine.work(kind, job_id, json.loads(payload))


def _launch(url: str, executor: str) -> None:
    # It would write to the terminal by itself; what matters is told in our own words.
    logger = logging.getLogger("dbos")
    logger.handlers = [logging.NullHandler()]
    logger.propagate = False
    dbos = DBOS(
        config={
            "name": APP,
            "system_database_url": url,
            "dbos_system_schema": SCHEMA,
            "application_version": VERSION,
            "executor_id": executor,
            "serializer": DBOSPortableJSONSerializer(),
            "max_executor_threads": AT_A_TIME,
            "notification_listener_polling_interval_sec": POLL_S,
            "use_listen_notify": False,
            "log_level": "CRITICAL",
            "enable_otlp": False,
            "db_engine_kwargs": _connecting(url),
        }
    )
    try:
        DBOS.launch()
    except BaseException:
        DBOS.destroy()
        raise
    # Otherwise a thread sleeps for as long as the database is down, and the process
    # cannot end: dbos has a setting for this, but only for its clients.
    dbos._sys_db._retry_connection_errors = False  # noqa: SLF001  # as told


def _connecting(url: str) -> dict[str, Any]:
    """PostgreSQL's own default is to wait for the kernel: two minutes."""
    if is_sqlite(parse_url(url)):
        return {}
    return {"connect_args": {"connect_timeout": CONNECT_TIMEOUT_S}, "pool_size": 4}


@contextmanager
def _said_plainly(url: str) -> Iterator[None]:
    """Whatever is wrong, in a sentence. Raises JobsError."""
    try:
        with said_plainly(parse_url(url)):
            yield
    except StorageError as error:
        raise JobsError(f"Jobs wait. {error}") from error
    except (dbos_error.DBOSException, RuntimeError) as error:
        raise JobsError(f"Jobs wait: {error}") from error
