"""What operators' own calls and conferences ask and tell, answered from facts alone.

Any node may be asked: none of these requests belongs to a leg of the caller's.
"""

import secrets
from typing import Final

from callcenter.domain import consultation as c, events as e
from callcenter.domain.briefing import of_call
from callcenter.domain.consultation import OperatorLeg
from callcenter.domain.ids import AttemptId, CallSid
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.floor.consultation_legs import OperatorLegs
from callcenter.floor.ladder import ACCEPT_KEY, DECLINE_KEY
from callcenter.floor.live_call import LiveCall
from callcenter.wire import twiml, twiml_conference
from callcenter.wire.webhooks import ConferenceTold

GONE: Final = "The caller has already hung up. Thank you."
TAKEN: Final = "A colleague has already taken this call. Thank you."

NAME_BYTES: Final = 12
"""Of a conference's random name: enough that nobody enters one by guessing."""


class OperatorDesk:
    """One call's."""

    def __init__(self, call: LiveCall, legs: OperatorLegs) -> None:
        self._call = call
        self._legs = legs

    def brief(self, attempt_id: AttemptId, call_sid: CallSid) -> str:
        """Who calls and why; only for an operator who is still wanted."""
        self._legs.known(attempt_id, call_sid)
        if refusal := self._refusal(attempt_id):
            return refusal
        text = self._briefing()
        self._call.record(e.OperatorBriefed(attempt_id, text))
        self._legs.picked_up(attempt_id)
        return twiml.screen(
            text, accept_url=self._address("/operator/accept", attempt_id)
        )

    def accept(self, attempt_id: AttemptId, call_sid: CallSid, digits: str) -> str:
        """1 takes the call, 2 declines it, any other key tells it again."""
        self._legs.known(attempt_id, call_sid)
        if leg := self._waiting(attempt_id):
            return self._into(leg)  # Twilio may ask twice
        if refusal := self._refusal(attempt_id):
            return refusal
        if digits == ACCEPT_KEY:
            return self._taken(attempt_id)
        if digits == DECLINE_KEY:
            self._legs.close(attempt_id, AttemptOutcome.DECLINED)
            return twiml.hang_up()
        self._legs.picked_up(attempt_id)
        accept_url = self._address("/operator/accept", attempt_id)
        return twiml.screen(self._briefing(), accept_url=accept_url)

    def leg_status(
        self, attempt_id: AttemptId, call_sid: CallSid, status: str, *, over: bool
    ) -> None:
        """The operator's leg went on, or ended; late, repeated or out of order."""
        if over:
            self._legs.told_over(attempt_id, status)
        else:
            self._legs.known(attempt_id, call_sid)

    def conference_told(self, attempt_id: AttemptId, told: ConferenceTold) -> None:
        """Somebody came into the conference, or left it."""
        leg = self._call.state.consultation.leg(attempt_id)
        if leg is None:
            return
        caller = told.call_sid == self._call.state.call_sid
        if told.joined and caller:
            self.joined(leg)
        elif told.joined:
            self._legs.arrived.add(attempt_id)
        elif told.left and not caller and self._call.state.phase is Phase.JOINING:
            self._legs.close(attempt_id, AttemptOutcome.FAILED)
        self._legs.changed.set()

    def joined(self, leg: OperatorLeg) -> None:
        """Caller and operator are together."""
        now = self._call.state.consultation.leg(leg.attempt_id)
        sent = now is not None and now.sent  # what we were given may be older
        if self._call.state.phase is Phase.JOINING and sent:
            self._call.record(c.CallerJoined(leg.attempt_id, self._call.clock_ms()))
            self._legs.changed.set()

    # Inside.

    def _taken(self, attempt_id: AttemptId) -> str:
        name = f"x-{secrets.token_hex(NAME_BYTES)}"
        self._call.record(e.OperatorAnswered(attempt_id))
        self._call.record(c.OperatorWaits(attempt_id, name))
        for other in self._legs.open():
            outcome = AttemptOutcome.TAKEN_BY_ANOTHER
            self._legs.close(other.attempt_id, outcome, TAKEN)
        self._legs.changed.set()
        leg = self._waiting(attempt_id)
        return self._into(leg) if leg else twiml.hang_up(GONE)

    def _waiting(self, attempt_id: AttemptId) -> OperatorLeg | None:
        leg = self._call.state.consultation.leg(attempt_id)
        taken = leg is not None and bool(leg.conference)
        return leg if taken and self._legs.is_wanted(attempt_id) else None

    def _into(self, leg: OperatorLeg) -> str:
        return twiml_conference.wait_for_caller(
            leg.conference,
            told=self._address("/voice/conference-status", leg.attempt_id),
            limit_s=self._call.house.rules.max_talk_s,
        )

    def _refusal(self, attempt_id: AttemptId) -> str:
        """Why this operator is not wanted any more; empty if they are."""
        attempt = self._legs.attempt(attempt_id)
        if attempt and attempt.outcome is AttemptOutcome.TAKEN_BY_ANOTHER:
            return twiml.hang_up(TAKEN)
        wanted = attempt is not None and attempt.outcome is None
        if not wanted or self._call.state.phase is not Phase.CONSULTING:
            return twiml.hang_up(GONE)
        return ""

    def _briefing(self) -> str:
        return of_call(self._call.state)

    def _address(self, path: str, attempt_id: AttemptId) -> str:
        caller = self._call.state.call_sid
        return self._call.addresses.leg(path, attempt_id, caller)
