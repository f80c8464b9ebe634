"""A call's times, summarised from its facts."""

from typing import Any

from callcenter.storage.timings import timings_of


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "data": data}


def test_a_handoff_takes_until_the_new_agent_speaks() -> None:
    timings = timings_of(
        [
            event("SessionOpened", connect_ms=30),
            event("AgentSpoke", agent="triage", latency_ms=None, audible_ms=None),
            event("AgentHandedOff", from_agent="triage", to_agent="weather"),
            event("ToolReturned", took_ms=80),
            event("AgentSpoke", agent="weather", latency_ms=900, audible_ms=950),
            event("AgentSpoke", agent="weather", latency_ms=500, audible_ms=530),
        ]
    )
    assert timings["connect_ms"] == [30]
    assert timings["response_ms"] == {"count": 2, "median": 700, "longest": 900}
    assert timings["audible_ms"] == {"count": 2, "median": 740, "longest": 950}
    assert timings["handoff_gap_ms"] == {"count": 1, "median": 900, "longest": 900}
    assert timings["tools_ms"] == {"count": 1, "median": 80, "longest": 80}


def test_a_call_in_which_nobody_spoke_has_no_times() -> None:
    assert timings_of([event("CallAnswered")]) == {
        "connect_ms": [],
        "response_ms": None,
        "audible_ms": None,
        "handoff_gap_ms": None,
        "tools_ms": None,
    }
