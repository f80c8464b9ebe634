"""What goes on at all nodes, for the pages that show it while it happens.

One `Live` for a node, however many pages look: facts come over the bus (callcenter.
assembly.broadcast), days' figures from the database, and only while somebody looks.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from callcenter.domain.figures import NO_DAY, Day, today, week_before
from callcenter.domain.ids import CallId
from callcenter.domain.presence import OnList
from callcenter.domain.wall import Wall
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.today import Today
from callcenter.wire.bus import Bus
from callcenter.wire.facts import UnknownFact, load_line

CHANNEL: Final = "facts"

SWEEP_SECONDS: Final = 2.0
"""Between two looks at the database for calls whose beginning was not heard."""

CHECK_SWEEPS: Final = 15
"""So many sweeps between two looks for calls whose end was not heard."""

MOST_LEARNED: Final = 20
"""Calls in one sweep: a node that starts among many learns them bit by bit."""

DAY_SECONDS: Final = 10.0
"""Between two looks at the day's figures."""

logger = structlog.get_logger()


@dataclass(slots=True)
class Slow:
    """What is read every few seconds, for all pages together."""

    day: Day = NO_DAY
    before: Day = NO_DAY
    """The same weekday last week, up to the same time of day."""
    operators: list[OnList] = field(default_factory=list)
    revision: int = 0
    problem: str = ""


class Live:
    """`run` it as a task; pages read `wall` and `slow`."""

    def __init__(
        self, database: Database, bus: Bus, clock: Clock, zone: ZoneInfo, goal_s: int
    ) -> None:
        self.wall = Wall()
        self.slow = Slow()
        self.zone = zone
        self.looking = 0
        """How many pages look."""
        self._history = History(database)
        self._today = Today(database, goal_s)
        self._directory = Directory(database)
        self._bus = bus
        self._clock = clock
        self._wanted = asyncio.Event()

    @contextmanager
    def look(self) -> Iterator[None]:
        """While a page looks."""
        self.looking += 1
        self._wanted.set()
        try:
            yield
        finally:
            self.looking -= 1

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            tasks.create_task(self._sweep())
            tasks.create_task(self._read())

    async def refresh(self) -> None:
        """Read the slow figures now. A database that is down is told, not raised."""
        try:
            now = self._clock.now()
            day = await self._today.of(today(now, self.zone), now)
            before = await self._today.of(week_before(now, self.zone), now)
            operators = await self._directory.everybody()
        except StorageError as error:
            self.slow.problem = str(error)
        else:
            self.slow.day, self.slow.before = day, before
            self.slow.operators, self.slow.problem = operators, ""
        self.slow.revision += 1

    async def _listen(self) -> None:
        async with self._bus.subscribe(CHANNEL) as messages:
            async for message in messages:
                for line in message.splitlines():
                    # A newer node may tell of what this one does not know.
                    with suppress(UnknownFact):
                        self.wall.see(load_line(line))

    async def _sweep(self) -> None:
        sweeps = 0
        while True:
            try:
                if sweeps % CHECK_SWEEPS == 0:
                    await self._compare()
                await self._learn()
                sweeps += 1
            except StorageError as error:
                logger.debug("wall_not_swept", reason=str(error))
            await asyncio.sleep(SWEEP_SECONDS)

    async def _compare(self) -> None:
        """Find calls that nobody told of, and those whose end nobody did."""
        shown = set(self.wall.calls)
        going_on = {CallId(one["id"]) for one in await self._history.live_calls()}
        self.wall.missing |= going_on - set(self.wall.calls)
        for call_id in shown - going_on:
            facts = await self._history.facts_of(call_id)
            if facts:  # else the ledger has not written them yet
                self.wall.learn(facts)

    async def _learn(self) -> None:
        for call_id in sorted(self.wall.missing)[:MOST_LEARNED]:
            facts = await self._history.facts_of(call_id)
            if facts:
                self.wall.learn(facts)

    async def _read(self) -> None:
        while True:
            if not self.looking:
                self._wanted.clear()
                await self._wanted.wait()
            await self.refresh()
            await asyncio.sleep(DAY_SECONDS)
