"""Who is on duty: the operators in memory, as the database and all nodes know them.

A caller waits while it is read, so it is read from memory. Facts of this node change it
at once; they are then stored, and the list is read again every second: other nodes and
the command line change it, too.
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import structlog

from callcenter.assembly.dialling import (
    DAY,
    HOUR,
    DialGuard,
    Limits,
    check_destinations,
    dial_rules,
)
from callcenter.assembly.house_hours import HouseHours
from callcenter.domain.events import Fact, OperatorCalled
from callcenter.domain.operators import Operator
from callcenter.domain.presence import (
    OnList,
    OperatorEvent,
    Presence,
    PresenceRules,
    after,
)
from callcenter.errors import ConfigurationError, StorageError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.telephony.operators_file import load_operators

REFRESH_SECONDS: Final = 1.0
"""So old is what a node knows of the others, at most."""

MOST_UNSTORED: Final = 1_000
"""While the database is down; then the oldest are forgotten."""

BRIEFED_SECONDS: Final = 100
"""A talk's time begins with its leg's: the briefing, and the caller's way there."""

ATTEMPTS_REMEMBERED: Final = 1_000
"""Whom they rang; of older ones the database knows it."""

logger = structlog.get_logger()


def on_duty(settings: Settings, database: Database, clock: Clock) -> "OnDuty":
    """Raises ConfigurationError for a file that makes no sense, or rings too far."""
    path = settings.operators_file
    if "operators_file" in settings.model_fields_set and not path.exists():
        raise ConfigurationError(f"There is no {path} (OPERATORS_FILE).")
    of_file = load_operators(path)
    rules = dial_rules(settings, of_file)
    check_destinations(of_file, rules)
    limits = Limits(
        settings.max_dials_per_hour,
        settings.max_dials_per_day,
        minutes_per_day=settings.max_dialled_minutes_per_day,
    )
    presence = PresenceRules(
        wrap_up_s=settings.operator_wrap_up_seconds,
        missed_calls=settings.operator_missed_calls,
        longest_talk_s=settings.max_talk_seconds + BRIEFED_SECONDS,
    )
    duty = OnDuty(Directory(database), clock, presence, of_file)
    duty.guard = DialGuard(rules, limits, duty.destinations, clock)
    duty.seeds = settings.operators_file.exists()
    return duty


class OnDuty:
    """The list of one node. Until the database was read, it is the file's."""

    guard: DialGuard
    seeds = False
    """Whether there is a file to be taken over."""
    hours: HouseHours | None = None
    """Those of whoever has none of their own; None: they are always at work."""

    def __init__(
        self,
        directory: Directory,
        clock: Clock,
        rules: PresenceRules,
        of_file: list[Operator],
    ) -> None:
        self._directory = directory
        self._clock = clock
        self.rules = rules
        self._of_file = of_file
        self._listed = [OnList(one) for one in of_file]
        self._rung: dict[str, str] = {}
        """Whom an attempt rings."""
        self._unstored: deque[Fact] = deque(maxlen=MOST_UNSTORED)
        self._failing = False
        self._changed = asyncio.Event()

    def free(self) -> list[Operator]:
        """Everybody who may be rung now."""
        now = self._clock.now()
        return [one.operator for one in self._here(now) if one.is_free(now)]

    def at_work(self) -> list[Operator]:
        """Everybody who takes calls now, free or not."""
        now = self._clock.now()
        return [
            one.operator
            for one in self._here(now)
            if one.attendance.at(now) is not Presence.AWAY and one.operator.at_work(now)
        ]

    def expected(self) -> list[Operator]:
        """Everybody whose hours it is, be they away or not."""
        now = self._clock.now()
        here = [one.operator for one in self._here(now)]
        return [one for one in here if one.at_work(now)]

    def everybody(self) -> list[Operator]:
        """The whole list, at work or not."""
        return [one.operator for one in self._listed]

    def _here(self, now: datetime) -> list[OnList]:
        """Whoever has no hours of their own keeps those of the house."""
        if self.hours is None or self.hours.is_open(now):
            return self._listed
        return [one for one in self._listed if one.operator.hours is not None]

    def destinations(self) -> set[str]:
        """Whatever may be rung at all."""
        return {one.operator.destination for one in self._listed}

    def see(self, fact: Fact) -> None:
        """A watcher of facts: an operator's call went on."""
        event = fact.event
        if isinstance(event, OperatorCalled):
            self._rung[event.attempt_id] = event.operator
            if len(self._rung) > ATTEMPTS_REMEMBERED:
                self._rung.pop(next(iter(self._rung)))
        if isinstance(event, OperatorEvent):
            self._unstored.append(fact)
            self._apply(fact)
            self._changed.set()

    async def prepare(self) -> None:
        """Take over the file, and read the list. Raises StorageError."""
        if self.seeds:
            await self._directory.seed(self._of_file)
        await self.refresh()

    async def refresh(self) -> None:
        """Store what happened here, and read what happened anywhere.

        Raises StorageError; then memory stands, and nothing is forgotten.
        """
        while self._unstored:
            await self._store(self._unstored[0])
            self._unstored.popleft()
        now, limits = self._clock.now(), self.guard.limits
        limits.hour = await self._directory.attempts_since(now - HOUR)
        limits.day = await self._directory.attempts_since(now - DAY)
        self._listed = await self._directory.everybody()
        for fact in self._unstored:  # of the last few milliseconds
            self._apply(fact)

    async def run(self) -> None:
        """Refresh it every second, until cancelled."""
        while True:
            with suppress(TimeoutError):  # what happened here is told to others at once
                async with asyncio.timeout(REFRESH_SECONDS):
                    await self._changed.wait()
            self._changed.clear()
            try:
                await self.refresh()
            except StorageError as error:
                if not self._failing:
                    logger.warning("operators_not_refreshed", reason=str(error))
                self._failing = True
            else:
                self._failing = False

    def _apply(self, fact: Fact) -> None:
        event = fact.event
        if not isinstance(event, OperatorEvent):
            return
        name = self._rung.get(event.attempt_id, "")
        self._listed = [
            replace(one, attendance=after(one.attendance, event, fact.at, self.rules))
            if one.operator.name == name
            else one
            for one in self._listed
        ]

    async def _store(self, fact: Fact) -> None:
        event = fact.event
        if not isinstance(event, OperatorEvent):
            return
        attempt = event.attempt_id
        name = self._rung.get(attempt) or await self._directory.rung_by(attempt)
        change = partial(after, event=event, at=fact.at, rules=self.rules)
        await self._directory.attend(name, change)
