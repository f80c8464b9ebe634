"""The way to a human being: operators, the waiting line, then back to the agent.

Every step is recorded before it is taken. A caller is never hung up on because a
transfer failed: each outcome leads to the next operator, to a place in line, or back to
an agent who knows what happened. callcenter.domain.ladders has the rungs.
"""

import secrets
from collections.abc import Sequence
from typing import Final

from callcenter.domain import events as e, line_words
from callcenter.domain.briefing import briefing
from callcenter.domain.ids import AgentName, AttemptId, EscalationId
from callcenter.domain.ladders import LADDERS, Rung, Situation, situation
from callcenter.domain.operators import Operator, choose
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.domain.queueing import LineOutcome
from callcenter.floor.attempts import Attempts
from callcenter.floor.live_call import LiveCall
from callcenter.floor.waiting_line import WaitingLine
from callcenter.wire import twiml
from callcenter.wire.webhooks import DialEnded, VoiceRequest

DECLINE_KEY = "2"
ACCEPT_KEY = "1"

CALLER_GONE: Final = "The caller has already hung up. Thank you."
TAKEN: Final = "A colleague has already taken the call. Thank you."
NEXT: Final = "I am sorry, that colleague is not free. I am trying somebody else."


class Ladder:
    """One call's climb. A repeated webhook gets the document it got before."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._document = ""
        self._answers: dict[AttemptId, str] = {}
        self.attempts = Attempts(call)
        self.line = WaitingLine(call, self._dial_from_line)
        call.before_end.append(self.abandon)

    @property
    def document(self) -> str:
        """What the caller is to hear while an operator is being reached."""
        return self._document

    def situation(self, topic: str) -> Situation:
        """How things stand for a caller who wants a person now."""
        queue, rules = self._call.house.queue, self._call.house.rules
        if queue is None:
            return Situation.OPEN
        return situation(
            staffed=queue.staffed(topic),
            waiting=queue.length(),
            most_waiting=rules.crowded,
        )

    def candidates(self, topic: str) -> list[Operator]:
        """Who may still be rung, in order; nobody twice in one escalation.

        Whoever fell silent because another picked up was not rung in vain.
        """
        house, rules = self._call.house, self._call.house.rules
        rung = Rung.OPERATORS in LADDERS[self.situation(topic)]
        if not rung or self._left_s() <= 0:
            return []
        tried = {
            one.operator
            for one in self.attempts.all
            if one.outcome is not AttemptOutcome.TAKEN_BY_ANOTHER
        }
        free = house.queue.free() if house.queue else house.operators()
        fitting = choose(free, topic, house.clock.now())
        fresh = [one for one in fitting if one.name not in tried]
        if rules.all_at_once:
            return fresh[: twiml.MOST_AT_ONCE]
        return fresh[: max(rules.attempts - len(tried), 0)]

    def open(self, agent: AgentName, reason: str, topic: str) -> Operator | None:
        """Decide that an operator is needed; returns who is rung first, if anybody."""
        escalation_id = EscalationId(f"esc_{secrets.token_hex(8)}")
        began_ms = self._call.clock_ms()
        self._call.record(
            e.CallEscalated(escalation_id, agent, reason, topic, began_ms)
        )
        fitting = self.candidates(topic)
        return fitting[0] if fitting else None

    def next_document(self, announcement: str = "") -> str | None:
        """Call who is next; returns the document for the caller, if anybody is left."""
        fitting = self.candidates(self.attempts.escalation.topic)
        if not fitting:
            return None
        if not self._call.house.rules.all_at_once:
            fitting = fitting[:1]
        ringing = [(one, _new_attempt()) for one in fitting]
        return self._dial(ringing, announcement) or self.next_document(announcement)

    def dial(self, operator: Operator, attempt_id: AttemptId) -> str:
        """Have the caller's leg dial an operator whose attempt is on record already."""
        addresses = self._call.addresses
        brief_url = addresses.brief(attempt_id)
        self._document = twiml.dial_all(
            [twiml.Ring(operator, brief_url, addresses.status)],
            action=addresses.dial_ended(attempt_id),
            timeout_s=self._call.house.rules.ring_s,
            limit_s=self._call.house.rules.max_talk_s,
        )
        return self._document

    def line_is_open(self, topic: str) -> bool:
        """Whether a caller may wait in line: somebody is at work, but busy."""
        rungs = LADDERS[self.situation(topic)]
        return Rung.LINE in rungs and self.line.is_open(topic, self._left_s())

    def below_the_operators(self, announcement: str = "") -> str | None:
        """What follows when no operator took the call.

        The document of the waiting line; None: back to the agent, or what there is
        without one.
        """
        topic = self.attempts.escalation.topic
        if not self.line_is_open(topic):
            return None
        tried = tuple(dict.fromkeys(one.operator for one in self.attempts.all))
        return self.line.enter(topic, tried, announcement)

    # What the operator's leg asks.

    def brief(self, attempt_id: AttemptId) -> str:
        """The document that tells an operator who calls and why, and asks for 1."""
        if refused := self._too_late(attempt_id):
            return refused
        text = self._briefing()
        self.attempts.pick_up(attempt_id)
        self._call.record(e.OperatorBriefed(attempt_id, text))
        return twiml.screen(text, accept_url=self._call.addresses.accept(attempt_id))

    def accept(self, attempt_id: AttemptId, digits: str) -> str:
        """The operator pressed a key: 1 takes the call, 2 declines it.

        Any other tells them again: 3 is what they are offered for it.
        """
        if self.attempts.accepted == attempt_id:
            return twiml.bridge()  # Twilio may ask twice
        if refused := self._too_late(attempt_id):
            return refused
        if digits == ACCEPT_KEY:
            self.attempts.accept(attempt_id)
            if self._call.state.line and not self._call.state.line.outcome:
                self.line.leave(LineOutcome.SERVED)
            return twiml.bridge()
        if digits == DECLINE_KEY:
            self.attempts.end(attempt_id, AttemptOutcome.DECLINED)
            return twiml.hang_up()
        accept_url = self._call.addresses.accept(attempt_id)
        return twiml.screen(self._briefing(), accept_url=accept_url)

    def leg_status(self, attempt_id: AttemptId, leg: VoiceRequest) -> None:
        """What became of one of several legs, while others may go on."""
        self.attempts.leg_ended(attempt_id, leg.status, leg.error)

    # What the caller's leg asks when the dialling is over.

    def dial_ended(self, attempt_id: AttemptId, ended: DialEnded) -> str | None:
        """What came of an attempt; returns who is rung next, None if nobody is.

        Asked again, it answers the same.
        """
        if attempt_id in self._answers:
            return self._answers[attempt_id]
        tries = self.attempts
        if not tries.is_over(attempt_id):
            known = attempt_id in {one.attempt_id for one in tries.all}
            if not known or self._call.state.phase not in {
                Phase.DIALLING,
                Phase.BRIDGED,
            }:
                return None
            tries.settle(ended)
        document: str | None = None
        if ended.request.over:
            document = twiml.hang_up()
        elif self._call.state.phase is not Phase.WAITING:  # no talk came of it
            document = self.next_document(NEXT) or self.below_the_operators()
        if document is not None:
            self._answers[attempt_id] = document
        return document

    def is_past(self, attempt_id: AttemptId) -> bool:
        """Whether others have been rung since it ended: what is told of it is late."""
        rung = [one.attempt_id for one in self.attempts.all][:-1]
        outcome = self.attempts.outcome(attempt_id) if attempt_id in rung else None
        if outcome is AttemptOutcome.ACCEPTED:  # they may still be talking
            return self._call.state.phase is not Phase.BRIDGED
        return outcome is not None

    def answer(self, attempt_id: AttemptId) -> str | None:
        """What was said when an attempt had ended; None: nothing yet."""
        return self._answers.get(attempt_id)

    def remember(self, attempt_id: AttemptId, document: str) -> None:
        """Keep the answer to an attempt's end that was made elsewhere."""
        self._answers[attempt_id] = document

    def fail(self) -> None:
        """Nobody is left to ring."""
        self._call.record(e.EscalationFailed(self.attempts.escalation.escalation_id))

    def give_up_attempt(self) -> None:
        """Nobody can know any more what came of the attempts that are open."""
        self.attempts.give_up()

    def abandon(self) -> None:
        """The call is about to end: settle what is still open."""
        self.attempts.abandon()
        self.line.abandon()

    # Inside.

    def _left_s(self) -> float:
        """Of the time that one way to a person may take."""
        escalation = self._call.state.escalation
        began_ms = escalation.began_ms if escalation else self._call.clock_ms()
        spent_s = (self._call.clock_ms() - began_ms) / 1000
        return self._call.house.rules.ladder_s - spent_s

    def _dial_from_line(self, operator: Operator, attempt_id: AttemptId) -> str | None:
        """It is this caller's turn. None: they are back in line."""
        ringing = [(operator, attempt_id)]
        if document := self._dial(ringing, line_words.FREE_NOW):
            return document
        topic = self.attempts.escalation.topic
        self.line.enter(topic, (operator.name,), "")
        return None

    def _dial(
        self, ringing: Sequence[tuple[Operator, AttemptId]], announcement: str
    ) -> str | None:
        """Ring these, all at once; None when we refuse to ring any of them.

        Recorded before anything rings, so that a crash cannot forget it.
        """
        allowed = []
        for operator, attempt_id in ringing:
            if self._call.house.refuses(operator, self._call.state.caller_number):
                self.attempts.begin(operator, attempt_id)
                self.attempts.end(attempt_id, AttemptOutcome.REFUSED)
            else:
                allowed.append((operator, attempt_id))
        if not allowed:
            return None
        document = self._dialling(allowed, announcement)
        while len(document) > twiml.MAX_INLINE_CHARACTERS and len(allowed) > 1:
            allowed.pop()
            document = self._dialling(allowed, announcement)
        for operator, attempt_id in allowed:
            self.attempts.begin(operator, attempt_id)
        self._document = document
        return document

    def _dialling(
        self, allowed: Sequence[tuple[Operator, AttemptId]], announcement: str
    ) -> str:
        addresses, several = self._call.addresses, len(allowed) > 1
        return twiml.dial_all(
            [
                twiml.Ring(
                    operator,
                    addresses.brief(attempt_id),
                    addresses.leg_status(attempt_id) if several else addresses.status,
                )
                for operator, attempt_id in allowed
            ],
            # The last one's: on any node, it is the one that must be known.
            action=addresses.dial_ended(allowed[-1][1]),
            timeout_s=self._call.house.rules.ring_s,
            limit_s=self._call.house.rules.max_talk_s,
            announcement=announcement,
        )

    def _too_late(self, attempt_id: AttemptId) -> str:
        """Why an operator who picked up gets no caller; empty: they may."""
        if self.attempts.is_ringing(attempt_id):
            return ""
        taken = self.attempts.is_anothers(attempt_id)
        return twiml.hang_up(TAKEN if taken else CALLER_GONE)

    def _briefing(self) -> str:
        state = self._call.state
        reason = self.attempts.escalation.reason
        return briefing(state.caller_number, reason, state.done)


def _new_attempt() -> AttemptId:
    return AttemptId(f"att_{secrets.token_hex(8)}")
