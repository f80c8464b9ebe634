"""What is wished of a call while it talks: by its agents, its keys, its silences.

The tools' CallControl is here, and the last resort when the agents cannot go on.
"""

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from callcenter.bridge.patience import Due
from callcenter.domain import consultation_notes, events as e, notes
from callcenter.domain.phases import Phase
from callcenter.domain.transcript import Speaker, Turn
from callcenter.errors import CallIsOver, CarrierError, ToolFailed
from callcenter.floor import silences
from callcenter.floor.allowance import Allowance
from callcenter.floor.bounds import Bounds
from callcenter.floor.consultation import Consultation
from callcenter.floor.deeds import Deeds
from callcenter.floor.keys import Keys
from callcenter.floor.ladder import Ladder
from callcenter.floor.live_call import LiveCall
from callcenter.floor.no_call import OUT_OF_ORDER, SORRY_NOBODY
from callcenter.floor.standing import Standing
from callcenter.floor.tongue import Tongue
from callcenter.floor.voicemail import Voicemail
from callcenter.wire import twiml

MOST_ESCALATIONS: Final = 3
"""Of one call: after that, a message or a callback must do."""

NEXT_FREE: Final = "the next free colleague"

WARM: Final = "warm"


class Wishes:
    """One call's; see callcenter.floor.ports.CallControl."""

    def __init__(self, call: LiveCall, ladder: Ladder, voicemail: Voicemail) -> None:
        self._call = call
        self._ladder = ladder
        self._voicemail = voicemail
        self.consultation = Consultation(call, ladder, self._redirect, self._say)
        self.deeds = Deeds(call)
        self.standing = Standing(call)
        self.allowance = Allowance(call)
        self._tongue = Tongue(call)
        self._keys = Keys(
            call,
            menu=self._tongue.is_chosen_by,
            person=self._person_wished,
            stay=self._stay_wished,
            tell=self._tell,
        )
        self._bounds = Bounds(call, self._say, self._dismiss)

    @property
    def _talking(self) -> bool:
        call = self._call
        return call.state.phase is Phase.TALKING and not call.saying_goodbye

    @property
    def _consulting(self) -> bool:
        """Whether operators are being rung, and the agent is still with the caller."""
        call = self._call
        return call.state.phase is Phase.CONSULTING and not call.saying_goodbye

    # What an agent's tools may wish.

    @property
    def agent(self) -> str:
        """Who is talking with the caller."""
        return self._call.agent

    async def escalate(self, reason: str, topic: str) -> str:
        """Decide that an operator is needed; the transfer follows the last words.

        Returns the first operator's name, "the next free colleague" when the caller
        will wait in line, or "" when nobody is at work.
        """
        if self._consulting:
            raise ToolFailed("A colleague is being rung already; stay with the caller.")
        if not self._talking:
            raise ToolFailed("A transfer is already under way; say no more.")
        if len(self._call.state.escalations) >= MOST_ESCALATIONS:
            return ""
        operator = self._ladder.open(self._call.state.agent, reason, topic)
        if operator is None and not self._ladder.line_is_open(topic):
            escalation = self._call.state.escalation
            if escalation is not None:
                self._call.record(e.NobodyAtWork(escalation.escalation_id))
            return ""
        if operator is not None and self.stays_meanwhile:
            self.consultation.begin()
        else:
            self._call.start(self._transfer())
        return operator.name if operator else NEXT_FREE

    async def stop_transfer(self) -> bool:
        """The caller would rather go on with the agent; False: nobody is rung."""
        return self._consulting and self.consultation.stop()

    def reopens(self) -> str:
        """While nobody is at work, a sentence that says until when."""
        return self._voicemail.reopens()

    @property
    def stays_meanwhile(self) -> bool:
        """Whether the agent goes on talking while an operator is being reached."""
        return self._call.house.rules.transfer == WARM

    async def end_when_heard(self, reason: str) -> None:  # noqa: ARG002  # see below
        """Hang up once the caller has heard the goodbye."""
        if not (self._talking or self._consulting):
            raise ToolFailed("The caller is being transferred; do not hang up.")
        self._call.saying_goodbye = True
        # The reason is the model's own words: they stand in the tool's record.
        self._call.start(self._say_goodbye("the agent ended the call"))

    async def take_message(self, text: str) -> None:
        """Store a message for the people of the house."""
        self._call.record(e.MessageTaken(text))
        await self.deeds.written()  # the caller is told that it is

    async def request_callback(
        self, when: str, reason: str, due_at: datetime | None = None
    ) -> None:
        """Store that the caller wants to be called back, and when that was to be."""
        escalation = self._call.state.escalation
        topic = escalation.topic if escalation else ""
        self._call.record(e.CallbackRequested(when, reason, topic, due_at=due_at))
        await self.deeds.written()

    async def leave_voicemail(self) -> None:
        """Bring the caller to the tone once they have heard the last words."""
        if not (self._talking or self._consulting):
            raise ToolFailed("The caller is being transferred already; say no more.")
        self._call.start(self._to_voicemail())

    async def choose_language(self, wish: str) -> str:
        """Go on in another language, if the agent speaks it; see floor.tongue."""
        return await self._tongue.choose(wish)

    def last_turn(self) -> Turn | None:
        """What the caller last heard an agent say."""
        turns = self._call.state.turns
        heard = (one for one in reversed(turns) if one.speaker is Speaker.AGENT)
        return next((one for one in heard if one.heard), None)

    # What keys and silences wish.

    def key(self, digit: str) -> None:
        """0 reaches a person; the agent is told of others; see floor.keys."""
        self._keys.press(digit)

    @property
    def typing_secrets(self) -> bool:
        """Whether the caller is, and nobody but the asking tool may listen."""
        return self._keys.private

    def secret_entry(self) -> AbstractContextManager[None]:
        """In here, keys wait for `collect_digits`, and reach nobody else in any form.

        Open it before anything else that takes time: people type early.
        """
        return self._keys.secret()

    async def collect_digits(self, count: int, timeout_s: float) -> str:
        """Secure entry: what the caller types reaches the asking tool alone.

        Not the model, the record, the recording or the log. Ends with `#`, with
        `count` digits, or with what there is when no key comes for `timeout_s`; keys
        that come a moment later are nobody's. Raises ToolFailed while another runs.
        """
        return await self._keys.collect(count, timeout_s)

    async def keep_within_limits(self) -> None:
        """Warn a caller whose call grows too long or too dear; later, end it."""
        if self._talking and await self._bounds.keep() and self.allowance.spent:
            await self.rescue("the agents went in circles")

    async def mind_the_silence(self, due: Due) -> None:
        """It has been quiet for too long; see callcenter.bridge.patience."""
        talk = self._call.talk
        if talk is None or not (self._talking or self._consulting):
            return
        if self._consulting and due in silences.WAITING:
            await self._say(consultation_notes.STILL_TRYING)
            return
        await silences.mind(
            talk,
            due,
            gap_sound=self._call.house.rules.gap_sound,
            say=self._say,
            rescue=self.rescue,
            dismiss=self._dismiss,
        )

    # Without the agents.

    def without_the_agents(self, reason: str) -> str:
        """The document that takes a caller to the operators; at last, to the tone."""
        if self._consulting:
            return self.consultation.hold(OUT_OF_ORDER)
        if self._call.state.escalation is None:
            return self._climb(reason)
        return self.last_resort(reason)

    def last_resort(self, reason: str) -> str:
        """No agent and no operator: a message, or the second time nothing."""
        if self._call.state.voicemails or self._call.state.phase is Phase.VOICEMAIL:
            self._call.saying_goodbye = True
            return twiml.hang_up(SORRY_NOBODY)
        return self._voicemail.begin(reason, SORRY_NOBODY)

    async def rescue(self, reason: str) -> None:
        """The agents cannot go on: take the caller off the line, to a human being."""
        if self._consulting or self._talking:
            await self._redirect(self.without_the_agents(reason))

    # Inside.

    async def _dismiss(self, reason: str, note: str = notes.NOBODY_THERE) -> None:
        self._call.saying_goodbye = True
        self._call.start(self._say_goodbye(reason))
        await self._say(note)

    def _climb(self, reason: str) -> str:
        ladder = self._ladder
        ladder.open(self._call.agent, reason, "general")
        document = ladder.next_document(OUT_OF_ORDER)
        if document := document or ladder.below_the_operators(OUT_OF_ORDER):
            return document
        ladder.fail()
        return self.last_resort(reason)

    async def _transfer(self) -> None:
        """Once the last words were heard, have Twilio dial the first operator."""
        await self._last_words()
        if self._call.state.phase is not Phase.ESCALATING:
            return  # the caller left meanwhile, or the stream's end took over
        document = self._ladder.next_document() or self._ladder.below_the_operators()
        if document:
            await self._redirect(document)
        else:  # whoever was free a moment ago is not
            self._call.end_stream()

    async def _to_voicemail(self) -> None:
        await self._last_words()
        if self._consulting:
            self.consultation.call_off()
            self._ladder.fail()
        if self._talking or self._consulting:
            await self._redirect(self._voicemail.begin("the caller wished it"))

    async def _redirect(self, document: str) -> None:
        """Replace what the caller hears.

        When Twilio will not, ending the stream makes it ask for the same document.
        """
        try:
            await self._call.house.carrier.redirect(self._call.state.call_sid, document)
        except CallIsOver:
            self._call.finish("the caller hung up")
        except CarrierError:
            self._call.end_stream()

    async def _say_goodbye(self, reason: str) -> None:
        await self._last_words()
        await self._call.hang_up(reason)

    async def _last_words(self) -> None:
        if self._call.talk is not None:
            self._call.talk.line.rest()
            await self._call.talk.line.last_words(
                timeout_s=self._call.house.rules.last_words_s
            )

    async def _say(self, note: str) -> None:
        talk = self._call.talk
        if talk is not None and talk.conversation is not None:
            await talk.conversation.say(note)

    async def _person_wished(self) -> None:
        if not self._talking:
            return
        found = await self.escalate("the caller pressed 0 for a person", "general")
        await self._say(notes.A_PERSON if found else notes.no_person(self.reopens()))

    def _stay_wished(self) -> bool:
        if stopped := self._consulting and self.consultation.stop():
            self._call.start(self._say(consultation_notes.STAYED))
        return stopped

    async def _tell(self, note: str) -> None:
        if self._talking or self._consulting:
            await self._say(note)
