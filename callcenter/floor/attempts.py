"""The tries to reach operators for one call: one after another, or several at once."""

from callcenter.domain import events as e
from callcenter.domain.call import Attempt, Escalation
from callcenter.domain.ids import AttemptId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome, attempt_outcome
from callcenter.domain.phases import Phase
from callcenter.floor.live_call import LiveCall
from callcenter.wire.webhooks import DialEnded

ANSWERED = "completed"
"""DialCallStatus of whoever picked up and was never joined with the caller."""


class Attempts:
    """One call's. Of several that ring together, the last to end ends the dialling."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._picked_up: set[AttemptId] = set()
        self._answered_ms = 0

    @property
    def escalation(self) -> Escalation:
        """The latest one."""
        escalation = self._call.state.escalation
        if escalation is None:
            raise AssertionError("nobody has escalated this call")
        return escalation

    @property
    def all(self) -> tuple[Attempt, ...]:
        """Those of the latest escalation."""
        escalation = self._call.state.escalation
        return escalation.attempts if escalation else ()

    @property
    def open(self) -> list[AttemptId]:
        """Whose end is not known."""
        return [one.attempt_id for one in self.all if one.outcome is None]

    @property
    def accepted(self) -> AttemptId | None:
        """Whose operator pressed 1."""
        return next((one.attempt_id for one in self.all if one.accepted), None)

    def outcome(self, attempt_id: AttemptId) -> AttemptOutcome | None:
        """None: it is open, or not one of the latest escalation's."""
        found = (one.outcome for one in self.all if one.attempt_id == attempt_id)
        return next(found, None)

    def is_ringing(self, attempt_id: AttemptId) -> bool:
        dialling = self._call.state.phase is Phase.DIALLING
        return dialling and attempt_id in self.open

    def is_over(self, attempt_id: AttemptId) -> bool:
        """Whether it is the last one, and its end is known before its leg's."""
        latest = self.all[-1:]
        return self._call.state.phase is Phase.ESCALATING and any(
            one.attempt_id == attempt_id and one.outcome is not None for one in latest
        )

    def is_anothers(self, attempt_id: AttemptId) -> bool:
        """Whether somebody else has the caller."""
        return self.accepted not in {None, attempt_id} or (
            self.outcome(attempt_id) is AttemptOutcome.TAKEN_BY_ANOTHER
        )

    def begin(self, operator: Operator, attempt_id: AttemptId) -> None:
        """Recorded before anything rings, so that a crash cannot forget it."""
        self._call.record(
            e.OperatorCalled(
                self.escalation.escalation_id,
                attempt_id,
                operator.name,
                operator.destination,
            )
        )

    def pick_up(self, attempt_id: AttemptId) -> None:
        """Somebody, or something, answered; whether it is a person is not known."""
        self._picked_up.add(attempt_id)

    def accept(self, attempt_id: AttemptId) -> None:
        """They pressed 1 first: the others' telephones fall silent."""
        self._answered_ms = self._call.clock_ms()
        self._call.record(e.OperatorAnswered(attempt_id))
        for one in self.open:
            self.end(one, AttemptOutcome.TAKEN_BY_ANOTHER)

    def end(self, attempt_id: AttemptId, outcome: AttemptOutcome) -> None:
        others = {*self.open, self.accepted} - {attempt_id, None}
        self._call.record(e.AttemptEnded(attempt_id, outcome, others=bool(others)))

    def settle(self, ended: DialEnded) -> None:
        """The dialling is over: whatever was open has an end now."""
        accepted = self.accepted
        if accepted is not None and ended.bridged is not False:
            self._call.record(e.OperatorLeft(accepted, ended.duration_s))
            return
        several = len(self.open) > 1
        for one in self.open:
            self.end(one, self._end_of(one, ended, several=several))
        if accepted is not None:  # and never joined with the caller
            left = ended.request.over
            self.end(
                accepted, AttemptOutcome.CALLER_LEFT if left else AttemptOutcome.FAILED
            )

    def _end_of(
        self, attempt_id: AttemptId, ended: DialEnded, *, several: bool
    ) -> AttemptOutcome:
        status = ended.dial_status
        if ended.request.over:
            return AttemptOutcome.CALLER_LEFT
        if several and attempt_id in self._picked_up:
            status = ANSWERED
        elif several and status in {ANSWERED, "answered"}:
            return AttemptOutcome.TAKEN_BY_ANOTHER  # who picked up, silenced them
        outcome = attempt_outcome(
            status, bridged=False, declined=False, error=ended.error
        )
        if outcome is AttemptOutcome.CALLER_LEFT:
            return AttemptOutcome.FAILED  # the caller is still on the line
        return outcome

    def leg_ended(self, attempt_id: AttemptId, status: str, error: str) -> None:
        """One of several legs is over, and the others may go on."""
        if self.is_ringing(attempt_id) and status in {"busy", "no-answer", "failed"}:
            outcome = attempt_outcome(
                status, bridged=False, declined=False, error=error
            )
            self.end(attempt_id, outcome)

    def give_up(self) -> None:
        """Nobody can know any more what came of the attempts that are open."""
        for one in [*self.open, *([self.accepted] if self.accepted else [])]:
            self.end(one, AttemptOutcome.FAILED)

    def abandon(self) -> None:
        """The call is about to end: settle the attempts that are still open."""
        if self._call.state.phase is Phase.DIALLING:
            for one in self.open:
                self.end(one, AttemptOutcome.CALLER_LEFT)
        elif self._call.state.phase is Phase.BRIDGED and self.accepted:
            talked_s = (self._call.clock_ms() - self._answered_ms) // 1000
            self._call.record(e.OperatorLeft(self.accepted, talked_s))
