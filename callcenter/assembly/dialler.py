"""Calls people back: each wish at its time, by whichever node claims it first.

A try is written down before the carrier is asked. Whatever happens to its node then,
nobody dials again before it is known what became of that one.
"""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from callcenter.domain.callbacks import OF_STATUS, CallbackState, TryOutcome
from callcenter.domain.calling_hours import CallingHours
from callcenter.domain.destinations import EXPLAINED, Refusal
from callcenter.domain.ids import CallbackTryId, CallSid
from callcenter.errors import CallIsOver, CarrierError, OutcomeUnknown, StorageError
from callcenter.floor.addresses import Addresses
from callcenter.floor.ports import Clock
from callcenter.storage.callback_tries import CallbackTries, OpenTry
from callcenter.storage.callbacks import CallbackBook, Due
from callcenter.telephony.numbering import zones_of
from callcenter.telephony.outbound import Placed, Placing

PAUSE_S: Final = 2.0
"""Between rounds: somebody whose turn in line has come does not wait for long."""

LONG_PAUSE_S: Final = 15.0
"""… while the database is down."""

LEASE: Final = timedelta(minutes=2)
"""After it, whoever knows nothing of a try asks the carrier: longer than ringing."""

LOST: Final = timedelta(minutes=30)
"""When the carrier cannot be asked for so long, a try counts as dialled."""

EARLIER: Final = timedelta(minutes=1)
"""By how much the carrier's clock may be behind ours."""

BUSY_PAUSE: Final = timedelta(minutes=1)
"""When too many are being dialled, or the agents have cost too much."""

EXPIRES: Final = timedelta(hours=24)
"""After the promised moment: whoever is called then has settled it otherwise."""

MOST_OF_NUMBER: Final = 6
"""Tries to one number in a day: its owner may never have called us."""

PASSING: Final = frozenset({Refusal.TOO_MANY, Refusal.TOO_LONG})
"""Refusals that say nothing against the number."""

logger = structlog.get_logger()


class Outgoing(Protocol):
    """See callcenter.telephony.outbound."""

    async def place(self, wanted: Placing) -> CallSid: ...

    async def find(self, to: str, caller_id: str) -> Sequence[Placed]: ...

    async def ask(self, call_sid: CallSid) -> Placed: ...


@dataclass(frozen=True, slots=True)
class DialRules:
    """How the house calls back."""

    caller_id: str
    base: str
    zone: ZoneInfo
    hours: CallingHours = field(default_factory=CallingHours)
    ring_s: int = 30
    limit_s: int = 3600


class Dialler:
    """Run `run()` as a task for as long as the node lives."""

    def __init__(
        self,
        book: CallbackBook,
        tries: CallbackTries,
        *,
        carrier: Outgoing,
        refuses: Callable[[str], Refusal | None],
        no_agents: Callable[[], str],
        free: Callable[[Due], int],
        rests: Callable[[], bool],
        rules: DialRules,
        clock: Clock,
    ) -> None:
        self._book = book
        self._tries = tries
        self._carrier = carrier
        self._refuses = refuses
        self._no_agents = no_agents
        self._free = free
        self._rests = rests
        self._rules = rules
        self._clock = clock

    async def run(self) -> None:
        """Until cancelled; a database that is down is asked again."""
        while True:
            try:
                await self.ask_what_became()
                await self.dial_what_is_due()
            except StorageError as error:
                logger.warning("callbacks_wait", problem=str(error))
                await asyncio.sleep(LONG_PAUSE_S)
            await asyncio.sleep(PAUSE_S)

    async def dial_what_is_due(self) -> int:
        """Place each call whose time has come and that nobody else places; how many."""
        now = self._clock.now()
        dialled = 0
        if self._rests():  # the node drains: another one dials
            return 0
        for due in await self._book.due(now):
            if self._no_agents():
                await self._book.put_off(due.callback_id, now + BUSY_PAUSE)
            else:
                dialled += await self._dial_if_may(due)
        taken: dict[str, int] = {}
        for due in await self._book.in_line(now):
            if self._free(due) > taken.get(due.topic, 0):
                placed = await self._dial_if_may(due)
                taken[due.topic] = taken.get(due.topic, 0) + placed
                dialled += placed
        return dialled

    async def _dial_if_may(self, due: Due) -> bool:
        """Place a call, unless it must not be now, or ever."""
        now, rules = self._clock.now(), self._rules
        if found := _never(due, now):
            state, why = found
            if state is CallbackState.EXPIRED:
                self._alarm("callback_expired", why, due.callback_id)
            await self._book.settle(due.callback_id, state, why, now)
            return False
        allowed = rules.hours.next(now, zones_of(due.number, rules.zone))
        if allowed > now:
            await self._book.put_off(due.callback_id, allowed)
            return False
        if refusal := self._refuses(due.number):
            if refusal in PASSING:
                await self._book.put_off(due.callback_id, now + BUSY_PAUSE)
            else:
                why = EXPLAINED[refusal]
                refused = CallbackState.REFUSED
                await self._book.settle(due.callback_id, refused, why, now)
            return False
        try_id = CallbackTryId(f"try_{secrets.token_hex(12)}")
        if not await self._book.claim(due, try_id, now, now + LEASE):
            return False
        await self._place(due.number, try_id)
        return True

    async def _place(self, number: str, try_id: CallbackTryId) -> None:
        """Ask the carrier once. If nobody knows what it did, its webhooks will tell."""
        rules, addresses = self._rules, Addresses(self._rules.base)
        wanted = Placing(
            to=number,
            caller_id=rules.caller_id,
            url=addresses.callback("answered", try_id),
            status_callback=addresses.callback("status", try_id),
            machine_callback=addresses.callback("machine", try_id),
            ring_s=rules.ring_s,
            limit_s=rules.limit_s,
        )
        try:
            call_sid = await self._carrier.place(wanted)
        except OutcomeUnknown as error:
            logger.warning("callback_unknown", try_id=try_id, problem=str(error))
        except CarrierError as error:
            logger.warning("callback_not_placed", try_id=try_id, problem=str(error))
            now, failed = self._clock.now(), TryOutcome.FAILED
            await self._tries.ended(try_id, failed, now, note=str(error))
        else:
            await self._tries.dialled(try_id, call_sid)
            logger.info("callback_dialled", try_id=try_id)

    async def ask_what_became(self) -> int:
        """Ask the carrier for tries of which nobody has told for long; how many."""
        now = self._clock.now()
        asked = 0
        for one in await self._tries.overdue(now):
            if not await self._tries.renew(one, now + LEASE):
                continue
            asked += 1
            try:
                await self._look_for(one)
            except CarrierError as error:
                logger.warning("callback_not_found", problem=str(error))
                if one.started_at < now - LOST and not one.call_sid:
                    await self._lost(one, str(error))
        return asked

    async def _look_for(self, one: OpenTry) -> None:
        """Raises CarrierError when it cannot be asked."""
        found = await self._of_leg(one) if one.call_sid else await self._unheard_of(one)
        if found is not None and found.over:
            outcome = OF_STATUS.get(found.status, TryOutcome.FAILED)
            now, seconds = self._clock.now(), found.seconds
            await self._tries.ended(one.try_id, outcome, now, seconds=seconds)

    async def _of_leg(self, one: OpenTry) -> Placed | None:
        try:
            return await self._carrier.ask(one.call_sid)
        except CallIsOver:
            return Placed(one.call_sid, "failed", 0, None)

    async def _unheard_of(self, one: OpenTry) -> Placed | None:
        """A create of which nobody knows: the carrier lists what it did."""
        for placed in await self._carrier.find(one.number, self._rules.caller_id):
            created = placed.created_at
            if created is not None and created < one.started_at - EARLIER:
                continue
            if await self._tries.known(placed.call_sid):
                continue
            await self._tries.dialled(one.try_id, placed.call_sid)
            return placed
        now, note = self._clock.now(), "the carrier knows of no such call"
        await self._tries.ended(one.try_id, TryOutcome.NOT_DIALLED, now, note=note)
        return None

    async def _lost(self, one: OpenTry, why: str) -> None:
        self._alarm("callback_lost", why, one.try_id)
        now = self._clock.now()
        await self._tries.ended(one.try_id, TryOutcome.UNKNOWN, now, note=why)

    @staticmethod
    def _alarm(alarm: str, why: str, which: str) -> None:
        """Somebody was promised a call, and will get none."""
        logger.error("alarm", alarm=alarm, reason=why, which=which)


def _never(due: Due, now: datetime) -> tuple[CallbackState, str] | None:
    """Why a wish is not fulfilled any more, if it is not."""
    if due.opted_out:
        return CallbackState.OPTED_OUT, "the number shall never be called"
    if now > due.promised_at + EXPIRES:
        return CallbackState.EXPIRED, "nobody could be called for a day"
    if due.tries_of_number >= MOST_OF_NUMBER:
        return CallbackState.REFUSED, "the number was called too often in a day"
    return None
