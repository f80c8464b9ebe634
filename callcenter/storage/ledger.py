"""The one writer of facts: the call path hands them over and never waits.

append ──► backlog ──► one transaction every 50 ms ──► the database
              │                                            ▲
              └── database down, or the process stops ──► journal (a file)
"""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from callcenter.domain.events import Fact
from callcenter.domain.redaction import Redactor
from callcenter.errors import StorageError
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.journal import Journal
from callcenter.wire.facts import name_of

GATHER_S: Final = 0.05
"""Facts come in bursts; SQLite does some 300 commits a second, not one per fact."""

MOST_AT_ONCE: Final = 100
"""Facts in one transaction. Preparing 500 held the event loop for 70 ms, and 100 for 6;
a frame of audio is due every 20."""

SPILL_AT: Final = 5_000
"""Facts in memory while the database is down, some 3 MB, before they go to the file."""

LOSE_AT: Final = 50_000
"""… and when the file cannot be written either: then the newest facts are lost."""

FIRST_WAIT_S: Final = 0.2
LONGEST_WAIT_S: Final = 5.0
"""Between tries while the database is down, each wait twice the one before."""

_UNSTORABLE: Final = (SQLAlchemyError, ValueError, TypeError, OverflowError)
"""What is wrong with a fact itself; trying again would not help."""

_log: Final = structlog.get_logger(__name__)


class Ledger:
    """Takes facts from anywhere in the event loop, and stores them in order.

    Run `run()` as a task for as long as facts are appended; before it is cancelled,
    `flush()`. What is not stored by then goes to the journal, and is stored at the next
    start.
    """

    def __init__(
        self,
        database: Database,
        journal: Path,
        *,
        spill_at: int = SPILL_AT,
        lose_at: int = LOSE_AT,
        gather_s: float = GATHER_S,
        redact: Callable[[Fact], list[Fact]] | None = None,
    ) -> None:
        self.problem: str | None = None
        """Why facts are not being stored at the moment, for /readyz."""
        self._database = database
        self._journal = Journal(journal)
        self._spill_at = spill_at
        self._lose_at = lose_at
        self._gather_s = gather_s
        self._redact = redact or Redactor()
        self._backlog: deque[Fact] = deque()
        self._appended = asyncio.Event()
        self._emptied = asyncio.Condition()
        self._taken = 0
        self._lost = 0

    @property
    def unstored(self) -> int:
        """How many facts wait in memory."""
        return len(self._backlog)

    @property
    def oldest(self) -> datetime | None:
        """When the first of them happened; what is in the journal is older still."""
        return self._backlog[0].at if self._backlog else None

    @property
    def journal_waits(self) -> bool:
        """Whether facts are in the file instead of the database."""
        return self._journal.waiting

    def append(self, fact: Fact) -> None:
        """Hand a fact over. Never waits, never raises.

        Secrets are taken out here, before database or journal can have them.
        """
        if len(self._backlog) >= self._lose_at:
            self._lost += 1
            self.problem = f"{self._lost} facts are lost: database and journal are down"
            return
        self._backlog.extend(self._redact(fact))
        self._appended.set()

    async def flush(self, timeout_s: float) -> bool:
        """Wait until everything appended so far is stored. False: it is not yet."""
        target = self._taken + len(self._backlog)
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s), self._emptied:
                await self._emptied.wait_for(
                    lambda: self._taken >= target and not self._journal.waiting
                )
            return True
        return False

    async def run(self) -> None:
        """Store what is appended, until cancelled."""
        try:
            await self._store_all()
            while True:
                await self._appended.wait()
                await asyncio.sleep(self._gather_s)
                self._appended.clear()
                await self._store_all()
        finally:
            # No await beyond this point: the process is about to end.
            self._spill()

    async def _store_all(self) -> None:
        """Store the journal and the backlog, however long the database is down."""
        wait_s = FIRST_WAIT_S
        while True:
            try:
                await self._replay()
                await self._store_backlog()
            except (StorageError, OSError) as error:
                self._report(str(error))
            else:
                self._recovered()
                return
            if len(self._backlog) >= self._spill_at:
                await self._make_room()
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def _replay(self) -> None:
        """The journal goes first: it is older than what is in memory."""
        while self._journal.waiting:
            for facts in self._journal.read(MOST_AT_ONCE):
                await self._store(facts)
            self._journal.forget()
            await self._announce()
            _log.info("journal_replayed", path=str(self._journal.path))

    async def _store_backlog(self) -> None:
        while self._backlog:
            facts = list(islice(self._backlog, MOST_AT_ONCE))
            await self._store(facts)
            self._drop(len(facts))
            await self._announce()

    async def _announce(self) -> None:
        async with self._emptied:
            self._emptied.notify_all()

    async def _store(self, facts: list[Fact], *, again: bool = True) -> None:
        """All in one transaction; or one by one, if one of them cannot be stored."""
        try:
            async with self._database.write() as connection:
                await record.write(connection, facts)
        except _UNSTORABLE as error:
            if len(facts) > 1:
                for fact in facts:
                    await self._store([fact])
            elif again:  # another node may have begun the same call's row
                await self._store(facts, again=False)
            else:
                self._refuse(facts[0], error)

    def _refuse(self, fact: Fact, error: Exception) -> None:
        _log.error(
            "fact_refused",
            call_id=fact.call_id,
            sequence=fact.sequence,
            kind=name_of(fact.event),
            reason=type(error).__name__,
        )
        with suppress(OSError):  # it has been logged, and the others must go on
            self._journal.refuse(fact)

    async def _make_room(self) -> None:
        """Move the backlog to the journal, and leave the event loop to the voices."""
        facts = list(self._backlog)
        try:
            await asyncio.to_thread(self._journal.write, facts)
        except OSError as error:
            self._report(f"{self.problem}; nor can the journal: {error}")
        else:
            self._spilled(len(facts))

    def _spill(self) -> None:
        """Move the backlog to the journal, now."""
        try:
            if self._backlog:
                self._journal.write(self._backlog)
        except OSError as error:
            _log.critical("facts_lost", facts=len(self._backlog), reason=str(error))
        else:
            self._spilled(len(self._backlog))

    def _spilled(self, facts: int) -> None:
        self._drop(facts)
        if facts:
            _log.warning("facts_spilled", facts=facts, path=str(self._journal.path))

    def _drop(self, count: int) -> None:
        for _ in range(count):
            self._backlog.popleft()
        self._taken += count

    def _report(self, problem: str) -> None:
        if problem != self.problem:
            _log.error("facts_not_stored", reason=problem)
        self.problem = problem

    def _recovered(self) -> None:
        if self.problem is not None:
            _log.info("facts_stored_again", lost=self._lost)
        self.problem = None
        self._lost = 0
