"""What is kept of the house while it runs: rosters that calls had, alarms, other nodes.

One pass every few seconds; whatever the database does not take is tried again in the
next one.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import count
from typing import Final

import structlog

from callcenter.assembly.dialling import DialGuard
from callcenter.assembly.parts import Node
from callcenter.domain.destinations import EXPLAINED, Refusal
from callcenter.domain.events import CallAnswered, Fact
from callcenter.domain.roster import Roster
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.storage.alarms import Alarms
from callcenter.storage.engine import Database
from callcenter.storage.rosters import RosterVersions, Version
from callcenter.storage.webhooks import WebhookBook
from callcenter.wire.card_text import texts_of

PASS_SECONDS: Final = 5.0
FORGET_PASSES: Final = 720
"""An hour; and at the start."""

BEAT_SECONDS: Final = 1.0
"""Between two signs of life; also how often the event loop's lateness is measured."""

CHANNEL: Final = "nodes"
GONE: Final = timedelta(seconds=10)
"""A node that gave no sign for so long is not listed any more."""

LAG_BEATS: Final = 60
"""The worst lateness of so many beats is told."""

logger = structlog.get_logger()


class KeepingWatch:
    """`run` it as a task, and let it `see` the facts."""

    def __init__(self, node: Node, database: Database, clock: Clock, name: str) -> None:
        self.name = name
        self._node = node
        self._clock = clock
        self._database = database
        self._alarms = Alarms(database, clock.now)
        self._versions = RosterVersions(database)
        self._rosters: dict[str, tuple[Roster, datetime]] = {}
        """That calls have had, and which may not be stored yet."""
        self._stored: set[str] = set()
        self._refused: Counter[Refusal] = Counter()
        self._heard: dict[str, tuple[int, datetime]] = {}
        self._late_ms: list[int] = [0]

    @property
    def worst_lag_ms(self) -> int:
        """How late the event loop woke somebody, in the last minute."""
        return max(self._late_ms)

    def nodes(self) -> dict[str, int]:
        """Those that give signs of life, and how many calls each has."""
        since = self._clock.now() - GONE
        self._heard = {n: one for n, one in self._heard.items() if one[1] > since}
        others = {name: calls for name, (calls, _) in sorted(self._heard.items())}
        return {self.name: self._node.floor.live, **others}

    def see(self, fact: Fact) -> None:
        """A watcher of facts: a call has begun, with some roster."""
        if isinstance(fact.event, CallAnswered):
            roster = self._node.rosters.known(fact.event.roster)
            if roster.hash == fact.event.roster and roster.hash not in self._stored:
                self._rosters.setdefault(roster.hash, (roster, fact.at))

    async def run(self) -> None:
        """Until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._beat())
            tasks.create_task(self._listen())
            tasks.create_task(self._pass())

    async def keep(self) -> None:
        """One pass. Raises StorageError; then the next one does it."""
        for hash_, (roster, at) in list(self._rosters.items()):
            version = Version(hash_, roster.entry, at, texts_of(roster))
            await self._versions.keep(version)
            self._stored.add(hash_)
            self._rosters.pop(hash_)
        await self._refusals()
        await self._alarms.state(self.name, dict(self._of_node()))
        await self._alarms.state("", await self._of_house())

    async def _refusals(self) -> None:
        guard = self._node.floor.house.refuses
        if not isinstance(guard, DialGuard):
            return
        for refusal, times in list(guard.refused.items()):
            if fresh := times - self._refused[refusal]:
                text = f"A dial was refused: {EXPLAINED[refusal]}."
                await self._alarms.happened("dial_refused", text, fresh)
                self._refused[refusal] = times

    def _of_node(self) -> Iterator[tuple[str, str]]:
        node = self._node
        if node.model.trouble:
            yield "model", node.model.trouble
        if node.bus.problem:
            yield "bus", node.bus.problem
        if node.ledger.problem:
            yield "ledger", node.ledger.problem
        if flaws := node.rosters.problems:
            more = f" (and {len(flaws) - 1} more)" if len(flaws) > 1 else ""
            yield "cards", f"Edited cards are not in use. {flaws[0]}{more}"

    async def _of_house(self) -> dict[str, str]:
        found = {}
        if spent := self._node.floor.house.no_agents():
            found["spend_limit"] = f"New calls go to operators: {spent}."
        hooks = await WebhookBook(self._database, self._clock.now).all()
        if off := [one.id for one in hooks if one.disabled_at is not None]:
            found["webhooks"] = f"Told nothing any more: {', '.join(off)}."
        return found

    async def _pass(self) -> None:
        for number in count():
            try:
                await self.keep()
                if number % FORGET_PASSES == 0:
                    await self._alarms.forget()
            except StorageError as error:
                logger.debug("watch_not_kept", reason=str(error))
            await asyncio.sleep(PASS_SECONDS)

    async def _beat(self) -> None:
        while True:
            sign = {"name": self.name, "calls": self._node.floor.live}
            self._node.bus.publish(CHANNEL, json.dumps(sign).encode())
            due_ms = self._clock.steady_ms() + BEAT_SECONDS * 1_000
            await asyncio.sleep(BEAT_SECONDS)
            late_ms = max(0, round(self._clock.steady_ms() - due_ms))
            self._late_ms = [*self._late_ms[1 - LAG_BEATS :], late_ms]

    async def _listen(self) -> None:
        async with self._node.bus.subscribe(CHANNEL) as messages:
            async for message in messages:
                self._hear(message)

    def _hear(self, message: bytes) -> None:
        try:
            sign = json.loads(message)
            name, calls = str(sign["name"])[:100], int(sign["calls"])
        except (ValueError, KeyError, TypeError):
            return  # a newer node may say it otherwise
        if name != self.name:
            self._heard[name] = (calls, self._clock.now())
