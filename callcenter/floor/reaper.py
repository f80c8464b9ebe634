"""What is left over is ended, and what has ended unnoticed is put on record.

Each node does it, over REST, once a minute, and only for calls and conferences that the
record knows as ours. Doing it twice does no harm.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog

from callcenter.domain.ids import CallSid
from callcenter.errors import CarrierError, StorageError
from callcenter.floor.ports import Carrier, Clock

ROUND_SECONDS: Final = 60.0
"""A conference with one member is ended when two rounds have seen it so."""

REACH: Final = timedelta(hours=5)
"""No call of Twilio's is longer than four hours."""

SETTLED: Final = timedelta(minutes=2)
"""A call that is younger is still being written down."""

logger = structlog.get_logger()


class Unended(Protocol):
    """See callcenter.storage.legs."""

    @property
    def call_sid(self) -> CallSid: ...


class Legs(Protocol):
    """See callcenter.storage.legs. Its methods raise StorageError."""

    async def left_over(self, since: datetime) -> Sequence[CallSid]: ...

    async def conferences(self, since: datetime) -> Sequence[str]: ...

    async def unended(self, before: datetime) -> Sequence[Unended]: ...


Finish = Callable[[CallSid], Awaitable[None]]
"""Puts the end of a call on record that the carrier knows to be over."""


class Reaper:
    """One node's. `run` it, or let a test do single rounds."""

    def __init__(
        self, legs: Legs, carrier: Carrier, clock: Clock, finish: Finish
    ) -> None:
        self._legs = legs
        self._carrier = carrier
        self._clock = clock
        self._finish = finish
        self._over: set[CallSid] = set()
        self._closed: set[str] = set()
        self._alone: set[str] = set()
        self._gone: set[CallSid] = set()

    async def run(self) -> None:
        """Until cancelled; a database or a carrier that is down is asked again."""
        while True:
            await asyncio.sleep(ROUND_SECONDS)
            try:
                await self.round()
            except StorageError as error:
                logger.warning("reaper_waits", reason=str(error))

    async def round(self) -> None:
        """Look at everything once. Raises StorageError."""
        since = self._clock.now() - REACH
        for call_sid in await self._legs.left_over(since):
            with suppress(CarrierError):
                await self._end_leg(call_sid)
        for name in await self._legs.conferences(since):
            with suppress(CarrierError):
                await self._end_lonely(name)
        await self._reconcile()

    async def _end_leg(self, call_sid: CallSid) -> None:
        if call_sid in self._over:
            return
        if not await self._carrier.is_over(call_sid):
            logger.warning("operator_leg_left_over", call_sid=call_sid)
            await self._carrier.hang_up(call_sid)
        self._over.add(call_sid)

    async def _end_lonely(self, name: str) -> None:
        if name in self._closed:
            return
        members = await self._carrier.members_of(name)
        if members is not None and len(members) <= 1:
            if name in self._alone:
                logger.warning("conference_left_over", conference=name)
                await self._carrier.end_conference(name)
                self._closed.add(name)
            self._alone.add(name)
        else:
            self._alone.discard(name)

    async def _reconcile(self) -> None:
        """Calls whose end nobody told us of; another node may be about to."""
        gone = set()
        for call in await self._legs.unended(self._clock.now() - SETTLED):
            with suppress(CarrierError):
                if await self._carrier.is_over(call.call_sid):
                    gone.add(call.call_sid)
        for call_sid in gone & self._gone:
            logger.warning("call_ended_unnoticed", call_sid=call_sid)
            await self._finish(call_sid)
        self._gone = gone
