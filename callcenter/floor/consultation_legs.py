"""Operators' calls that are nobody's child: placed, followed and ended by REST.

Facts come first: what is asked of the carrier is on record before, and what it says is
put on record, whichever node hears it.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog

from callcenter.domain import consultation as c, events as e
from callcenter.domain.call import Attempt
from callcenter.domain.consultation import LegOrder, OperatorLeg
from callcenter.domain.ids import AttemptId, CallSid
from callcenter.domain.outcomes import AttemptOutcome, attempt_outcome
from callcenter.domain.phases import Phase
from callcenter.errors import CallIsOver, CarrierError, OutcomeUnknown
from callcenter.floor.live_call import LiveCall
from callcenter.wire import twiml_conference
from callcenter.wire.webhooks import FINAL_STATUSES

MS: Final = 1000
NETWORK_SECONDS: Final = 6
"""Twilio rings for up to 5 s more than asked, on some routes."""

SCREENING_SECONDS: Final = 45
"""For the briefing, told twice, and a key."""

TRIES: Final = 2
"""To end a leg: it is the same twice. What is left after that, the reaper ends."""

logger = structlog.get_logger()


class OperatorLegs:
    """One call's. `changed` is set whenever something is known of one of them."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self.changed = asyncio.Event()
        self.refused: dict[AttemptId, str] = {}
        """Attempts for which the carrier would place no call, and why."""
        self.arrived: set[AttemptId] = set()
        """Operators who are in their conference."""
        self._over: set[AttemptId] = set()
        self._briefed: set[AttemptId] = set()
        self._deadline_ms: dict[AttemptId, int] = {}

    # What is known.

    def attempt(self, attempt_id: AttemptId) -> Attempt | None:
        """Of any escalation."""
        return next(
            (
                attempt
                for escalation in self._call.state.escalations
                for attempt in escalation.attempts
                if attempt.attempt_id == attempt_id
            ),
            None,
        )

    def open(self) -> list[OperatorLeg]:
        """Of operators who have neither taken the call, nor not."""
        return [one for one in self._legs() if self._outcome(one) is None]

    def accepted(self) -> OperatorLeg | None:
        """Of the operator who waits for the caller."""
        taken = AttemptOutcome.ACCEPTED
        return next((one for one in self._legs() if self._outcome(one) is taken), None)

    def is_wanted(self, attempt_id: AttemptId) -> bool:
        """Whether this operator is still rung, or waits, or talks."""
        attempt = self.attempt(attempt_id)
        over = self._call.state.phase is Phase.ENDED
        return not over and attempt is not None and attempt.outcome in _ALIVE

    # What is done.

    def place(self, attempt_id: AttemptId, order: LegOrder) -> None:
        """Have the carrier ring. It may take longer than the call lasts."""
        wait_ms = (order.ring_s + NETWORK_SECONDS) * MS
        self._deadline_ms[attempt_id] = self._call.clock_ms() + wait_ms
        _ = self._call.outlive(self._place(attempt_id, order))

    async def _place(self, attempt_id: AttemptId, order: LegOrder) -> None:
        try:
            sid = await self._call.house.carrier.ring(order)
        except OutcomeUnknown as error:
            # Never asked again: if it rings, its own requests will tell.
            logger.warning("operator_leg_unknown", reason=str(error))
        except CarrierError as error:
            logger.warning("operator_leg_refused", reason=str(error))
            self.refused[attempt_id] = str(error)
            self.changed.set()
        else:
            self.known(attempt_id, sid)

    def known(self, attempt_id: AttemptId, call_sid: CallSid) -> None:
        """The carrier has named the leg, in its answer or by asking about it."""
        leg = self._call.state.consultation.leg(attempt_id)
        if leg is not None and leg.call_sid is None:
            self._call.record(c.OperatorLegKnown(attempt_id, call_sid))
        if not self.is_wanted(attempt_id):
            self._end(call_sid, "")
        self.changed.set()

    def picked_up(self, attempt_id: AttemptId) -> None:
        """The operator listens: that takes its time."""
        self._briefed.add(attempt_id)
        wait_ms = SCREENING_SECONDS * MS
        self._deadline_ms[attempt_id] = self._call.clock_ms() + wait_ms
        self.changed.set()

    def close(
        self, attempt_id: AttemptId, outcome: AttemptOutcome, words: str = ""
    ) -> None:
        """Nothing comes of this attempt: put that on record, and end its leg."""
        leg = self._call.state.consultation.leg(attempt_id)
        if attempt_id in self.refused:
            outcome = AttemptOutcome.CARRIER_REJECTED  # it has never rung
        others = any(
            one.sent and self.is_wanted(one.attempt_id)
            for one in self._legs()
            if one.attempt_id != attempt_id
        )
        self._call.record(e.AttemptEnded(attempt_id, outcome, others=others))
        if leg is not None:
            self.dismiss(leg, words)
        self.changed.set()

    def dismiss(self, leg: OperatorLeg, words: str) -> None:
        """End a leg; whoever has picked it up hears why."""
        if leg.call_sid is not None and leg.attempt_id not in self._over:
            self._over.add(leg.attempt_id)
            self._end(leg.call_sid, words)

    def told_over(self, attempt_id: AttemptId, status: str) -> None:
        """The carrier says that a leg has ended."""
        self._over.add(attempt_id)
        attempt = self.attempt(attempt_id)
        if attempt is None or not self.is_wanted(attempt_id):
            return
        phase = self._call.state.phase
        if attempt.outcome is None:
            outcome = attempt_outcome(status, bridged=False, declined=False)
            if outcome is AttemptOutcome.CALLER_LEFT:
                outcome = AttemptOutcome.FAILED  # the caller is still on the line
            self.close(attempt_id, outcome)
        elif phase in {Phase.CONSULTING, Phase.JOINING}:
            self.close(attempt_id, AttemptOutcome.FAILED)  # took it, and is gone

    async def look(self) -> None:
        """Ask the carrier, who may have told us in vain; give up on who is late."""
        waiting = self.accepted()
        for leg in [*self.open(), *([waiting] if waiting else [])]:
            if leg.call_sid is not None:
                with suppress(CarrierError):
                    status = await self._call.house.carrier.status_of(leg.call_sid)
                    if status in FINAL_STATUSES:
                        self.told_over(leg.attempt_id, status)

    def give_up_the_late(self) -> None:
        """Nobody waits for ever, whatever the carrier does not say."""
        now_ms = self._call.clock_ms()
        for leg in self.open():
            if leg.attempt_id in self.refused:
                continue  # dialled instead, once nobody else rings
            late_ms = self._deadline_ms.setdefault(
                leg.attempt_id,  # another node rang them
                now_ms + (self._call.house.rules.ring_s + NETWORK_SECONDS) * MS,
            )
            if now_ms >= late_ms:
                self.give_up(leg)

    def give_up(self, leg: OperatorLeg) -> None:
        """This one has rung, or listened, long enough."""
        briefed = leg.attempt_id in self._briefed
        outcome = AttemptOutcome.VOICEMAIL if briefed else AttemptOutcome.NO_ANSWER
        if leg.call_sid is None:
            outcome = AttemptOutcome.FAILED  # nobody knows whether it ever rang
        self.close(leg.attempt_id, outcome)

    # Inside.

    def _end(self, call_sid: CallSid, words: str) -> None:
        _ = self._call.outlive(self._ended(call_sid, words))

    async def _ended(self, call_sid: CallSid, words: str) -> None:
        carrier = self._call.house.carrier
        if words:
            with suppress(CarrierError):
                await carrier.redirect(call_sid, twiml_conference.dismiss(words))
                return
        for _ in range(TRIES):
            try:
                await carrier.hang_up(call_sid)
            except CallIsOver:
                return
            except CarrierError as error:
                logger.warning("operator_leg_not_ended", reason=str(error))
            else:
                return

    def _legs(self) -> list[OperatorLeg]:
        """Of the latest escalation, in the order of their ringing."""
        escalation = self._call.state.escalation
        attempts = escalation.attempts if escalation else ()
        known = self._call.state.consultation
        legs = (known.leg(one.attempt_id) for one in attempts)
        return [leg for leg in legs if leg is not None]

    def _outcome(self, leg: OperatorLeg) -> AttemptOutcome | None:
        attempt = self.attempt(leg.attempt_id)
        return None if attempt is None else attempt.outcome


_ALIVE: Final = {None, AttemptOutcome.ACCEPTED}
