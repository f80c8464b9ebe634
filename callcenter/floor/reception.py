"""What a call answers to Twilio's questions: which document comes next, and why."""

from typing import Final

from callcenter.domain import events as e
from callcenter.domain.ids import AttemptId
from callcenter.domain.line_words import CROWDED, LINES_BUSY, WAITED
from callcenter.domain.opening import (
    after_a_break,
    came_back,
    greeting,
    nobody_answered,
)
from callcenter.domain.operators import GENERAL
from callcenter.domain.phases import Phase
from callcenter.domain.queueing import LineOutcome
from callcenter.domain.transcript import Turn
from callcenter.domain.whereabouts import been
from callcenter.floor.ladder import Ladder
from callcenter.floor.live_call import LiveCall
from callcenter.floor.no_call import OVER
from callcenter.floor.voicemail import Voicemail
from callcenter.floor.wishes import Wishes
from callcenter.wire import twiml
from callcenter.wire.webhooks import DialEnded, VoicemailTold, VoiceRequest

REPEAT_MS = 2000
"""Within this, the same question is Twilio's repetition, not a second break."""

GO_ON_KEY: Final = "1"
GO_ON: Final = "To go on with our assistant, press 1. Otherwise, simply hang up."
OPERATOR_LEFT: Final = "My colleague has left the call."
KEPT: Final = "Thank you. Your message was recorded."
NOT_KEPT: Final = "I am sorry, I did not hear anything."


class Reception:
    """One call's decisions: which document comes next, and why."""

    def __init__(self, call: LiveCall) -> None:
        self.call = call
        self.ladder = Ladder(call)
        self.voicemail = Voicemail(call)
        self.wishes = call.control = Wishes(call, self.ladder, self.voicemail)
        self.wishes.consultation.move_on = self._what_next
        self.wishes.consultation.nobody = self._back_to_the_agent
        self.first_document = ""
        self.earlier: tuple[Turn, ...] = ()
        """What was said in another call, which this one goes on with."""
        self._resumed: tuple[int, str] = (0, "")
        self._answers: dict[str, str] = {}
        """By Twilio's idempotency token: what it repeats is answered the same."""

    def welcome(self, *, crowded: bool = False) -> str:
        """The first document of a call; asked again (Twilio repeats), the same.

        `crowded`: this node has no agent left for one more.
        """
        if self.call.state.phase is Phase.ENDED:
            return twiml.hang_up(OVER)
        if not self.first_document:
            self.first_document = self._crowded() if crowded else self._welcome()
        return self.first_document

    def _welcome(self) -> str:
        """For a caller who was welcomed before, at another node, what comes next."""
        if self.call.state.turns or self.call.state.phase is not Phase.WAITING:
            return self._what_next()
        rules = self.call.house.rules
        if without := rules.model_ready or self.call.house.no_agents():
            self.call.record(e.SessionLost(without))
            self.call.model_failures = rules.model_failures
            return self.wishes.without_the_agents(without)
        return self.call.begin(
            greeting(
                self.call.roster.entry,
                self.call.welcome.words,
                recorded=self.call.welcome.recorded,
                menu=self.call.welcome.menu,
            )
        )

    def _crowded(self) -> str:
        """The short ladder: the line, or a message."""
        self.call.model_failures = self.call.house.rules.model_failures
        self.ladder.open(self.call.agent, CROWDED, GENERAL)
        if document := self.ladder.below_the_operators(LINES_BUSY):
            return document
        self.ladder.fail()
        return self.voicemail.begin(CROWDED, LINES_BUSY)

    # Twilio's questions.

    def after_stream(self, request: VoiceRequest) -> str:
        """The document that follows a stream.

        Twilio may also ask this when our own REST request ended the stream; the answer
        is then what that request said.
        """
        if request.token and request.token in self._answers:
            return self._answers[request.token]
        document = self._after_stream(request)
        if request.token:
            self._answers[request.token] = document
        return document

    def _after_stream(self, request: VoiceRequest) -> str:
        if not request.over:
            return self._what_next()
        self.call.finish("the caller hung up")
        return twiml.hang_up()

    def _what_next(self) -> str:
        state = self.call.state
        if self.call.saying_goodbye or state.ending or state.phase is Phase.ENDED:
            return twiml.hang_up()
        match self.call.state.phase:
            case Phase.ESCALATING:
                return self._climb()
            case Phase.CONSULTING:
                self.wishes.consultation.go_on()
                return self.wishes.consultation.music or self._resume()
            case Phase.JOINING:
                self.wishes.consultation.go_on()
                return self.wishes.consultation.document or self._resume()
            case Phase.QUEUED:
                return self.ladder.line.document()
            case Phase.VOICEMAIL:
                return self.voicemail.document
            case Phase.DIALLING | Phase.BRIDGED:
                joined = self.wishes.consultation.document
                return joined or self.ladder.document or self._dial_again()
            case _:
                return self._resume()

    def _dial_again(self) -> str:
        """The node that dialled is gone, and the caller was never connected."""
        self.ladder.give_up_attempt()
        return self._climb()

    def _climb(self) -> str:
        ladder = self.ladder
        document = ladder.next_document() or ladder.below_the_operators()
        return document or self._back_to_the_agent()

    def dial_ended(self, attempt_id: AttemptId, ended: DialEnded) -> str:
        """The document that follows an operator's leg."""
        if self.wishes.consultation.has(attempt_id):
            return self._conference_over(attempt_id, ended)
        if self.ladder.is_past(attempt_id) and not ended.request.over:
            return self.ladder.answer(attempt_id) or self._late()
        document = self.ladder.dial_ended(attempt_id, ended)
        if document is None and self.call.state.phase is Phase.ESCALATING:
            document = self._back_to_the_agent()
            self.ladder.remember(attempt_id, document)
        if ended.request.over:
            self.call.finish("the caller hung up")
        elif document is None and self._was_just_bridged():
            document = self._offer(OPERATOR_LEFT)
            self.ladder.remember(attempt_id, document)
        return document or self._late()

    def _late(self) -> str:
        """What a caller hears who is asked for long after; whoever streams asks not.

        The node that knew more has died: a caller is never dropped for that.
        """
        streams = self.call.talk is not None and self.call.talk.streaming
        return twiml.hang_up() if streams else self._what_next()

    def line(self, request: VoiceRequest) -> str:
        """The document that follows a round of music in line, or a key."""
        if request.token and request.token in self._answers:
            return self._answers[request.token]
        if request.over:
            self.call.finish("the caller hung up")
            return twiml.hang_up()
        document = self.ladder.line.pause or self._in_line(request.digits)
        if request.token:
            self._answers[request.token] = document
        return document

    def _in_line(self, key: str) -> str:
        line, state = self.ladder.line, self.call.state
        if state.phase is Phase.QUEUED:
            outcome = line.chosen(key) or (
                LineOutcome.TOO_LONG if line.is_too_long else None
            )
            if outcome is None:
                return line.document()
            line.leave(outcome)
            self.ladder.fail()
        elif state.phase is Phase.WAITING and line.has_been_too_long:
            outcome = line.chosen(key) or LineOutcome.VOICEMAIL
        else:
            return self._what_next()
        match outcome:
            case LineOutcome.CALLBACK:
                return line.promise()
            case LineOutcome.AGENT:
                return self.call.begin(
                    came_back(self.call.agent, self.call.state.turns, WAITED)
                )
            case LineOutcome.TOO_LONG:
                return line.last_offer()
            case _:
                return self.voicemail.begin("the caller waited in line")

    def voicemail_done(self, told: VoicemailTold) -> str:
        """The document that follows a message."""
        token = told.request.token
        if token and token in self._answers:
            return self._answers[token]
        document = self.voicemail.done(told)
        if told.request.over:
            self.call.finish("the caller hung up")
        if document is None:
            document = self._offer(KEPT if told.recording_sid else NOT_KEPT)
        if token:
            self._answers[token] = document
        return document

    def offered(self, request: VoiceRequest) -> str:
        """The caller pressed a key to go on with the agents, or did not."""
        if request.token and request.token in self._answers:
            return self._answers[request.token]
        state = self.call.state
        if request.over or request.digits != GO_ON_KEY:
            self.call.finish("the caller wanted nothing more")
        if self.call.state.phase is not Phase.WAITING:
            return twiml.hang_up()
        opening = came_back(self.call.agent, state.turns, been(state))
        document = self.call.begin(opening)
        if request.token:
            self._answers[request.token] = document
        return document

    def _conference_over(self, attempt_id: AttemptId, ended: DialEnded) -> str:
        """What a caller hears who is out of the conference with an operator."""
        if (answer := self.ladder.answer(attempt_id)) is not None:
            return answer
        if ended.request.over:
            self.call.finish("the caller hung up")
            return twiml.hang_up()
        self.wishes.consultation.conference_over(attempt_id)
        bridged = self._was_just_bridged()
        document = self._offer(OPERATOR_LEFT) if bridged else self._what_next()
        self.ladder.remember(attempt_id, document)
        return document

    def _was_just_bridged(self) -> bool:
        state = self.call.state
        return state.phase is Phase.WAITING and state.was_bridged

    def _offer(self, happened: str) -> str:
        """The caller may go back to the agents, if those can be had."""
        if self.call.state.phase is not Phase.WAITING:
            return twiml.hang_up()
        if self.call.model_failures >= self.call.house.rules.model_failures:
            self.call.saying_goodbye = True
            return twiml.hang_up(f"{happened} Thank you for calling. Goodbye.")
        return twiml.offer(f"{happened} {GO_ON}", action=self.call.addresses.offered)

    def _resume(self) -> str:
        """The line broke: take the talk up where it was, or give it to a human.

        Asked twice at once (Twilio repeats), the answer is the same. A stream that
        never came counts as a failure, or we might ask for it for ever.
        """
        asked_ms, document = self._resumed
        streamed = self.call.talk is not None and self.call.talk.streamed
        late = self.call.clock_ms() - asked_ms > REPEAT_MS
        if streamed or late or not document:
            document = self._resumed_document()
            self._resumed = (self.call.clock_ms(), document)
        return document

    def _resumed_document(self) -> str:
        if self.call.talk is not None and self.call.talk.failed:
            self.call.model_failures += 1
        if self.call.model_failures >= self.call.house.rules.model_failures:
            return self.wishes.without_the_agents("the assistant is out of order")
        state = self.call.state
        return self.call.begin(after_a_break(self.call.agent, state.turns))

    def _back_to_the_agent(self) -> str:
        """Nobody took the call: the agent knows, and offers what is left."""
        self.ladder.fail()
        state, rules = self.call.state, self.call.house.rules
        if self.call.model_failures >= rules.model_failures:
            return self.wishes.last_resort("nobody could take the call")
        opening = nobody_answered(
            self.call.agent,
            state.turns or self.earlier,
            tried=bool(state.escalation and state.escalation.attempts),
            reopens=self.voicemail.reopens(),
        )
        return self.call.begin(opening)
