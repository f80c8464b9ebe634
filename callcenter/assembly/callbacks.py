"""Calling back, on one node: its routes, and the job that dials."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final

import structlog
from quart import Quart

from callcenter.assembly.appointments import Appointments
from callcenter.assembly.dialler import Dialler, DialRules, Outgoing
from callcenter.assembly.dialling import DialGuard
from callcenter.assembly.line import Line
from callcenter.assembly.on_duty import OnDuty
from callcenter.assembly.spending import Purse
from callcenter.domain.call import CallState
from callcenter.domain.callbacks import RetryRules, TryOutcome
from callcenter.domain.calling_back import Told
from callcenter.domain.calling_hours import CallingHours
from callcenter.domain.destinations import EXPLAINED
from callcenter.domain.ids import CallbackTryId, CallId, CallSid
from callcenter.domain.operators import choose
from callcenter.errors import StorageError
from callcenter.floor.floor import Floor
from callcenter.floor.outbound import Outbound
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.callback_tries import CallbackTries
from callcenter.storage.callbacks import CallbackBook, Due
from callcenter.storage.engine import Database
from callcenter.telephony.outbound import TwilioOutbound
from callcenter.web.callbacks import callbacks
from callcenter.web.proof import Proof

OFF: Final = "DIAL_CALLBACKS is not set: who wants to be called back is only listed."
NO_NUMBER: Final = (
    "DIAL_CALLBACKS needs PUBLIC_URL and TWILIO_PHONE_NUMBER: nobody is called back."
)

MIDNIGHT: Final = 24

OPTED_OUT: Final = "this number has asked us never to call it"
NOT_THERE: Final = "we do not call numbers like this one"

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class CallsBack:
    """What the tools ask before a call back is promised."""

    book: CallbackBook
    guard: DialGuard
    dials: bool
    """False: people call, by whatever means; only their own judgement refuses."""

    async def why_not(self, number: str) -> str:
        """In words for the caller; empty: nothing is known against it."""
        try:
            if await self.book.opted_out(number):
                return OPTED_OUT
        except StorageError:
            return ""  # it is asked again before anything rings
        unfit = self.guard.unfit(number) if self.dials else None
        if unfit is not None:
            logger.warning("callback_not_promised", reason=EXPLAINED[unfit])
        return NOT_THERE if unfit else ""


@dataclass(frozen=True, slots=True)
class Kept:
    """The tries with the time of day; see callcenter.floor.outbound.Promises."""

    tries: CallbackTries
    clock: Clock

    async def told(self, try_id: CallbackTryId) -> Told | None:
        return await self.tries.told(try_id)

    async def earlier(self, told: Told) -> CallState:
        return await self.tries.earlier(told)

    async def answered(self, try_id: CallbackTryId, call_sid: CallSid) -> None:
        await self.tries.answered(try_id, call_sid, self.clock.now())

    async def accept(self, try_id: CallbackTryId, call_id: CallId) -> bool:
        return await self.tries.accept(try_id, call_id, self.clock.now())

    async def machine(self, try_id: CallbackTryId) -> bool:
        return await self.tries.machine(try_id)

    async def not_a_person(self, try_id: CallbackTryId) -> bool:
        return await self.tries.not_a_person(try_id)

    async def opt_out(self, told: Told) -> None:
        await self.tries.opt_out(told, self.clock.now())

    async def decline(self, told: Told) -> None:
        await self.tries.decline(told, self.clock.now())

    async def ended(
        self, try_id: CallbackTryId, outcome: TryOutcome, *, seconds: int
    ) -> bool:
        now = self.clock.now()
        return await self.tries.ended(try_id, outcome, now, seconds=seconds)


@dataclass(frozen=True, slots=True)
class Calling:
    """What a node needs to call back, and to mind its purse."""

    settings: Settings
    database: Database
    kept: Appointments
    duty: OnDuty
    line: Line
    purse: Purse
    clock: Clock

    @classmethod
    def of(
        cls,
        settings: Settings,
        database: Database,
        kept: Appointments,
        people: tuple[OnDuty, Line],
        clock: Clock,
    ) -> "Calling":
        """What the node is made of, with a purse of its own."""
        duty, line = people
        purse = Purse(settings, database, duty.guard, clock)
        return cls(settings, database, kept, duty, line, purse, clock)

    @property
    def book(self) -> CallbackBook:
        return CallbackBook(self.database)

    @property
    def tries(self) -> CallbackTries:
        pause = timedelta(minutes=self.settings.callback_retry_minutes)
        return CallbackTries(
            self.database, RetryRules(self.settings.callback_tries, pause)
        )

    @property
    def calls_back(self) -> CallsBack:
        """For the tools."""
        return CallsBack(self.book, self.duty.guard, self.settings.dial_callbacks)

    @asynccontextmanager
    async def running(
        self, app: Quart, floor: Floor, proof: Proof
    ) -> AsyncIterator[None]:
        """Mind the purse, and call people back, while the block lasts."""
        house = self.kept.house
        kept = Kept(self.tries, self.clock)
        outbound = Outbound(floor, kept, house.name, house.zone)
        app.register_blueprint(callbacks(outbound, proof))
        async with AsyncExitStack() as doors, asyncio.TaskGroup() as tasks:
            working = [tasks.create_task(self.purse.run())]
            if self._possible():
                twilio = await doors.enter_async_context(_twilio(self.settings))
                working.append(tasks.create_task(self.dialler(twilio, floor).run()))
            try:
                yield
            finally:
                for task in working:
                    task.cancel()

    def dialler(self, carrier: Outgoing, floor: Floor) -> Dialler:
        """The job, with this node's rules."""
        settings = self.settings
        return Dialler(
            self.book,
            self.tries,
            carrier=carrier,
            refuses=self.duty.guard.number,
            no_agents=self.purse.empty,
            free=self._free,
            rests=lambda: floor.draining,
            rules=DialRules(
                settings.twilio_phone_number,
                settings.public_base,
                self.kept.house.zone,
                CallingHours(
                    time(settings.callback_earliest_hour),
                    _until(settings.callback_latest_hour),
                ),
                limit_s=int(settings.max_call_seconds),
            ),
            clock=self.clock,
        )

    def _free(self, due: Due) -> int:
        """How many operators are free for who kept a place: not for those before."""
        now = self.clock.now()
        free = self.line.free_from(due.queued_at or now)
        return len(choose(free, due.topic or "general", now))

    def _possible(self) -> bool:
        settings = self.settings
        if not settings.dial_callbacks:
            logger.info("no_callbacks", reason=OFF)
            return False
        if not (settings.public_base and settings.twilio_phone_number):
            logger.warning("no_callbacks", reason=NO_NUMBER)
            return False
        return True


def _until(hour: int) -> time:
    return time.max if hour == MIDNIGHT else time(hour)


def _twilio(settings: Settings) -> TwilioOutbound:
    return TwilioOutbound(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_api_url,
    )
