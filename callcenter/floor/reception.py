"""What a call answers to Twilio's questions, and to its agents' wishes."""

from callcenter.domain import events as e
from callcenter.domain.ids import AttemptId
from callcenter.domain.opening import after_a_break, greeting, nobody_answered
from callcenter.domain.phases import Phase
from callcenter.errors import CallIsOver, CarrierError, ToolFailed
from callcenter.floor.ladder import Ladder
from callcenter.floor.live_call import LiveCall
from callcenter.wire import twiml
from callcenter.wire.webhooks import DialEnded, VoiceRequest

APOLOGY = (
    "I am sorry, our assistant is out of order. Please hold, I am connecting you to "
    "a colleague."
)
SORRY_NOBODY = (
    "I am sorry, our assistant is out of order, and nobody can take your call right "
    "now. Please call again later."
)


class Reception:
    """One call's decisions: which document comes next, and why."""

    def __init__(self, call: LiveCall) -> None:
        self.call = call
        call.control = self
        self.ladder = Ladder(call)
        self.first_document = self._welcome()

    def _welcome(self) -> str:
        rules = self.call.house.rules
        if rules.model_ready:
            self.call.record(e.SessionLost(rules.model_ready))
            self.call.model_failures = rules.model_failures
            return self._to_a_human(rules.model_ready)
        return self.call.begin(
            greeting(
                rules.entry_agent, rules.greeting, recorded=rules.recorded_greeting
            )
        )

    # Twilio's questions.

    def after_stream(self, request: VoiceRequest) -> str:
        """The document that follows a stream.

        Twilio may also ask this when our own REST request ended the stream; the answer
        is then what that request said.
        """
        if request.over:
            self.call.finish("the caller hung up")
            return twiml.hang_up()
        if self.call.saying_goodbye or self.call.state.phase is Phase.ENDED:
            return twiml.hang_up()
        match self.call.state.phase:
            case Phase.ESCALATING:
                return self.ladder.next_document() or self._back_to_the_agent()
            case Phase.DIALLING | Phase.BRIDGED:
                return self.ladder.document
            case _:
                return self._resume()

    def dial_ended(self, attempt_id: AttemptId, ended: DialEnded) -> str:
        """The document that follows an operator's leg."""
        document = self.ladder.dial_ended(attempt_id, ended)
        if document is None and self.call.state.phase is Phase.ESCALATING:
            document = self._back_to_the_agent()
            self.ladder.remember(attempt_id, document)
        if ended.request.over:
            self.call.finish("the caller hung up")
        elif self.call.state.phase is Phase.WAITING and self.call.state.was_bridged:
            self.call.finish("the talk with the operator was over")
        return document or twiml.hang_up()

    def _resume(self) -> str:
        """The line broke: take the talk up where it was, or give it to a human.

        A stream that never came counts as a failure, or we might ask for it for ever.
        """
        if self.call.episode is not None and not self.call.episode.streamed:
            self.call.model_failures += 1
        if self.call.model_failures >= self.call.house.rules.model_failures:
            return self._to_a_human("the assistant is out of order")
        state = self.call.state
        agent = state.agent or self.call.house.rules.entry_agent
        return self.call.begin(after_a_break(agent, state.turns))

    def _to_a_human(self, reason: str) -> str:
        """Without the model: straight to the operators, once."""
        if self.call.state.escalation is None:
            agent = self.call.state.agent or self.call.house.rules.entry_agent
            self.ladder.open(agent, reason, "general")
            if document := self.ladder.next_document(APOLOGY):
                return document
            self.ladder.fail()
        self.call.saying_goodbye = True
        return twiml.hang_up(SORRY_NOBODY)

    def _back_to_the_agent(self) -> str:
        """Nobody took the call: the agent knows, and offers what is left."""
        self.ladder.fail()
        state, rules = self.call.state, self.call.house.rules
        if self.call.model_failures >= rules.model_failures:
            self.call.saying_goodbye = True
            return twiml.hang_up(SORRY_NOBODY)
        tried = bool(state.escalation and state.escalation.attempts)
        agent = state.agent or rules.entry_agent
        return self.call.begin(nobody_answered(agent, state.turns, tried=tried))

    # An agent's wishes (the tools' CallControl).

    async def escalate(self, reason: str, topic: str) -> str:
        """Decide that an operator is needed; the transfer follows the last words.

        Returns the first operator's name, or "" when nobody is at work.
        """
        if self.call.state.phase is not Phase.TALKING or self.call.saying_goodbye:
            raise ToolFailed("A transfer is already under way; say no more.")
        operator = self.ladder.open(self.call.state.agent, reason, topic)
        if operator is None:
            escalation = self.call.state.escalation
            if escalation is not None:
                self.call.record(e.NobodyAtWork(escalation.escalation_id))
            return ""
        self.call.start(self._transfer())
        return operator.name

    async def end_when_heard(self, reason: str) -> None:
        """Hang up once the caller has heard the goodbye."""
        if self.call.state.phase is not Phase.TALKING:
            raise ToolFailed("The caller is being transferred; do not hang up.")
        self.call.saying_goodbye = True
        self.call.start(self._say_goodbye(reason))

    async def take_message(self, text: str) -> None:
        """Store a message for the people of the house."""
        self.call.record(e.MessageTaken(text))

    async def request_callback(self, when: str, reason: str) -> None:
        """Store that the caller wants to be called back."""
        self.call.record(e.CallbackRequested(when, reason))

    async def _say_goodbye(self, reason: str) -> None:
        await self._last_words()
        await self.call.hang_up(reason)

    async def _transfer(self) -> None:
        """Once the last words were heard, have Twilio dial the first operator.

        When Twilio will not, ending the stream makes it ask for the same document.
        """
        await self._last_words()
        if self.call.state.phase is not Phase.ESCALATING:
            return  # the caller left meanwhile, or the stream's end took over
        document = self.ladder.next_document()
        if document is None:
            return  # whoever was free a moment ago is not; after_stream takes it up
        try:
            await self.call.house.carrier.redirect(self.call.state.call_sid, document)
        except CallIsOver:
            self.call.finish("the caller hung up")
        except CarrierError:
            if self.call.episode is not None:
                await self.call.episode.conversation.close()

    async def _last_words(self) -> None:
        if self.call.episode is not None:
            await self.call.episode.conversation.last_words(
                timeout_s=self.call.house.rules.last_words_s
            )
