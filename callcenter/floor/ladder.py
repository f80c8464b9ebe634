"""The way to a human being: operator after operator, then back to the agent.

Every step is recorded before it is taken. A caller is never hung up on because a
transfer failed: each outcome leads to the next operator, or back to an agent who knows
what happened.
"""

import secrets

from callcenter.domain import events as e
from callcenter.domain.briefing import briefing
from callcenter.domain.call import Escalation
from callcenter.domain.ids import AgentName, AttemptId, EscalationId
from callcenter.domain.operators import Operator, choose
from callcenter.domain.outcomes import AttemptOutcome, attempt_outcome
from callcenter.domain.phases import Phase
from callcenter.floor.live_call import LiveCall
from callcenter.wire import twiml
from callcenter.wire.webhooks import DialEnded

DECLINE_KEY = "2"
ACCEPT_KEY = "1"


class Ladder:
    """One call's climb. A repeated webhook gets the document it got before."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._document = ""
        self._answers: dict[AttemptId, str] = {}
        self._answered_ms = 0
        call.before_end.append(self.abandon)

    @property
    def document(self) -> str:
        """What the caller is to hear while an operator is being reached."""
        return self._document

    def candidates(self, topic: str) -> list[Operator]:
        """Who may still be rung, in order; nobody twice in one escalation."""
        house = self._call.house
        escalation = self._call.state.escalation
        tried = {one.operator for one in escalation.attempts} if escalation else set()
        left = house.rules.attempts - len(tried)
        fitting = choose(house.operators(), topic, house.clock.now())
        return [one for one in fitting if one.name not in tried][: max(left, 0)]

    def open(self, agent: AgentName, reason: str, topic: str) -> Operator | None:
        """Decide that an operator is needed; returns who is rung first, if anybody."""
        escalation_id = EscalationId(f"esc_{secrets.token_hex(8)}")
        self._call.record(e.CallEscalated(escalation_id, agent, reason, topic))
        fitting = self.candidates(topic)
        return fitting[0] if fitting else None

    def next_document(self, announcement: str = "") -> str | None:
        """Call the next operator; returns the document for the caller, if any is left.

        Recorded before anything rings, so that a crash cannot forget it.
        """
        escalation = self._escalation()
        fitting = self.candidates(escalation.topic)
        if not fitting:
            return None
        operator, attempt_id = fitting[0], AttemptId(f"att_{secrets.token_hex(8)}")
        refused = self._call.house.refuses(operator, self._call.state.caller_number)
        self._call.record(
            e.OperatorCalled(
                escalation.escalation_id,
                attempt_id,
                operator.name,
                operator.destination,
            )
        )
        if refused:
            self._call.record(e.AttemptEnded(attempt_id, AttemptOutcome.REFUSED))
            return self.next_document(announcement)
        addresses = self._call.addresses
        self._document = twiml.dial(
            operator,
            action=addresses.dial_ended(attempt_id),
            brief_url=addresses.brief(attempt_id),
            status_callback=addresses.status,
            timeout_s=self._call.house.rules.ring_s,
            announcement=announcement,
        )
        return self._document

    def line_is_open(self, topic: str) -> bool:
        """Whether a caller may wait in line: somebody is at work, but busy."""
        del topic
        return False

    def below_the_operators(self, announcement: str = "") -> str | None:
        """What follows when no operator took the call.

        The document of the waiting line, or of voicemail; None: back to the agent.
        """
        del announcement
        return None

    # What the operator's leg asks.

    def brief(self, attempt_id: AttemptId) -> str:
        """The document that tells an operator who calls and why, and asks for 1."""
        if not self._is_ringing(attempt_id):
            return twiml.hang_up("The caller has already hung up. Thank you.")
        text = self._briefing()
        self._call.record(e.OperatorBriefed(attempt_id, text))
        return twiml.screen(text, accept_url=self._call.addresses.accept(attempt_id))

    def accept(self, attempt_id: AttemptId, digits: str) -> str:
        """The operator pressed a key: 1 takes the call, 2 declines it.

        Any other tells them again: 3 is what they are offered for it.
        """
        if self._accepted(attempt_id):
            return twiml.bridge()  # Twilio may ask twice
        if not self._is_ringing(attempt_id):
            return twiml.hang_up("The caller has already hung up. Thank you.")
        if digits == ACCEPT_KEY:
            self._answered_ms = self._call.clock_ms()
            self._call.record(e.OperatorAnswered(attempt_id))
            return twiml.bridge()
        if digits == DECLINE_KEY:
            self._call.record(e.AttemptEnded(attempt_id, AttemptOutcome.DECLINED))
            return twiml.hang_up()
        accept_url = self._call.addresses.accept(attempt_id)
        return twiml.screen(self._briefing(), accept_url=accept_url)

    # What the caller's leg asks when the dialling is over.

    def dial_ended(self, attempt_id: AttemptId, ended: DialEnded) -> str | None:
        """What came of an attempt; returns who is rung next, None if nobody is.

        Asked again, it answers the same.
        """
        if attempt_id in self._answers:
            return self._answers[attempt_id]
        if not self._declined(attempt_id):
            if not self._is_ringing(attempt_id) and not self._accepted(attempt_id):
                return None
            self._settle(attempt_id, ended)
        document: str | None = None
        if ended.request.over:
            document = twiml.hang_up()
        elif self._call.state.phase is not Phase.WAITING:  # no talk came of it
            document = self.next_document(
                "I am sorry, that colleague is not free. I am trying somebody else."
            )
        if document is not None:
            self._answers[attempt_id] = document
        return document

    def remember(self, attempt_id: AttemptId, document: str) -> None:
        """Keep the answer to an attempt's end that was made elsewhere."""
        self._answers[attempt_id] = document

    def fail(self) -> None:
        """Nobody is left to ring."""
        self._call.record(e.EscalationFailed(self._escalation().escalation_id))

    def give_up_attempt(self) -> None:
        """Nobody can know any more what came of the attempt that is open."""
        if (escalation := self._call.state.escalation) and escalation.attempts:
            latest = escalation.attempts[-1].attempt_id
            self._call.record(e.AttemptEnded(latest, AttemptOutcome.FAILED))

    def abandon(self) -> None:
        """The call is about to end: settle the attempt that is still open, if any."""
        if not (escalation := self._call.state.escalation) or not escalation.attempts:
            return
        latest = escalation.attempts[-1].attempt_id
        if self._call.state.phase is Phase.DIALLING:
            self._call.record(e.AttemptEnded(latest, AttemptOutcome.CALLER_LEFT))
        elif self._call.state.phase is Phase.BRIDGED:
            talked_s = (self._call.clock_ms() - self._answered_ms) // 1000
            self._call.record(e.OperatorLeft(latest, talked_s))

    def _settle(self, attempt_id: AttemptId, ended: DialEnded) -> None:
        talked = self._accepted(attempt_id) and ended.bridged is not False
        if talked:
            self._call.record(e.OperatorLeft(attempt_id, ended.duration_s))
            return
        outcome = attempt_outcome(ended.dial_status, bridged=False, declined=False)
        if ended.request.over:
            outcome = AttemptOutcome.CALLER_LEFT
        elif self._accepted(attempt_id) or outcome is AttemptOutcome.CALLER_LEFT:
            outcome = AttemptOutcome.FAILED  # the caller is still on the line
        self._call.record(e.AttemptEnded(attempt_id, outcome))

    def _briefing(self) -> str:
        state = self._call.state
        return briefing(state.caller_number, self._escalation().reason, state.done)

    def _escalation(self) -> Escalation:
        escalation = self._call.state.escalation
        if escalation is None:
            raise AssertionError("nobody has escalated this call")
        return escalation

    def _is_ringing(self, attempt_id: AttemptId) -> bool:
        return self._call.state.phase is Phase.DIALLING and any(
            one.attempt_id == attempt_id and one.outcome is None
            for one in self._escalation().attempts
        )

    def _declined(self, attempt_id: AttemptId) -> bool:
        """Whether this attempt is the last one, and its operator pressed 2."""
        if self._call.state.phase is not Phase.ESCALATING:
            return False
        latest = self._escalation().attempts[-1:]
        return any(
            one.attempt_id == attempt_id and one.outcome is AttemptOutcome.DECLINED
            for one in latest
        )

    def _accepted(self, attempt_id: AttemptId) -> bool:
        return self._call.state.escalation is not None and any(
            one.attempt_id == attempt_id and one.outcome is AttemptOutcome.ACCEPTED
            for one in self._escalation().attempts
        )
