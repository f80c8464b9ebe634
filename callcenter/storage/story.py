"""The whole story of a call, in the order in which it happened, from its facts alone.

Each moment of the timeline has `at` (ISO 8601), `ms` since the call was answered,
`sequence`, `fact` (the kind of fact that told it) and `kind`, by which a page chooses
how to show it: turn, handoff, tool, escalation, attempt, key, session, recording,
follow_up, guardrail, ending, or other. What a later fact tells of the same thing (a
tool's answer, how an attempt ended) is in the moment that began it. A fact that this
version has no words for is `other`, with its fields as they are.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, Final

from callcenter.domain.call_cost import LIST_PRICES, Rates, cost_of
from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.wire.facts import UnknownFact, load

Plain = Mapping[str, Any]
Moment = dict[str, Any]

KINDS: Final[Mapping[str, str]] = {
    "AgentHandedOff": "handoff",
    "HandoffRefused": "handoff",
    "CallEscalated": "escalation",
    "NobodyAtWork": "escalation",
    "EscalationFailed": "escalation",
    "OperatorCalled": "attempt",
    "KeyPressed": "key",
    "SessionOpened": "session",
    "SessionLost": "session",
    "CallResumed": "session",
    "RecordingStarted": "recording",
    "RecordingPaused": "recording",
    "RecordingResumed": "recording",
    "RecordingEnded": "recording",
    "MessageTaken": "follow_up",
    "CallbackRequested": "follow_up",
    "VoicemailLeft": "follow_up",
    "GuardrailTripped": "guardrail",
    "HangUpDecided": "ending",
    "CallEnded": "ending",
}

SAYS_NOTHING: Final = frozenset({"ModelUsed", "CallerBargedIn", "CallAnswered"})
"""Told elsewhere: in the cost, in the turn that was cut off, in the call itself."""


class Stories:
    """Tells calls. Reading only."""

    def __init__(self, database: Database, rates: Rates = LIST_PRICES) -> None:
        self._history = History(database)
        self._rates = rates

    async def tell(self, key: str) -> dict[str, Any] | None:
        """What `History.show_call` has, with `timeline`, `cost` and `latency`.

        The cost is that of the wrap-up, and until it is there what is known so far.

        None when there is no such call; raises AmbiguousCall.
        """
        call = await self._history.show_call(key)
        if call is None:
            return None
        events: Sequence[Plain] = call["events"]
        return {
            **call,
            "timeline": timeline(events),
            "cost": self._cost(call),
            "latency": [
                {"item_id": one["data"]["item_id"], "ms": one["data"]["latency_ms"]}
                for one in events
                if one["kind"] == "AgentSpoke"
                and one["data"].get("latency_ms") is not None
            ],
        }

    def _cost(self, call: Plain) -> dict[str, float]:
        if call["wrap_up"] and call["wrap_up"]["cost"]:
            return dict(call["wrap_up"]["cost"])
        facts = list(_facts(call["id"], call["events"]))
        return cost_of(facts, self._rates, summary_usd=0.0).split()


def _facts(call_id: str, events: Sequence[Plain]) -> Iterator[Fact]:
    """Those that this version knows."""
    for one in events:
        with suppress(UnknownFact):
            event, at = (
                load(one["kind"], one["data"]),
                datetime.fromisoformat(one["at"]),
            )
            yield Fact(CallId(call_id), one["sequence"], at, event)


def timeline(events: Sequence[Plain]) -> list[Moment]:
    """The moments of a call, in order; `events` as History has them."""
    zero = _zero(events)
    moments, begun = list[Moment](), dict[tuple[str, str], Moment]()
    for event in events:
        if event["kind"] in SAYS_NOTHING or _is_continued(event, begun):
            continue
        moment = _moment(event, zero)
        moments.append(moment)
        if key := _key(event):
            begun[key] = moment
    return sorted(moments, key=lambda one: (one["ms"], one["sequence"]))


def _zero(events: Sequence[Plain]) -> datetime:
    answered = [one["at"] for one in events if one["kind"] == "CallAnswered"]
    first = answered or [one["at"] for one in events[:1]]
    return datetime.fromisoformat(first[0]) if first else datetime.min  # noqa: DTZ901  # nothing is compared with it


def _moment(event: Plain, zero: datetime) -> Moment:
    kind, data = event["kind"], event["data"]
    since = round((datetime.fromisoformat(event["at"]) - zero).total_seconds() * 1000)
    place: Moment = {
        "at": event["at"],
        "ms": since,
        "sequence": event["sequence"],
        "fact": kind,
    }
    if kind in {"CallerSpoke", "AgentSpoke"}:
        return {**place, "ms": data["began_ms"], "kind": "turn", **_turn(kind, data)}
    if kind == "ToolCalled":
        return {**place, "kind": "tool", **data, "outcome": None, "output": None}
    if kind == "KeyPressed":
        # Which one is in no fact.
        return {**place, "ms": data["at_ms"], "kind": "key", "text": "key pressed"}
    told = KINDS.get(kind, "other")
    return {**place, "kind": told, **({"data": data} if told == "other" else data)}


def _turn(kind: str, data: Plain) -> Moment:
    if kind == "CallerSpoke":
        return {
            "speaker": "caller",
            "item_id": data["item_id"],
            "heard": data["text"],
            "cut_off": "",
            "spoken_ms": data["ended_ms"] - data["began_ms"],
        }
    heard, generated = data["heard"], data["generated"]
    cut_off = generated[len(heard) :] if generated.startswith(heard) else ""
    return {
        "speaker": "agent",
        "agent": data["agent"],
        "item_id": data["item_id"],
        "heard": heard,
        "cut_off": cut_off.strip(),
        "interrupted": data["heard_ms"] < data["spoken_ms"],
        "spoken_ms": data["spoken_ms"],
        "heard_ms": data["heard_ms"],
        "latency_ms": data.get("latency_ms"),
        "audible_ms": data.get("audible_ms"),
    }


def _key(event: Plain) -> tuple[str, str] | None:
    """By what later facts name this one."""
    names = {
        "ToolCalled": "tool_call_id",
        "OperatorCalled": "attempt_id",
        "CallEscalated": "escalation_id",
        "VoicemailLeft": "recording_sid",
    }
    name = names.get(event["kind"])
    return (name, event["data"][name]) if name else None


CONTINUED: Final[Mapping[str, tuple[str, Plain]]] = {
    "ToolReturned": ("tool_call_id", {}),
    "OperatorBriefed": ("attempt_id", {}),
    "OperatorAnswered": ("attempt_id", {"outcome": "accepted"}),
    "AttemptEnded": ("attempt_id", {}),
    "OperatorLeft": ("attempt_id", {}),
    "EscalationFailed": ("escalation_id", {"outcome": "failed"}),
    "NobodyAtWork": ("escalation_id", {"outcome": "nobody_at_work"}),
    "VoicemailTranscribed": ("recording_sid", {}),
}
"""Facts that go on with a moment: by which id, and what they say besides."""


def _is_continued(event: Plain, begun: Mapping[tuple[str, str], Moment]) -> bool:
    name, also = CONTINUED.get(event["kind"], ("", {}))
    moment = begun.get((name, event["data"].get(name, "")))
    if moment is None:
        return False
    said = {key: value for key, value in event["data"].items() if key != name}
    moment |= {**said, **also}
    return True
