"""Bringing the caller to an operator who waits: two phases, and what if one fails.

First the operator is there, then the caller is moved, and only the carrier's word that
both are in one conference ends it. Until then the caller can still be kept.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

import structlog

from callcenter.domain import consultation as c, consultation_notes as notes
from callcenter.domain.consultation import OperatorLeg
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.errors import CallIsOver, CarrierError, OutcomeUnknown
from callcenter.floor.consultation_desk import OperatorDesk
from callcenter.floor.consultation_legs import OperatorLegs
from callcenter.floor.live_call import LiveCall
from callcenter.wire import twiml_conference

ARRIVAL_SECONDS: Final = 3.0
"""The operator's way into the conference; its callback may be lost."""

JOIN_SECONDS: Final = 5.0

FAREWELL_SECONDS: Final = 8.0
"""An operator waits in silence meanwhile."""

WENT_WRONG: Final = (
    "I am sorry, something went wrong, and the caller could not be connected. "
    "Thank you. Goodbye."
)

logger = structlog.get_logger()


class Joining:
    """One call's."""

    def __init__(
        self,
        call: LiveCall,
        legs: OperatorLegs,
        desk: OperatorDesk,
        say: Callable[[str], Awaitable[None]],
    ) -> None:
        self._call = call
        self._legs = legs
        self._desk = desk
        self._say = say

    def document(self, leg: OperatorLeg) -> str:
        """What brings the caller to this operator."""
        addresses, caller = self._call.addresses, self._call.state.call_sid
        return twiml_conference.join_operator(
            leg.conference,
            action=addresses.dial_ended(leg.attempt_id),
            told=addresses.leg("/voice/conference-status", leg.attempt_id, caller),
            limit_s=self._call.house.rules.max_talk_s,
        )

    async def bring(self, leg: OperatorLeg) -> None:
        """Afterwards they talk, or the attempt has failed and the operator is told."""
        async with asyncio.TaskGroup() as both:
            both.create_task(self._farewell(leg))
            both.create_task(self._operator_is_there(leg))
        waits = self._legs.is_wanted(leg.attempt_id)
        if not waits or self._phase is not Phase.CONSULTING:
            return
        self._call.record(c.CallerSent(leg.attempt_id))
        if await self._move(leg):
            await self.confirm(leg)
        elif self._is_joining():
            self._legs.close(leg.attempt_id, AttemptOutcome.FAILED, WENT_WRONG)

    async def confirm(self, leg: OperatorLeg) -> None:
        """The caller was moved: make sure that they have arrived."""
        await self._until(lambda: not self._is_joining(), JOIN_SECONDS)
        if self._is_joining() and await self._is_inside(leg):
            self._desk.joined(leg)
        if self._is_joining():
            self._legs.close(leg.attempt_id, AttemptOutcome.FAILED, WENT_WRONG)

    @property
    def _phase(self) -> Phase:
        return self._call.state.phase

    def _is_joining(self) -> bool:
        """Asked anew each time: facts come in while we wait."""
        return self._phase is Phase.JOINING

    async def _move(self, leg: OperatorLeg) -> bool:
        """Whether the caller may be there; False: they certainly are not."""
        caller, carrier = self._call.state.call_sid, self._call.house.carrier
        try:
            await carrier.redirect(caller, self.document(leg))
        except OutcomeUnknown as error:
            logger.warning("caller_perhaps_moved", reason=str(error))
            return True
        except CallIsOver:
            with suppress(CarrierError):
                if await carrier.is_over(caller):
                    self._call.finish("the caller hung up")
            return False
        except CarrierError as error:
            logger.warning("caller_not_moved", reason=str(error))
            return False
        return True

    async def _is_inside(self, leg: OperatorLeg) -> bool:
        """Ask, because the callback may be lost."""
        with suppress(CarrierError):
            members = await self._call.house.carrier.members_of(leg.conference)
            wanted = {self._call.state.call_sid, leg.call_sid}
            return members is not None and wanted <= set(members)
        return False

    async def _farewell(self, leg: OperatorLeg) -> None:
        talk = self._call.talk
        if talk is None or not talk.streaming or talk.conversation is None:
            return
        attempt = self._legs.attempt(leg.attempt_id)
        name = attempt.operator if attempt else ""
        seconds = min(self._call.house.rules.last_words_s, FAREWELL_SECONDS)
        async with asyncio.TaskGroup() as both:
            both.create_task(talk.line.last_words(timeout_s=seconds))
            await self._say(notes.OPERATOR_TAKES.format(name=name))

    async def _operator_is_there(self, leg: OperatorLeg) -> None:
        await self._until(
            lambda: (
                leg.attempt_id in self._legs.arrived
                or not self._legs.is_wanted(leg.attempt_id)
            ),
            ARRIVAL_SECONDS,
        )

    async def _until(self, true: Callable[[], bool], timeout_s: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while not true():
                    self._legs.changed.clear()
                    await self._legs.changed.wait()
