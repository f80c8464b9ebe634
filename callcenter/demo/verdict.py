"""Whether the demo's call really went the whole way, by what the database says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from callcenter.demo.people import SENTENCES
from callcenter.simulator.speech.clips import clip

TOOLS: Final = ("get_weather", "find_free_slots", "book_appointment")


@dataclass(frozen=True, slots=True)
class Check:
    """Something that had to happen, and whether it did."""

    what: str
    ok: bool


def checks(
    call: Mapping[str, Any], said_by_model: Sequence[str], *, truncations: int
) -> list[Check]:
    """`call` is a call as `calls show --json` prints it.

    `truncations` is how often the model was told that something was not heard.
    """
    handoffs = [(one["from_agent"], one["to_agent"]) for one in call["handoffs"]]
    tools = {one["tool"] for one in call["tool_calls"] if one["outcome"] == "ok"}
    attempts = [attempt for one in call["escalations"] for attempt in one["attempts"]]
    agents = {turn["agent"] for turn in call["turns"] if turn["speaker"] == "agent"}
    return [
        Check("the triage agent answered", "triage" in agents),
        Check("triage handed off to a specialist", ("triage", "weather") in handoffs),
        Check("the specialist used its tool", "get_weather" in tools),
        Check(
            "handed on to another specialist",
            any(to == "scheduling" for _, to in handoffs) and "scheduling" in agents,
        ),
        Check(
            "the caller interrupted, and the model knows what was not heard",
            truncations == sum(_was_cut(turn) for turn in call["turns"]) > 0,
        ),
        Check("an appointment was booked", "book_appointment" in tools),
        Check(
            "an operator took the call",
            any(attempt["outcome"] == "accepted" for attempt in attempts),
        ),
        Check(
            "every word of the caller is in the database",
            was_understood(call, SENTENCES),
        ),
        Check(
            "every word of the agents is in the database",
            _agents(call, said_by_model),
        ),
        Check("the call ended as escalated", call["disposition"] == "escalated"),
    ]


def was_understood(call: Mapping[str, Any], said: Sequence[str]) -> bool:
    """Whether these clips, and nothing else, stand in the record as they were said."""
    turns = [one["heard"] for one in call["turns"] if one["speaker"] == "caller"]
    return turns == [clip(slug).text for slug in said]


def _agents(call: Mapping[str, Any], said_by_model: Sequence[str]) -> bool:
    agents = [one for one in call["turns"] if one["speaker"] == "agent"]
    begun = all(one["generated"].startswith(one["heard"]) for one in agents)
    return begun and [one["generated"] for one in agents] == list(said_by_model)


def _was_cut(turn: Mapping[str, Any]) -> bool:
    return bool(turn["speaker"] == "agent" and turn["heard"] != turn["generated"])


def timings(call: Mapping[str, Any], *, greeted_ms: int) -> dict[str, str]:
    """The times that a caller feels, in words."""
    latencies = [
        one["latency_ms"] for one in call["turns"] if one["latency_ms"] is not None
    ]
    return {
        "greeting, after dialling": f"{greeted_ms / 1000:.2f} s",
        "response, median": _seconds(latencies and median(latencies)),
        "response, longest": _seconds(latencies and max(latencies)),
        "handoff gap": _seconds(_handoff_gap(call)),
    }


def path(call: Mapping[str, Any]) -> str:
    """Who the caller has been with."""
    agents = ["triage", *(one["to_agent"] for one in call["handoffs"])]
    operators = [
        f"{attempt['operator']} (a person)"
        for one in call["escalations"]
        for attempt in one["attempts"]
        if attempt["outcome"] == "accepted"
    ]
    return " → ".join(["caller", *agents, *operators])


def _handoff_gap(call: Mapping[str, Any]) -> float:
    """From the end of the caller's words to the new agent's first: the longest."""
    events = call["events"]
    arrived = {
        event["data"]["to_agent"]
        for event in events
        if event["kind"] == "AgentHandedOff"
    }
    first: dict[str, float] = {}
    for turn in call["turns"]:
        if turn["agent"] in arrived and turn["latency_ms"] is not None:
            first.setdefault(turn["agent"], turn["latency_ms"])
    return max(first.values(), default=0.0)


def _seconds(ms: float | list[float]) -> str:
    return f"{ms / 1000:.2f} s" if isinstance(ms, int | float) and ms else "–"
