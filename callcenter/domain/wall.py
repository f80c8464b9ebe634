"""The calls that go on now, as a wallboard shows them: a fold over facts of all nodes.

It is told facts in whatever order nodes are heard, some of them twice, some never; the
database knows better, and is asked about what is missing.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from callcenter.domain import events as e, queueing
from callcenter.domain.ids import CallId
from callcenter.domain.phases import Phase, after

MOST_WORDS: Final = 160
"""Of the last sentence: a line on a screen."""

WINDOW: Final = timedelta(minutes=15)
MOST_SAMPLES: Final = 2_000

WAITING: Final = frozenset(
    {Phase.ESCALATING, Phase.CONSULTING, Phase.JOINING, Phase.DIALLING, Phase.QUEUED}
)
"""Callers who need a person, and do not have one yet."""


@dataclass(frozen=True, slots=True)
class CallNow:
    """One call."""

    call_id: CallId
    began_at: datetime
    caller: str = ""
    called: str = ""
    phase: Phase = Phase.RINGING
    agent: str = ""
    operator: str = ""
    """Whose telephone rings, or who talks to the caller."""
    needed_at: datetime | None = None
    """When it was decided that the caller needs a person; None: not now."""
    why: str = ""
    speaker: str = ""
    words: str = ""
    words_at: datetime | None = None
    cost_usd: float = 0.0
    handoffs: int = 0
    sequence: int = 0
    revision: int = 0
    """Higher than that of whatever changed before, in any call."""

    @property
    def waits(self) -> bool:
        return self.needed_at is not None and self.phase in WAITING


class Wall:
    """All of them. It reads no clock: times come from facts, and from who asks."""

    def __init__(self) -> None:
        self.calls: dict[CallId, CallNow] = {}
        self.missing: set[CallId] = set()
        """Calls that go on, and whose beginning was not heard."""
        self.revision = 0
        self.model = ModelNow()
        self._over: deque[CallId] = deque(maxlen=MOST_SAMPLES)
        """Ended: what is heard of them afterwards is late."""

    def see(self, fact: e.Fact) -> None:
        """Take a fact into account; again, it does nothing."""
        known = self.calls.get(fact.call_id)
        if fact.call_id in self._over or (known and fact.sequence <= known.sequence):
            return
        self.model.see(fact)
        if known is None:
            if not isinstance(fact.event, e.CallAnswered):
                if not isinstance(fact.event, e.CallEnded):
                    self.missing.add(fact.call_id)
                return
            known = CallNow(fact.call_id, fact.at)
        self._put(_next(known, fact))

    def learn(self, facts: Iterable[e.Fact]) -> None:
        """What the database knows of one call; older than what was heard, it is not."""
        call: CallNow | None = None
        for fact in facts:
            call = _next(call or CallNow(fact.call_id, fact.at), fact)
        if call is None:
            return
        self.missing.discard(call.call_id)
        known = self.calls.get(call.call_id)
        if known is None or known.sequence < call.sequence:
            self._put(call)

    def forget(self, call_id: CallId) -> None:
        """It is over, and nobody said so."""
        self.missing.discard(call_id)
        if self.calls.pop(call_id, None):
            self.revision += 1
            self._over.append(call_id)

    def changed_since(self, revision: int) -> list[CallNow]:
        """The calls that are different since then, the oldest change first."""
        changed = [one for one in self.calls.values() if one.revision > revision]
        return sorted(changed, key=lambda one: one.revision)

    def _put(self, call: CallNow) -> None:
        self.missing.discard(call.call_id)
        if call.phase is Phase.ENDED:
            self.calls.setdefault(call.call_id, call)
            self.forget(call.call_id)
            return
        self.revision += 1
        self.calls[call.call_id] = replace(call, revision=self.revision)


def _next(call: CallNow, fact: e.Fact) -> CallNow:
    phase = after(call.phase, fact.event)
    call = replace(_told(call, fact), phase=phase, sequence=fact.sequence)
    if phase not in WAITING and call.needed_at is not None:
        return replace(call, needed_at=None)
    return call


def _told(call: CallNow, fact: e.Fact) -> CallNow:  # noqa: C901, PLR0911, PLR0912  # one a fact
    match fact.event:
        case e.CallAnswered(caller_number=caller, called_number=called):
            return replace(call, caller=caller, called=called)
        case e.SessionOpened(agent=agent) | e.CallResumed(agent=agent):
            return replace(call, agent=agent)
        case e.AgentHandedOff(to_agent=agent):
            return replace(call, agent=agent, handoffs=call.handoffs + 1)
        case e.CallerSpoke(text=text):
            return _spoken(call, fact.at, "caller", text or "")
        case e.AgentSpoke(heard=heard, agent=agent):
            return _spoken(call, fact.at, agent, heard)
        case e.ModelUsed(cost_usd=cost):
            return replace(call, cost_usd=call.cost_usd + cost)
        case e.CallEscalated(reason=reason):
            return replace(call, needed_at=call.needed_at or fact.at, why=reason)
        case queueing.QueueEntered(since=since):
            return replace(call, needed_at=since)
        case e.OperatorCalled(operator=operator):
            return replace(call, operator=operator)
        case e.AttemptEnded() | e.OperatorLeft():
            return replace(call, operator="")
        case _:
            return call


def _spoken(call: CallNow, at: datetime, speaker: str, words: str) -> CallNow:
    return replace(call, speaker=speaker, words=words[-MOST_WORDS:] or "…", words_at=at)


@dataclass(frozen=True, slots=True)
class Health:
    """How the model did in the last minutes; see callcenter.domain.figures."""

    sessions: int = 0
    connect_ms: int | None = None
    latency_ms: int | None = None
    slow_latency_ms: int | None = None
    lost: int = 0
    resumed: int = 0


class ModelNow:
    """What facts tell of the model, in a window."""

    def __init__(self) -> None:
        self._connected: deque[tuple[datetime, int]] = deque(maxlen=MOST_SAMPLES)
        self._answered: deque[tuple[datetime, int]] = deque(maxlen=MOST_SAMPLES)
        self._lost: deque[tuple[datetime, int]] = deque(maxlen=MOST_SAMPLES)
        self._resumed: deque[tuple[datetime, int]] = deque(maxlen=MOST_SAMPLES)

    def see(self, fact: e.Fact) -> None:
        match fact.event:
            case e.SessionOpened(connect_ms=took_ms):
                self._connected.append((fact.at, took_ms))
            case e.AgentSpoke(audible_ms=took_ms) if took_ms is not None:
                self._answered.append((fact.at, took_ms))
            case e.SessionLost():
                self._lost.append((fact.at, 1))
            case e.CallResumed():
                self._resumed.append((fact.at, 1))
            case _:
                pass

    def health(self, now: datetime) -> Health:
        """Of the last WINDOW."""
        connected = _recent(self._connected, now)
        answered = _recent(self._answered, now)
        return Health(
            sessions=len(connected),
            connect_ms=quantile(connected, 0.5),
            latency_ms=quantile(answered, 0.5),
            slow_latency_ms=quantile(answered, 0.95),
            lost=len(_recent(self._lost, now)),
            resumed=len(_recent(self._resumed, now)),
        )


def quantile(values: Iterable[int], share: float) -> int | None:
    """The value that so large a share does not exceed; None for no values."""
    ordered = sorted(values)
    if not ordered:
        return None
    place = max(0, -(-len(ordered) * share // 1) - 1)
    return ordered[int(place)]


def _recent(samples: deque[tuple[datetime, int]], now: datetime) -> list[int]:
    while samples and samples[0][0] < now - WINDOW:
        samples.popleft()
    return [value for _, value in samples]
