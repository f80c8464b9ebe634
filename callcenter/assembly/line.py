"""The waiting line of one node: the database's, in memory, a second old at most.

Callers who wait here are told to the database every second: whom no node has seen for
a while does not keep others waiting.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from callcenter.assembly.appointments import Appointments
from callcenter.assembly.house_hours import HouseHours
from callcenter.assembly.on_duty import OnDuty, on_duty
from callcenter.domain import events as e, presence, queueing as q
from callcenter.domain.ids import AttemptId, CallId
from callcenter.domain.opening_words import opens_again
from callcenter.domain.operators import Operator
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.floor.queue import Place
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.queue import QueueBook

REFRESH_SECONDS: Final = 1.0
"""So old is what a node knows of the others' callers, at most."""

STILL_HERE: Final = timedelta(seconds=5)
"""So long after a caller's call last said so they are counted as being here."""

CLAIM_SECONDS: Final = 2.0
"""A caller waits meanwhile: two may ring one operator, rather than none."""

TALKS_EVERY: Final = timedelta(seconds=30)

logger = structlog.get_logger()


def people(
    settings: Settings, database: Database, kept: Appointments, clock: Clock
) -> tuple[OnDuty, "Line"]:
    """The operators, and the line for them. Raises ConfigurationError.

    The hours of the house hold for operators who have none of their own.
    """
    duty = on_duty(settings, database, clock)
    if kept.written:
        duty.hours = HouseHours(kept.house)
    return duty, Line(QueueBook(database), duty, clock)


class Line:
    """See callcenter.floor.queue.Queue."""

    def __init__(self, book: QueueBook, duty: OnDuty, clock: Clock) -> None:
        self._book = book
        self._duty = duty
        self._clock = clock
        self._line: dict[CallId, q.Waiter] = {}
        self._own: dict[CallId, q.Waiter] = {}
        """Entered here; the database may not know them yet."""
        self._here: dict[CallId, datetime] = {}
        self._talks: Sequence[int] = ()
        self._talks_read: datetime | None = None
        self._failing = False

    # Port.

    def staffed(self, topic: str) -> bool:
        return any(one.fits(topic) for one in self._duty.at_work())

    def length(self) -> int:
        now = self._clock.now()
        return sum(one.is_waiting(now) for one in self._everybody())

    def free(self) -> list[Operator]:
        return q.left_over(self._everybody(), self._duty.free(), self._clock.now())

    def free_from(self, since: datetime) -> list[Operator]:
        """Who is free for somebody who keeps a place in line since then."""
        ahead = [one for one in self._everybody() if one.since < since]
        return q.left_over(ahead, self._duty.free(), self._clock.now())

    def place(self, call_id: CallId) -> Place:
        now, staff = self._clock.now(), self._duty.at_work()
        line = self._everybody()
        waiting = [o for o in line if o.call_id == call_id or o.is_waiting(now)]
        number = q.place(call_id, waiting, staff) or 1
        topic = next((one.topic for one in line if one.call_id == call_id), "")
        people = sum(one.fits(topic) for one in staff)
        wrap_up_s = self._duty.rules.wrap_up_s
        return Place(number, q.estimate_s(number, people, self._talks, wrap_up_s))

    def keep(self, call_id: CallId) -> None:
        self._here[call_id] = self._clock.now()

    async def take(self, call_id: CallId, attempt_id: AttemptId) -> Operator | None:
        """While the database is down, what this node knows decides."""
        now = self._clock.now()
        known = q.turns(self._everybody(), self._duty.free(), now).get(call_id)
        if known is None:
            return None
        rules = self._duty.rules
        ring = partial(presence.ring, attempt_id=attempt_id, at=now, rules=rules)
        may = {one.name for one in self._duty.free()}
        try:
            return await self._book.take(call_id, now, ring, may)
        except StorageError:
            return known

    async def claim(self, operator: Operator, attempt_id: AttemptId) -> bool:
        """While the database is down, or slow, what this node knows decides."""
        now, rules = self._clock.now(), self._duty.rules
        ring = partial(presence.ring, attempt_id=attempt_id, at=now, rules=rules)
        try:
            async with asyncio.timeout(CLAIM_SECONDS):
                return await self._book.claim(operator.name, now, ring)
        except (StorageError, TimeoutError):
            return True

    async def release(self, operator: Operator, attempt_id: AttemptId) -> None:
        try:
            await self._book.release(operator.name, attempt_id, self._clock.now())
        except StorageError as error:  # it ends by itself
            logger.warning("operator_not_released", reason=str(error))

    def opens_again(self) -> str:
        """Not while somebody should be at work: when they come back, nobody knows."""
        now, house = self._clock.now(), self._duty.hours
        if self._duty.expected():
            return ""
        everybody = self._duty.everybody()
        hours = [one.hours for one in everybody if one.hours is not None]
        begins = [one.next_opening(now) for one in hours]
        keep_ours = any(one.hours is None for one in everybody)
        if house is not None and (keep_ours or not everybody):
            begins.append(house.next_opening(now))
        return opens_again(min((o for o in begins if o), default=None), now)

    # What happens here, and elsewhere.

    def see(self, fact: e.Fact) -> None:
        """A watcher of facts."""
        match fact.event:
            case q.QueueEntered(topic=topic, since=since, tried=tried):
                self._own[fact.call_id] = q.Waiter(
                    fact.call_id, topic, since, fact.at, frozenset(tried)
                )
                self.keep(fact.call_id)
            case e.OperatorCalled() if known := self._find(fact.call_id):
                until = fact.at + timedelta(seconds=self._duty.rules.longest_ring_s)
                self._own[fact.call_id] = replace(known, ringing_until=until)
            case q.QueueLeft() | e.CallEnded():
                for where in (self._own, self._line, self._here):
                    where.pop(fact.call_id, None)
            case _:
                return

    async def refresh(self) -> None:
        """Tell who is here, and read who is anywhere. Raises StorageError."""
        now = self._clock.now()
        self._here = {k: at for k, at in self._here.items() if now - at < STILL_HERE}
        if self._here:
            await self._book.seen(self._here, now)
        self._line = {one.call_id: one for one in await self._book.line(now)}
        gone = self._own.keys() - self._here.keys()
        for call_id in gone:
            del self._own[call_id]
        if self._talks_read is None or now - self._talks_read > TALKS_EVERY:
            self._talks, self._talks_read = await self._book.talks(now), now

    async def run(self) -> None:
        """Refresh it every second, until cancelled."""
        while True:
            await asyncio.sleep(REFRESH_SECONDS)
            try:
                await self.refresh()
            except StorageError as error:
                if not self._failing:
                    logger.warning("line_not_refreshed", reason=str(error))
                self._failing = True
            else:
                self._failing = False

    def _everybody(self) -> list[q.Waiter]:
        return list({**self._line, **self._own}.values())

    def _find(self, call_id: CallId) -> q.Waiter | None:
        return self._own.get(call_id) or self._line.get(call_id)
