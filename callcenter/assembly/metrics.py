"""What a node measures: counted from its facts, in a registry of its own.

docs/metrics.md says what each means.
"""

from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

from callcenter.domain import events as e
from callcenter.domain.guardrails import GuardrailTripped
from callcenter.domain.phases import Phase, after
from callcenter.domain.voicemail import LateVoicemail

SECONDS: Final = (0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 5.0, 8.0, 15.0)
LENGTHS: Final = (10, 30, 60, 120, 300, 600, 1_200, 1_800, 3_600)
LAGS: Final = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0)

DEAD_AIR_MS: Final = 3_000
"""Silence after a caller's words; what is longer counts as dead air."""

RESCUED: Final = frozenset(
    {
        "the assistant fell silent",
        "the assistant is out of order",
        "the agents passed the caller round",
        "the agents used too many tools",
        "the agents went in circles",
    }
)
"""Why the floor takes a caller from the agents (callcenter.floor, `rescue`)."""

MOST_CALLS: Final = 10_000
"""Whose phase is remembered: calls that another node ended stay until this."""


class Metrics:
    """`see` is a watcher of facts; the rest is told by whoever knows it."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.phases: dict[str, Phase] = {}
        self._answered = self._count("calls_answered", "Calls that were answered.")
        self._ended = self._count("calls", "Calls that ended.", "disposition")
        self._latency = self._time(
            "voice_to_voice_seconds", "End of the caller's words to the first audio."
        )
        self._audible = self._time("audible_seconds", "… to the first audio heard.")
        self._dead_air = self._count("dead_air_seconds", "Silence beyond 3 s.")
        self._connect = self._time("model_connect_seconds", "Opening a session.")
        self._barged = self._count("barge_ins", "Callers who spoke over an agent.")
        self._unheard = self._time(
            "barge_in_truncated_seconds", "What of a turn was not heard."
        )
        self._lost = self._count("model_sessions_lost", "Sessions lost.", "final")
        self._resumed = self._count("calls_resumed", "Reconnects of a conversation.")
        self._frames = self._count("frames", "Media frames of streams.", "what")
        self._tools = self._count("tool_calls", "Tools used.", "tool", "outcome")
        self._handoffs = self._count("handoffs", "From agent to agent.", "to_agent")
        self._escalated = self._count("escalations", "Operators needed.", "topic")
        self._attempts = self._count("operator_attempts", "Tries.", "outcome")
        self._talked = self._time("operator_talk_seconds", "Talks.", LENGTHS)
        self._guarded = self._count("guardrails_tripped", "Answers stopped.")
        self._cost = self._count("model_cost_usd", "What the model cost.")
        self.watchdogs = self._count("watchdog_trips", "Calls rescued.", "reason")
        self.duplicates = self._count("webhook_duplicates", "Webhooks that came again.")
        self.forged = self._count("signature_failures", "Webhooks refused.")
        self.lag = self._time("event_loop_lag_seconds", "Late wake-ups.", LAGS)
        self.lagged = self._count("event_loop_lagged", "Wake-ups over 50 ms late.")

    def see(self, fact: e.Fact) -> None:
        """Count a fact."""
        self._place(fact)
        match fact.event:
            case e.CallAnswered():
                self._answered.inc()
            case e.CallEnded(disposition=disposition):
                self._ended.labels(disposition).inc()
            case e.ModelUsed(cost_usd=cost_usd):
                self._cost.inc(max(0.0, cost_usd))
            case e.AgentSpoke():
                self._spoken(fact.event)
            case e.CallerBargedIn():
                self._barged.inc()
            case e.ToolReturned(tool=tool, outcome=outcome):
                self._tools.labels(tool, outcome).inc()
            case e.AgentHandedOff(to_agent=agent):
                self._handoffs.labels(agent).inc()
            case _:
                self._worked(fact.event)

    def _worked(self, event: e.Event) -> None:
        match event:
            case e.SessionOpened(connect_ms=connect_ms):
                self._connect.observe(connect_ms / 1_000)
            case e.SessionLost(final=final):
                self._lost.labels(str(final).lower()).inc()
            case e.CallResumed():
                self._resumed.inc()
            case e.StreamEnded(frames=frames, malformed=malformed, dropped=dropped):
                self._frames.labels("received").inc(frames)
                self._frames.labels("malformed").inc(malformed)
                self._frames.labels("dropped").inc(dropped)
            case GuardrailTripped():
                self._guarded.inc()
            case _:
                self._called(event)

    def _called(self, event: e.Event) -> None:
        match event:
            case e.CallEscalated(reason=reason, topic=topic):
                self._escalated.labels(topic).inc()
                if reason in RESCUED:
                    self.watchdogs.labels(reason).inc()
            case e.OperatorAnswered():
                self._attempts.labels("accepted").inc()
            case e.AttemptEnded(outcome=outcome):
                self._attempts.labels(outcome).inc()
            case e.OperatorLeft(talked_s=talked_s):
                self._talked.observe(talked_s)
            case _:
                pass

    def _spoken(self, spoke: e.AgentSpoke) -> None:
        if spoke.latency_ms is not None:
            self._latency.observe(spoke.latency_ms / 1_000)
            self._dead_air.inc(max(0, spoke.latency_ms - DEAD_AIR_MS) / 1_000)
        if spoke.audible_ms is not None:
            self._audible.observe(spoke.audible_ms / 1_000)
        if spoke.heard_ms < spoke.spoken_ms:
            self._unheard.observe((spoke.spoken_ms - spoke.heard_ms) / 1_000)

    def _place(self, fact: e.Fact) -> None:
        late = isinstance(fact.event, e.ToolReturned | LateVoicemail)
        if late and fact.call_id not in self.phases:
            return  # of a call that is over: it does not begin anew
        phase = after(self.phases.pop(fact.call_id, Phase.RINGING), fact.event)
        if phase is not Phase.ENDED:
            self.phases[fact.call_id] = phase
        if len(self.phases) > MOST_CALLS:
            del self.phases[next(iter(self.phases))]

    def _count(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"callcenter_{name}", text, labels, registry=self.registry)

    def _time(
        self, name: str, text: str, buckets: tuple[float, ...] = SECONDS
    ) -> Histogram:
        return Histogram(
            f"callcenter_{name}", text, buckets=buckets, registry=self.registry
        )
