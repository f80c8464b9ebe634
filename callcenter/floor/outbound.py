"""Calls that we place: what the called person hears, until they are a caller like all.

Before somebody has pressed a key or spoken there is no call in the record, only a try:
whoever picked up may be a machine. From then on it is a call, and the floor's.
"""

import secrets
from dataclasses import dataclass
from typing import Final, Protocol
from zoneinfo import ZoneInfo

import structlog

from callcenter.domain.call import CallState
from callcenter.domain.callbacks import (
    OF_STATUS,
    CalledBack,
    Direction,
    TryOutcome,
)
from callcenter.domain.calling_back import (
    AN_OPERATOR,
    DECLINED,
    NEVER_AGAIN,
    NOT_NOW,
    NOT_WANTED,
    Choice,
    Told,
    called_back,
    choice_of,
    introduction,
    message,
    what_was_said,
)
from callcenter.domain.events import CallAnswered
from callcenter.domain.ids import CallbackTryId, CallId, CallSid
from callcenter.domain.language_facts import LanguageChosen
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase
from callcenter.errors import CarrierError, StorageError
from callcenter.floor.addresses import Addresses
from callcenter.floor.floor import Floor
from callcenter.floor.no_call import BUSY
from callcenter.floor.reception import Reception
from callcenter.wire import twiml
from callcenter.wire.webhooks import PlacedEnded, PlacedRequest

MACHINES: Final = ("machine", "fax")
"""How the carrier's words for anything but a person begin."""

A_MACHINE: Final = "an answering machine picked up"

logger = structlog.get_logger()


class Promises(Protocol):
    """See callcenter.storage.callback_tries; each may raise StorageError."""

    async def told(self, try_id: CallbackTryId) -> Told | None: ...

    async def earlier(self, told: Told) -> CallState: ...

    async def answered(self, try_id: CallbackTryId, call_sid: CallSid) -> None: ...

    async def accept(self, try_id: CallbackTryId, call_id: CallId) -> bool: ...

    async def machine(self, try_id: CallbackTryId) -> bool: ...

    async def not_a_person(self, try_id: CallbackTryId) -> bool: ...

    async def opt_out(self, told: Told) -> None: ...

    async def decline(self, told: Told) -> None: ...

    async def ended(
        self, try_id: CallbackTryId, outcome: TryOutcome, *, seconds: int
    ) -> bool: ...


@dataclass(frozen=True, slots=True)
class Outbound:
    """The answers to what Twilio asks about calls that we placed."""

    floor: Floor
    promises: Promises
    house: str
    """Its name, as it is spoken."""
    zone: ZoneInfo

    async def answered(self, asked: PlacedRequest, base: str) -> str:
        """Somebody picked up: say who calls and why, and ask whether they want it."""
        try:
            told = await self._told(asked)
            if told is None:
                return twiml.hang_up(NOT_NOW)
            await self.promises.answered(asked.try_id, asked.request.call_sid)
        except StorageError:
            return _stored_nothing("answered")
        if not told.wanted:
            return twiml.hang_up(NOT_WANTED)
        action = Addresses(base).callback("chosen", asked.try_id)
        return twiml.ask(introduction(self.house, told, self.zone), action=action)

    async def chosen(self, asked: PlacedRequest, base: str) -> str:
        """They pressed a key, or spoke. Asked again, the answer is the same."""
        call_sid = asked.request.call_sid
        try:
            known = await self.floor.find(call_sid, base)
            if known and not _just_begun(known):
                return known.welcome()
            told = await self._told(asked)
            if told is None:
                return twiml.hang_up(NOT_NOW)
            if known:  # by a node that is gone, before anybody has said anything
                earlier = await self.promises.earlier(told)
                known.first_document = self._first(known, told, earlier)
                return known.first_document
            return await self._chosen(told, asked, base)
        except StorageError:
            return _stored_nothing("chosen")

    async def _chosen(self, told: Told, asked: PlacedRequest, base: str) -> str:
        match choice_of(asked.request.digits, asked.speech):
            case Choice.NEVER:
                await self.promises.opt_out(told)
                return twiml.hang_up(NEVER_AGAIN)
            case Choice.DECLINE:
                await self.promises.decline(told)
                return twiml.hang_up(DECLINED)
            case Choice.UNCLEAR:
                return await self.answered(asked, base)
            case _ if told.outcome is TryOutcome.MACHINE:
                return twiml.hang_up(message(self.house, told))
            case _:
                return await self._begin(told, asked, base)

    async def machine(self, asked: PlacedRequest, base: str) -> None:
        """The carrier's guess at who picked up. A key that was pressed knows better."""
        if not asked.answered_by.startswith(MACHINES):
            return
        call_sid = asked.request.call_sid
        try:
            told = await self._told(asked)
            if told is None or not await self._is_machine(told, call_sid, base):
                return
        except StorageError:
            _stored_nothing("machine")
            return
        try:
            words = twiml.hang_up(message(self.house, told))
            await self.floor.house.carrier.redirect(call_sid, words)
        except CarrierError as error:
            logger.warning("no_message_left", try_id=told.try_id, reason=str(error))
        if reception := await self.floor.find(call_sid, base):
            reception.call.finish(A_MACHINE, Disposition.VOICEMAIL)

    async def ended(self, ended: PlacedEnded, base: str) -> None:
        """The leg is over."""
        asked = ended.asked
        if not asked.request.over:
            return
        await self.floor.status(asked.request, base)
        outcome = OF_STATUS.get(asked.request.status, TryOutcome.FAILED)
        try:
            if await self._told(asked) is not None:
                await self.promises.ended(
                    asked.try_id, outcome, seconds=ended.duration_s
                )
        except StorageError:
            _stored_nothing("ended")  # the carrier is asked when the lease is over

    async def _told(self, asked: PlacedRequest) -> Told | None:
        """What is known of the try; None when another leg claims to be its."""
        told = await self.promises.told(asked.try_id)
        mine = told is not None and told.call_sid in {"", asked.request.call_sid}
        return told if mine else None

    async def _is_machine(self, told: Told, call_sid: CallSid, base: str) -> bool:
        """Whether to believe it: not when a key was pressed, nor twice."""
        if await self.promises.machine(told.try_id):
            return True
        reception = await self.floor.find(call_sid, base)
        if reception is None or not _only_spoke(reception):
            return False
        return await self.promises.not_a_person(told.try_id)

    async def _begin(self, told: Told, asked: PlacedRequest, base: str) -> str:
        """Make it a call like all others."""
        earlier = await self.promises.earlier(told)
        call_id = CallId(f"call_{secrets.token_hex(8)}")
        if not await self.promises.accept(told.try_id, call_id):
            return twiml.hang_up(NOT_WANTED)
        request = asked.request
        roster = self.floor.house.rosters.current()
        spoken = [LanguageChosen(earlier.language)] if earlier.language else []
        by_voice = not request.digits
        reception = self.floor.begin(
            call_id,
            base,
            CallAnswered(
                request.call_sid,
                told.number,
                request.caller_number,
                roster.hash,
                Direction.OUTBOUND,
            ),
            CalledBack(
                told.callback_id,
                told.try_id,
                told.earlier,
                by_voice=by_voice,
                queued_at=told.queued_at,
            ),
            *spoken,
        )
        if reception is None:
            return self.floor.fallback(BUSY, base)
        reception.first_document = self._first(reception, told, earlier)
        return reception.first_document

    def _first(self, reception: Reception, told: Told, earlier: CallState) -> str:
        """To an operator, who has been waited for; else to the agents."""
        call, ladder = reception.call, reception.ladder
        without = call.house.no_agents()
        reception.earlier = what_was_said(told, earlier)
        if told.queued_at or without:
            reason = told.reason or "they waited in line and are called back"
            ladder.open(call.agent, reason, told.topic or "general")
            document = ladder.next_document(AN_OPERATOR)
            if document := document or ladder.below_the_operators(AN_OPERATOR):
                return document
            ladder.fail()
        if without:
            return reception.wishes.last_resort(without)
        return call.begin(called_back(call.agent, told, earlier, self.zone))


def _just_begun(known: Reception) -> bool:
    """Whether nobody has been told yet what the called person hears."""
    state = known.call.state
    waits = state.phase is Phase.WAITING and not state.turns
    return waits and not known.first_document


def _only_spoke(reception: Reception) -> bool:
    """Whether nothing but a voice made a call of it."""
    told = reception.call.state.called_back
    return told is not None and told.by_voice


def _stored_nothing(what: str) -> str:
    """The database is down: nobody can say what this call is about."""
    logger.warning("callback_not_stored", what=what)
    return twiml.hang_up(NOT_NOW)
