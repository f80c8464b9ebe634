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


def _handoff_gaps(data: Sequence[tuple[str, Plain]]) -> list[int]:
    """How long nothing was heard before the new agent's first word, at each handoff."""
    heard = [
        (fields["began_ms"], _heard_until_ms(kind, fields))
        for kind, fields in data
        if kind in {"AgentSpoke", "CallerSpoke"}
    ]
    gaps, awaited = [], ""
    for kind, fields in data:
        if kind == "AgentHandedOff":
            awaited = fields["to_agent"]
        elif kind == "AgentSpoke" and fields["agent"] == awaited:
            began_ms, awaited = fields["began_ms"], ""
            before = [ends_ms for begins_ms, ends_ms in heard if begins_ms < began_ms]
            gaps.append(max(began_ms - max(before, default=began_ms), 0))
    return gaps


def _heard_until_ms(kind: str, fields: Plain) -> int:
    if kind == "CallerSpoke":
        return int(fields["ended_ms"])
    return int(fields["began_ms"] + fields["heard_ms"])


def _summary(values: Any) -> dict[str, float] | None:  # noqa: ANN401  # any iterable
    known = [value for value in values if value is not None]
    if not known:
        return None
    return {"count": len(known), "median": median(known), "longest": max(known)}
