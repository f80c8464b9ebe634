"""The rung below the operators: a message in the caller's own voice.

The carrier records it and says so when it is done, which may be after the call.
"""

import asyncio
from contextlib import suppress
from typing import Final

from callcenter.domain import voicemail as v
from callcenter.domain.ids import RecordingSid
from callcenter.domain.operators import GENERAL
from callcenter.domain.phases import Phase
from callcenter.floor.live_call import LiveCall
from callcenter.floor.no_call import INVITATION
from callcenter.wire import twiml
from callcenter.wire.webhooks import VoicemailTold

HEARD_NOTHING: Final = "I did not hear anything. Please try once more."

TRIES: Final = 2
"""Who has said nothing twice will not say anything the third time."""


class Voicemail:
    """One call's; the same question gets the same document."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._told = asyncio.Event()
        self._empty = 0
        self._words = INVITATION

    @property
    def document(self) -> str:
        """What brings the caller to the tone."""
        return twiml.record(
            self._words,
            action=self._call.addresses.voicemail_done,
            told=self._call.addresses.voicemail_recorded,
            transcribed=self._call.addresses.voicemail_transcribed,
        )

    def begin(self, reason: str, apology: str = "") -> str:
        """Decide that the caller leaves a message; returns the document for it."""
        reopens = self.reopens()
        said = [part for part in (apology, reopens, INVITATION) if part]
        self._words = " ".join(said)
        self._call.record(v.VoicemailBegan(reason))
        return self.document

    def reopens(self) -> str:
        """While we are closed, a sentence that says until when."""
        queue = self._call.house.queue
        if queue is None or queue.staffed(GENERAL):
            return ""
        return queue.opens_again()

    def done(self, told: VoicemailTold) -> str | None:
        """The recording is over. Returns what is asked again, if anything is."""
        self.keep(told)
        if told.recording_sid or self._call.state.phase is not Phase.VOICEMAIL:
            return None
        self._call.record(v.VoicemailEmpty())
        self._empty += 1
        if told.request.over or self._empty >= TRIES:
            return None
        return self.begin("nothing was said", HEARD_NOTHING)

    def keep(self, told: VoicemailTold) -> None:
        """Note a message, once, however often and late the carrier tells of it."""
        known = self._call.state.voicemails
        if told.recording_sid and told.recording_sid not in known:
            self._call.record(v.VoicemailLeft(told.recording_sid, told.seconds))
        self._told.set()

    def transcribed(self, recording_sid: RecordingSid, text: str) -> None:
        """The carrier wrote the message down."""
        if recording_sid not in self._call.state.transcribed:
            self._call.record(v.VoicemailTranscribed(recording_sid, text))

    async def settle(self, timeout_s: float) -> None:
        """The caller hung up: that may have been how they ended their message."""
        if self._call.state.phase is Phase.VOICEMAIL:
            with suppress(TimeoutError):
                async with asyncio.timeout(timeout_s):
                    await self._told.wait()
