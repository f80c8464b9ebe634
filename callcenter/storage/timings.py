"""How quick a call was, from its facts: what a caller felt, summarised."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

Plain = Mapping[str, Any]


def timings_of(events: Sequence[Plain]) -> dict[str, Any]:
    """`events` are a call's, as History gives them; all times in ms."""
    data = [(event["kind"], event["data"]) for event in events]
    answers = [fields for kind, fields in data if kind == "AgentSpoke"]
    return {
        "connect_ms": [f["connect_ms"] for k, f in data if k == "SessionOpened"],
        "response_ms": _summary(one.get("latency_ms") for one in answers),
        "audible_ms": _summary(one.get("audible_ms") for one in answers),
        "handoff_gap_ms": _summary(_handoff_gaps(data)),
        "tools_ms": _summary(f["took_ms"] for k, f in data if k == "ToolReturned"),
    }


def _handoff_gaps(data: Sequence[tuple[str, Plain]]) -> list[int | None]:
    """From the caller's last word to the new agent's first, for each handoff."""
    gaps, awaited = [], ""
    for kind, fields in data:
        if kind == "AgentHandedOff":
            awaited = fields["to_agent"]
        elif kind == "AgentSpoke" and fields["agent"] == awaited:
            gaps.append(fields.get("latency_ms"))
            awaited = ""
    return gaps


def _summary(values: Any) -> dict[str, float] | None:  # noqa: ANN401  # any iterable
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"count": len(known), "median": median(known), "longest": max(known)}
