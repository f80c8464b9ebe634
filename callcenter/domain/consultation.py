"""Reaching an operator while the agent stays with the caller: facts, and their fold.

The operator's telephone is a call of its own here, which no leg of the caller's is the
parent of. So whatever it takes to find, join or end it is on record before it is done.
"""

from dataclasses import dataclass, replace
from typing import Final, TypeAlias

from callcenter.domain.ids import AttemptId, CallSid, EscalationId


@dataclass(frozen=True, slots=True)
class ConsultationBegan:
    """Operators are about to be rung while the agent goes on talking."""

    escalation_id: EscalationId
    began_ms: int
    """The same when it goes on after an operator could not be joined."""


@dataclass(frozen=True, slots=True)
class OperatorLegOrdered:
    """The carrier is about to be asked for a call to this operator."""

    attempt_id: AttemptId
    destination: str


@dataclass(frozen=True, slots=True)
class OperatorLegKnown:
    """The operator's call has a name at the carrier: it can be ended."""

    attempt_id: AttemptId
    call_sid: CallSid


@dataclass(frozen=True, slots=True)
class OperatorWaits:
    """The operator pressed 1, and is sent into a conference to wait for the caller."""

    attempt_id: AttemptId
    conference: str


@dataclass(frozen=True, slots=True)
class CallerSent:
    """The caller's call is about to be moved into the operator's conference."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True)
class CallerJoined:
    """Caller and operator are in one conference: the carrier has said so."""

    attempt_id: AttemptId
    at_ms: int = 0


@dataclass(frozen=True, slots=True)
class DialledInstead:
    """The carrier places no calls for us: the operator is dialled the other way."""

    attempt_id: AttemptId
    reason: str


@dataclass(frozen=True, slots=True)
class ConsultationEnded:
    """No operator came of it; what follows is another rung of the ladder."""

    escalation_id: EscalationId
    reason: str


@dataclass(frozen=True, slots=True)
class AgentWentOn:
    """The caller never left the agent, who goes on without an operator."""

    escalation_id: EscalationId


ConsultationEvent: TypeAlias = (
    ConsultationBegan
    | OperatorLegOrdered
    | OperatorLegKnown
    | OperatorWaits
    | CallerSent
    | CallerJoined
    | DialledInstead
    | ConsultationEnded
    | AgentWentOn
)


@dataclass(frozen=True, slots=True)
class OperatorLeg:
    """An operator's call, as far as it is known."""

    attempt_id: AttemptId
    destination: str
    call_sid: CallSid | None = None
    conference: str = ""
    sent: bool = False
    """The caller was to be moved there, or is there."""
    joined_ms: int | None = None
    """When they were; None: they were not."""


@dataclass(frozen=True, slots=True)
class Consultation:
    """All of a call's, one after another."""

    began_ms: int = 0
    """Of the latest; none if there is no leg."""
    legs: tuple[OperatorLeg, ...] = ()

    def leg(self, attempt_id: AttemptId) -> OperatorLeg | None:
        """That of an attempt; None when the attempt was dialled."""
        found = (one for one in self.legs if one.attempt_id == attempt_id)
        return next(found, None)


NOBODY: Final = Consultation()


@dataclass(frozen=True, slots=True)
class LegOrder:
    """What the carrier is to do: ring somebody, and ask us what they hear."""

    to: str
    shown: str
    """The number that they see."""
    document_url: str
    status_url: str
    ring_s: int
    limit_s: int
    """No operator's leg outlives this."""


def after(known: Consultation, event: ConsultationEvent) -> Consultation:
    """What is known after one more fact."""
    match event:
        case ConsultationBegan(began_ms=began_ms):
            return replace(known, began_ms=began_ms)
        case OperatorLegOrdered(attempt_id, destination):
            leg = OperatorLeg(attempt_id, destination)
            return replace(known, legs=(*known.legs, leg))
        case OperatorLegKnown(attempt_id, call_sid):
            return _with(known, attempt_id, call_sid=call_sid)
        case OperatorWaits(attempt_id, conference):
            return _with(known, attempt_id, conference=conference)
        case CallerSent(attempt_id):
            return _with(known, attempt_id, sent=True)
        case CallerJoined(attempt_id, at_ms):
            return _with(known, attempt_id, joined_ms=at_ms)
        case DialledInstead(attempt_id):
            legs = tuple(one for one in known.legs if one.attempt_id != attempt_id)
            return replace(known, legs=legs)
        case _:
            return known


def _with(
    known: Consultation,
    attempt_id: AttemptId,
    *,
    call_sid: CallSid | None = None,
    conference: str = "",
    sent: bool = False,
    joined_ms: int | None = None,
) -> Consultation:
    def changed(leg: OperatorLeg) -> OperatorLeg:
        if leg.attempt_id != attempt_id:
            return leg
        return replace(
            leg,
            call_sid=call_sid or leg.call_sid,
            conference=conference or leg.conference,
            sent=sent or leg.sent,
            joined_ms=leg.joined_ms if joined_ms is None else joined_ms,
        )

    return replace(known, legs=tuple(map(changed, known.legs)))
