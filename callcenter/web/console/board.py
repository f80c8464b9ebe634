"""The wallboard in plain data: what each card and each line says, for whom."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from callcenter.domain.figures import Day
from callcenter.domain.people import Person, Role
from callcenter.domain.phases import Phase
from callcenter.domain.presence import OnList, Presence
from callcenter.domain.wall import CallNow, Health

Tone = str
"""good, warn, bad or nothing: the colour of a figure, never its only sign."""

STATES: Final[Mapping[Phase, str]] = {
    Phase.RINGING: "ringing",
    Phase.WAITING: "connecting",
    Phase.TALKING: "with agent",
    Phase.ESCALATING: "needs a person",
    Phase.CONSULTING: "ringing operator",
    Phase.JOINING: "joining operator",
    Phase.DIALLING: "ringing operator",
    Phase.BRIDGED: "with operator",
    Phase.QUEUED: "in line",
    Phase.VOICEMAIL: "leaving a message",
}

SHOWN_DIGITS: Final = 3
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True)
class Card:
    """A figure, and what it means."""

    key: str
    title: str
    definition: str


@dataclass(frozen=True, slots=True)
class Figure(Card):
    """A figure of the day."""

    value: Callable[[Day], float | None]
    said: Callable[[float], str]
    better: int = 0
    """1: more is better; -1: less is; 0: neither."""


def share(value: float) -> str:
    """81 %."""
    return f"{value:.0%}".replace("%", " %")


def length(seconds: float) -> str:
    """1:05, or 1:02:03."""
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    return f"{hours}:{m:02}:{s:02}" if hours else f"{m}:{s:02}"


def number(value: float) -> str:
    """1 234."""
    return f"{value:,.0f}".replace(",", "\u2009")


def money(value: float) -> str:
    """$1.20."""
    return f"${value:,.2f}".replace(",", "\u2009")


NOW_CARDS: Final = (
    Card("active", "Calls now", "Calls at all nodes that are not over."),
    Card(
        "waiting",
        "Waiting for a person",
        "Callers who need a person and do not have one yet, from the decision on: an "
        "operator is being rung, or they stand in line.",
    ),
    Card(
        "operators",
        "Operators free",
        "Operators who are at work and may be rung now, of all on the list.",
    ),
    Card(
        "spend",
        "Spent today",
        "What the model cost for the calls that began today, and the day's limit.",
    ),
)

MODEL_CARDS: Final = (
    Card(
        "latency",
        "Answer of the agent",
        "From the end of the caller's words to the first sound that they hear of the "
        "answer: the median of the last 15 minutes, and what 95 % stay under.",
    ),
    Card(
        "connect",
        "Model connects in",
        "From the request for a session with the model to its being ready: the median "
        "of the last 15 minutes.",
    ),
    Card(
        "lost",
        "Sessions lost",
        "Sessions with the model that failed or ended unasked in the last 15 minutes.",
    ),
    Card(
        "resumed",
        "Conversations resumed",
        "Conversations that a new session took up in the last 15 minutes.",
    ),
)


def day_cards(goal_s: int) -> tuple[Figure, ...]:
    """The figures of the day, with the same weekday last week beside each."""
    return (
        Figure("calls", "Calls", "Calls that began today.", lambda d: d.calls, number),
        Figure(
            "service_level",
            "Service level",
            f"Share of callers in need of a person who reached one within {goal_s} s; "
            "whoever still waits and is within that time does not count yet.",
            lambda d: d.service_level,
            share,
            1,
        ),
        Figure(
            "speed",
            "Speed of answer",
            "Mean wait of those who reached a person: from the decision that they need "
            "one until the operator pressed 1.",
            lambda d: d.speed_of_answer_s,
            length,
            -1,
        ),
        Figure(
            "abandonment",
            "Abandoned",
            "Share of ended calls whose callers hung up before anything was done for "
            "them. Spam does not count.",
            lambda d: d.abandonment,
            share,
            -1,
        ),
        Figure(
            "containment",
            "Contained",
            "Share of ended calls that agents resolved without an operator. Spam does "
            "not count.",
            lambda d: d.containment,
            share,
            1,
        ),
        Figure(
            "handle_time",
            "Handle time",
            "Mean length of ended calls, from our answer to the end, talks with "
            "operators included. Abandoned calls and spam do not count.",
            lambda d: d.handle_time_s,
            length,
        ),
    )


def of_day(figures: tuple[Figure, ...], day: Day, before: Day) -> dict[str, Any]:
    """The cards of the day, ready for JSON."""
    return {one.key: _figure(one, one.value(day), one.value(before)) for one in figures}


def _figure(one: Figure, now: float | None, then: float | None) -> dict[str, str]:
    said = one.said(now) if now is not None else NOTHING
    before = one.said(then) if then is not None else NOTHING
    tone = ""
    if one.better and now is not None and then is not None and said != before:
        tone = "good" if (now - then) * one.better > 0 else "bad"
    sub = f"{before} last week" if then is not None else "nothing last week"
    return {"value": said, "sub": sub, "tone": tone}


def of_model(health: Health, trouble: str) -> dict[str, Any]:
    """How the model does."""

    def ms(value: int | None) -> str:
        return NOTHING if value is None else f"{value / 1000:.1f} s"

    slow = health.slow_latency_ms
    return {
        "latency": {
            "value": ms(health.latency_ms),
            "sub": f"95 % under {ms(slow)}",
            "tone": "warn" if slow and slow > SLOW_MS else "",
        },
        "connect": {
            "value": ms(health.connect_ms),
            "sub": trouble or f"{health.sessions} sessions",
            "tone": "bad" if trouble else "",
        },
        "lost": {
            "value": number(health.lost),
            "sub": "in 15 minutes",
            "tone": "bad" if health.lost else "",
        },
        "resumed": {
            "value": number(health.resumed),
            "sub": "in 15 minutes",
            "tone": "",
        },
    }


SLOW_MS: Final = 2_000
"""An answer that takes longer is felt as a pause."""


def of_operators(listed: list[OnList], now: datetime) -> list[dict[str, str]]:
    """Everybody on the list, whoever is free first."""
    lines = [_operator(one, now) for one in listed]
    return sorted(lines, key=lambda one: (ORDER.index(one["state"]), one["name"]))


ORDER: Final = ("free", "ringing", "talking", "wrap-up", "away", "off duty")


def _operator(one: OnList, now: datetime) -> dict[str, str]:
    attendance = one.attendance
    state = {
        Presence.AVAILABLE: "free",
        Presence.RINGING: "ringing",
        Presence.BUSY: "talking",
        Presence.WRAP_UP: "wrap-up",
        Presence.AWAY: "away",
    }[attendance.presence]
    if one.is_free(now):
        state = "free"
    if state in {"free", "away"} and not one.operator.at_work(now):
        state = "off duty"
    since = attendance.since.isoformat() if attendance.since else ""
    return {
        "name": one.operator.name,
        "state": state,
        "since": since,
        "why": attendance.why,
        "skills": ", ".join(sorted(one.operator.skills)),
    }


def of_call(call: CallNow, person: Person) -> dict[str, Any]:
    """One line of the table of calls."""
    return {
        "id": call.call_id,
        "caller": caller_for(person, call.caller),
        "state": _state(call),
        "phase": str(call.phase),
        "waits": call.waits,
        "needed": _iso(call.needed_at),
        "why": call.why,
        "who": call.operator if call.phase is Phase.BRIDGED else call.agent,
        "operator": call.operator,
        "began": _iso(call.began_at),
        "speaker": call.speaker,
        "words": call.words,
        "words_at": _iso(call.words_at),
        "cost": money(call.cost_usd),
        "handoffs": call.handoffs,
    }


def _state(call: CallNow) -> str:
    said = STATES.get(call.phase, str(call.phase))
    return said.replace("operator", call.operator or "operator")


def caller_for(person: Person, caller: str) -> str:
    """A number; a viewer sees its beginning and its end."""
    if not caller:
        return "withheld"
    if person.role.may(Role.OPERATOR) or len(caller) <= 2 * SHOWN_DIGITS:
        return caller
    hidden = "•" * (len(caller) - 2 * SHOWN_DIGITS)
    return f"{caller[:SHOWN_DIGITS]}{hidden}{caller[-SHOWN_DIGITS:]}"


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
