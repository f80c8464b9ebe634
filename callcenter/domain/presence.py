"""Whether an operator may be rung now: what they said, and what their calls say."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from callcenter.domain.events import (
    AttemptEnded,
    OperatorAnswered,
    OperatorCalled,
    OperatorLeft,
)
from callcenter.domain.ids import AttemptId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome


class Presence(StrEnum):
    """Only who is available is rung."""

    AVAILABLE = "available"
    RINGING = "ringing"
    """Their telephone rings for a caller, or they are being briefed."""
    BUSY = "busy"
    """On the telephone with a caller."""
    WRAP_UP = "wrap_up"
    """Writing down what the last caller wanted."""
    AWAY = "away"
    """Until they come back: they said so, or missed several calls in a row."""


@dataclass(frozen=True, slots=True)
class PresenceRules:
    """The house's own choices."""

    wrap_up_s: int = 30
    missed_calls: int = 2
    """So many in a row, and an operator is away."""
    longest_ring_s: int = 120
    """Nobody rings for longer: ringing, and the briefing read twice."""
    longest_talk_s: int = 3_700
    """Nobody is busy for longer: whoever would have said that the talk is over, died.
    A leg ends after MAX_TALK_SECONDS, and its briefing before that."""


@dataclass(frozen=True, slots=True)
class Attendance:
    """What is known of one operator."""

    presence: Presence = Presence.AVAILABLE
    since: datetime | None = None
    until: datetime | None = None
    """When it ends by itself; None: it does not."""
    missed: int = 0
    """Calls in a row that were not taken."""
    attempt_id: str = ""
    """The attempt that keeps them busy."""
    why: str = ""

    def at(self, now: datetime) -> Presence:
        over = self.until is not None and self.until <= now
        return Presence.AVAILABLE if over else self.presence


@dataclass(frozen=True, slots=True)
class OnList:
    """Somebody on the list, and whether they may be rung."""

    operator: Operator
    attendance: Attendance = Attendance()

    def is_free(self, now: datetime) -> bool:
        return self.attendance.at(now) is Presence.AVAILABLE


OperatorEvent: TypeAlias = (
    OperatorCalled | OperatorAnswered | OperatorLeft | AttemptEnded
)

MISSED: Final = frozenset({AttemptOutcome.NO_ANSWER, AttemptOutcome.VOICEMAIL})
"""Nobody took it, though it rang. A voicemail is an answer without a person."""


def after(
    attendance: Attendance, event: OperatorEvent, at: datetime, rules: PresenceRules
) -> Attendance:
    """What is known of an operator after an attempt to reach them went on.

    Who is away stays away, whatever their calls do: only they can say otherwise.
    """
    if isinstance(event, OperatorCalled):
        return ring(attendance, event.attempt_id, at, rules)
    if isinstance(event, OperatorAnswered):
        return _answered(attendance, event.attempt_id, at, rules)
    if isinstance(event, OperatorLeft):
        return _left(attendance, event.attempt_id, at, rules)
    return _not_taken(quiet(attendance, event.attempt_id, at), event.outcome, at, rules)


def ring(
    attendance: Attendance, attempt_id: str, at: datetime, rules: PresenceRules
) -> Attendance:
    """Their telephone is about to ring: it does not for anybody else meanwhile."""
    if attendance.at(at) is not Presence.AVAILABLE:
        return attendance
    until = at + timedelta(seconds=rules.longest_ring_s)
    return replace(
        attendance,
        presence=Presence.RINGING,
        since=at,
        until=until,
        attempt_id=attempt_id,
    )


def put_away(attendance: Attendance, at: datetime, why: str) -> Attendance:
    """They will not be rung until they are back."""
    return replace(attendance, presence=Presence.AWAY, since=at, until=None, why=why)


def back(at: datetime) -> Attendance:
    """They may be rung again; what they missed is forgotten."""
    return Attendance(since=at)


def _answered(
    attendance: Attendance, attempt_id: AttemptId, at: datetime, rules: PresenceRules
) -> Attendance:
    if attendance.presence is Presence.AWAY:
        return replace(attendance, missed=0)
    until = at + timedelta(seconds=rules.longest_talk_s)
    return Attendance(Presence.BUSY, at, until, attempt_id=attempt_id)


def _left(
    attendance: Attendance, attempt_id: AttemptId, at: datetime, rules: PresenceRules
) -> Attendance:
    mine = attendance.attempt_id == attempt_id
    if attendance.presence is not Presence.BUSY or not mine:
        return attendance
    if not rules.wrap_up_s:
        return Attendance(since=at)
    until = at + timedelta(seconds=rules.wrap_up_s)
    return Attendance(Presence.WRAP_UP, at, until)


def quiet(attendance: Attendance, attempt_id: str, at: datetime) -> Attendance:
    """Their telephone does not ring any more, if it was for this attempt.

    Nor are they busy who took it, and to whom the caller never came.
    """
    mine = attendance.attempt_id == attempt_id
    if attendance.presence not in {Presence.RINGING, Presence.BUSY} or not mine:
        return attendance
    return replace(
        attendance, presence=Presence.AVAILABLE, since=at, until=None, attempt_id=""
    )


def _not_taken(
    attendance: Attendance, outcome: AttemptOutcome, at: datetime, rules: PresenceRules
) -> Attendance:
    if outcome is AttemptOutcome.DECLINED:
        return replace(attendance, missed=0)  # somebody is there
    if outcome not in MISSED:
        return attendance
    missed = attendance.missed + 1
    seen = replace(attendance, missed=missed)
    if missed < rules.missed_calls or attendance.presence is Presence.AWAY:
        return seen
    return put_away(seen, at, f"missed {missed} calls in a row")
