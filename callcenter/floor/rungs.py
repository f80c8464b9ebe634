"""Twilio's questions about the rungs below the operators, for calls here or elsewhere.

A message is written down minutes after its call: then there is only its record.
"""

import hashlib
from collections.abc import Sequence
from typing import Final

from callcenter.domain import voicemail as v
from callcenter.domain.call import fold
from callcenter.domain.events import CallAnswered, CallEnded, Event, Fact
from callcenter.domain.ids import AttemptId, CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.floor.floor import Floor
from callcenter.floor.live_call import NODE_FACTS
from callcenter.floor.no_call import FAREWELL, after_anybody
from callcenter.floor.reception import KEPT
from callcenter.wire import twiml
from callcenter.wire.webhooks import (
    DialEnded,
    Transcription,
    VoicemailTold,
    VoiceRequest,
)

STORED_SECONDS: Final = 5.0
"""How long a late fact may take to be stored: the next must not get its number."""


class Rungs:
    """All calls'; the floor must be running."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def voicemail_done(self, told: VoicemailTold, base: str) -> str:
        """What follows a message."""
        if known := await self._floor.find(told.request.call_sid, base):
            return known.voicemail_done(told)
        await self._keep(told)
        return twiml.hang_up(
            KEPT if told.recording_sid and not told.request.over else ""
        )

    async def voicemail_recorded(self, told: VoicemailTold, base: str) -> None:
        """The recording's own callback: it may be all that ever comes."""
        if known := await self._floor.find(told.request.call_sid, base):
            known.voicemail.keep(told)
        else:
            await self._keep(told)

    async def voicemail_transcribed(self, told: Transcription, base: str) -> None:
        """A message was written down, or could not be."""
        sid = told.recording_sid
        if known := await self._floor.find(told.call_sid, base):
            if sid and told.text:
                known.voicemail.transcribed(sid, told.text)
        elif sid and told.text:
            event = v.VoicemailTranscribed(sid, told.text)
            await self._enter(told.call_sid, event)

    async def line(self, request: VoiceRequest, base: str) -> str:
        """What follows a round of music in line, or a key."""
        if known := await self._floor.find(request.call_sid, base):
            return known.line(request)
        return twiml.hang_up() if request.over else self._floor.fallback(FAREWELL)

    async def leg_status(
        self, request: VoiceRequest, attempt_id: AttemptId, base: str
    ) -> None:
        """What became of one of several operators' legs that ring together."""
        if request.parent_call_sid is None:
            return
        if known := await self._floor.find(request.parent_call_sid, base):
            known.ladder.leg_status(attempt_id, request)

    def fallback_ended(self, ended: DialEnded, base: str) -> str:
        """What follows when everybody was rung at once."""
        return after_anybody(ended, base)

    async def offered(self, request: VoiceRequest, base: str) -> str:
        """Whether a caller takes up what they were offered."""
        if known := await self._floor.find(request.call_sid, base):
            return known.offered(request)
        return twiml.hang_up() if request.over else self._floor.fallback(FAREWELL)

    async def _keep(self, told: VoicemailTold) -> None:
        if not told.recording_sid:
            return
        if await self._floor.house.recall(told.request.call_sid):
            event = v.VoicemailLeft(told.recording_sid, told.seconds)
            await self._enter(told.request.call_sid, event)
        elif told.request.caller_number:  # the recording's own callback has none
            await self._enter_unknown(told)

    async def _enter(self, call_sid: CallSid, event: v.LateVoicemail) -> None:
        """Write a fact into the record of a call that is over, unless it has it."""
        house = self._floor.house
        facts = await house.recall(call_sid)
        if not facts or _has(facts, event):
            return
        last = fold(facts).last_sequence
        sequence = (last // NODE_FACTS + 1) * NODE_FACTS + 1
        fact = Fact(facts[0].call_id, sequence, house.clock.now(), event)
        house.ledger.append(fact)
        house.tell(fact)
        await house.ledger.flush(STORED_SECONDS)

    async def _enter_unknown(self, told: VoicemailTold) -> None:
        """A message of somebody of whom there is no record: nothing was to be had.

        Its call is made up for it, with an id that the same leg always gets: told
        twice, at any node, it is kept once.
        """
        house, asked = self._floor.house, told.request
        digest = hashlib.sha256(asked.call_sid.encode()).hexdigest()[:16]
        call_id, now = CallId(f"call_{digest}"), house.clock.now()
        story: tuple[Event, ...] = (
            CallAnswered(asked.call_sid, asked.caller_number, asked.called_number),
            v.VoicemailBegan("nothing else was to be had"),
            v.VoicemailLeft(told.recording_sid, told.seconds),
            CallEnded(Disposition.VOICEMAIL, "the caller left a message"),
        )
        for sequence, event in enumerate(story, 1):
            fact = Fact(call_id, sequence, now, event)
            house.ledger.append(fact)
            house.tell(fact)
        await house.ledger.flush(STORED_SECONDS)


def _has(facts: Sequence[Fact], event: Event) -> bool:
    return any(fact.event == event for fact in facts)
