"""A call's times, summarised from its facts."""

from typing import Any

from callcenter.storage.timings import timings_of


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "data": data}


def agent_spoke(
    agent: str, began_ms: int, heard_ms: int, latency_ms: int | None
) -> dict[str, Any]:
    audible_ms = None if latency_ms is None else latency_ms + 50
    return event(
        "AgentSpoke",
        agent=agent,
        began_ms=began_ms,
        heard_ms=heard_ms,
        latency_ms=latency_ms,
        audible_ms=audible_ms,
    )


def test_the_times_of_a_call_are_summarised() -> None:
    timings = timings_of(
        [
            event("SessionOpened", connect_ms=30),
            agent_spoke("triage", 0, 1_000, None),
            event("ToolReturned", took_ms=80),
            agent_spoke("triage", 4_000, 1_000, 900),
            agent_spoke("triage", 8_000, 1_000, 500),
        ]
    )
    assert timings["connect_ms"] == [30]
    assert timings["response_ms"] == {"count": 2, "median": 700, "longest": 900}
    assert timings["audible_ms"] == {"count": 2, "median": 750, "longest": 950}
    assert timings["handoff_gap_ms"] is None
    assert timings["tools_ms"] == {"count": 1, "median": 80, "longest": 80}


def test_a_handoff_takes_as_long_as_nothing_is_heard_before_the_new_agent() -> None:
    """Facts come in the order in which they became certain, not in that of time."""
    handed_off = event("AgentHandedOff", from_agent="triage", to_agent="weather")
    timings = timings_of(
        [
            event("CallerSpoke", began_ms=1_000, ended_ms=2_000),
            handed_off,
            agent_spoke("triage", 2_300, 700, 300),
            agent_spoke("weather", 3_400, 2_000, None),
            event("CallerSpoke", began_ms=6_000, ended_ms=7_000),
            handed_off,
            agent_spoke("weather", 7_600, 1_000, 600),
            agent_spoke("weather", 8_700, 1_000, None),
        ]
    )
    assert timings["handoff_gap_ms"] == {"count": 2, "median": 500, "longest": 600}


def test_a_new_agent_whose_words_were_waiting_left_no_gap() -> None:
    timings = timings_of(
        [
            event("AgentHandedOff", from_agent="triage", to_agent="weather"),
            agent_spoke("triage", 2_000, 1_000, 300),
            agent_spoke("weather", 2_500, 1_000, None),
        ]
    )
    assert timings["handoff_gap_ms"] == {"count": 1, "median": 0, "longest": 0}


def test_a_call_in_which_nobody_spoke_has_no_times() -> None:
    assert timings_of([event("CallAnswered")]) == {
        "connect_ms": [],
        "response_ms": None,
        "audible_ms": None,
        "handoff_gap_ms": None,
        "tools_ms": None,
    }
