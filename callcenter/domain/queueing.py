"""The line of callers who wait for an operator: facts, and whose turn it is.

The order is that of the first entry. Who rang for somebody in vain is left in peace by
the same caller for a while, and free for whoever stands behind.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from callcenter.domain.ids import CallId, EscalationId
from callcenter.domain.operators import Operator, choose

REST: Final = timedelta(seconds=60)
"""So long after a try in vain, an operator is not rung again for the same caller."""

SAMPLES: Final = 3
"""So many talks must be known before anybody is told how long it may take."""


class LineOutcome(StrEnum):
    """How somebody left the line."""

    SERVED = "served"
    """An operator took the call."""
    CALLBACK = "callback"
    """They keep their place, and are called back."""
    VOICEMAIL = "voicemail"
    AGENT = "agent"
    """Back to the agents."""
    TOO_LONG = "too_long"
    """They have waited as long as anybody may."""
    ABANDONED = "abandoned"
    """They hung up."""


@dataclass(frozen=True, slots=True)
class QueueEntered:
    """The caller waits in line; again, when an operator did not take the call."""

    escalation_id: EscalationId
    topic: str
    since: datetime
    """When they came first: their place."""
    tried: tuple[str, ...] = ()
    """Operators who were rung for them just now, in vain."""


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller is no longer in line."""

    outcome: LineOutcome
    waited_s: int


QueueEvent: TypeAlias = QueueEntered | QueueLeft


@dataclass(frozen=True, slots=True)
class Stay:
    """One call's time in the line."""

    since: datetime
    topic: str
    outcome: LineOutcome | None = None


def after(stay: Stay | None, event: QueueEvent) -> Stay | None:
    """A stay after one more fact; it never begins with its end."""
    if isinstance(event, QueueEntered):
        return Stay(event.since, event.topic)
    return stay and Stay(stay.since, stay.topic, event.outcome)


@dataclass(frozen=True, slots=True)
class Waiter:
    """Somebody in line, as all nodes see them."""

    call_id: CallId
    topic: str
    since: datetime
    entered_at: datetime
    """When they came, or came back from a try in vain."""
    tried: frozenset[str] = frozenset()
    ringing_until: datetime | None = None
    """An operator's telephone rings for them; until then they want no other."""

    def wants(self, operator: Operator, at: datetime) -> bool:
        resting = operator.name in self.tried and at < self.entered_at + REST
        return operator.fits(self.topic) and operator.at_work(at) and not resting

    def is_waiting(self, at: datetime) -> bool:
        return self.ringing_until is None or self.ringing_until <= at


def turns(
    line: Iterable[Waiter], free: Iterable[Operator], at: datetime
) -> dict[CallId, Operator]:
    """Whom each of those whose turn it is would get; one operator for one caller."""
    left = list(free)
    found: dict[CallId, Operator] = {}
    for waiter in in_order(line):
        if not waiter.is_waiting(at):
            continue
        fitting = choose(left, waiter.topic, at)
        mine = next((one for one in fitting if waiter.wants(one, at)), None)
        if mine is not None:
            found[waiter.call_id] = mine
            left.remove(mine)
    return found


def left_over(
    line: Iterable[Waiter], free: Sequence[Operator], at: datetime
) -> list[Operator]:
    """Who is free for somebody who does not stand in line."""
    taken = {one.name for one in turns(line, free, at).values()}
    return [one for one in free if one.name not in taken]


def place(
    call_id: CallId, line: Iterable[Waiter], staff: Sequence[Operator]
) -> int | None:
    """The how-manieth somebody is, of those who wait for the same people, from 1."""
    ordered = in_order(line)
    me = next((one for one in ordered if one.call_id == call_id), None)
    if me is None:
        return None
    before = ordered[: ordered.index(me)]
    return 1 + sum(
        any(who.fits(one.topic) and who.fits(me.topic) for who in staff)
        for one in before
    )


def estimate_s(
    place: int, operators: int, handled_s: Sequence[int], wrap_up_s: int
) -> float | None:
    """How long it may take, going by the last talks; None: nobody can know."""
    if len(handled_s) < SAMPLES or not operators:
        return None
    mean_s = sum(handled_s) / len(handled_s) + wrap_up_s
    return place * mean_s / operators


def in_order(line: Iterable[Waiter]) -> list[Waiter]:
    return sorted(line, key=lambda one: (one.since, one.call_id))
