"""Many whole calls into the database at once: the same rows, far quicker.

`record.write` asks the database what it has; here nothing is there yet, so each call's
rows are made in memory. A test holds both ways to the same rows.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain import events as e, recording, voicemail as v
from callcenter.domain.events import Fact
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.search_words import indexed
from callcenter.storage import tables as t
from callcenter.storage.call_figures import moment_of, said
from callcenter.storage.call_row import CallRow
from callcenter.storage.engine import Database
from callcenter.storage.projections import (
    ACCEPTED,
    CALLBACK,
    FAILED,
    MESSAGE,
    VOICEMAIL,
)
from callcenter.storage.record_tables import call_figures, call_texts
from callcenter.wire.facts import dump, name_of

CALLS_AT_ONCE: Final = 500
"""In one transaction: memory stays small."""
PROJECTED: Final = (
    t.turns,
    t.tool_calls,
    t.handoffs,
    t.escalations,
    t.escalation_attempts,
    t.follow_ups,
)
"""Those that show what happened; nothing that somebody would still act upon."""

UNSEEN: Final = (e.CallerSpoke, e.AgentSpoke, e.ModelUsed, e.ToolCalled, e.ToolReturned)
"""Most facts are of these kinds, and none of them changes a call's own row."""

_indexed: Final = lru_cache(maxsize=10_000)(indexed)  # they repeat themselves

Rows = dict[Table, list[dict[str, Any]]]


async def fill(
    database: Database, calls: Iterable[list[Fact]], advance: Callable[[int], None]
) -> int:
    """Store calls that are over and new; returns how many."""
    stored = 0
    for batch in _batches(calls):
        rows = _rows(batch)
        async with database.write() as connection:
            await _place(connection, rows)
            for table, some in rows.items():
                if some:
                    await connection.execute(insert(table), some)
        stored += len(batch)
        advance(len(batch))
    return stored


async def real_calls(database: Database) -> int:
    """How many calls there are that were not made up."""
    figures = call_figures.c
    asked = select(func.count()).where(figures.made_up.is_(False))
    async with database.read() as connection:
        return await connection.scalar(asked) or 0


def _batches(calls: Iterable[list[Fact]]) -> Iterator[list[list[Fact]]]:
    batch = list[list[Fact]]()
    for call in calls:
        batch.append(call)
        if len(batch) == CALLS_AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch


async def _place(connection: AsyncConnection, rows: Rows) -> None:
    """Give each call a moment of its own, after those that are there."""
    its = call_figures.c.moment
    wished = [row["moment"] for row in rows[call_figures]]
    taken = set(
        await connection.scalars(
            select(its).where(its >= min(wished), its <= max(wished) + len(wished))
        )
    )
    for figures, text in zip(rows[call_figures], rows[call_texts], strict=True):
        while figures["moment"] in taken:
            figures["moment"] += 1
        taken.add(figures["moment"])
        text["moment"] = figures["moment"]


def _rows(calls: list[list[Fact]]) -> Rows:
    rows: Rows = {
        table: []
        for table in (t.calls, call_figures, call_texts, t.call_events, *PROJECTED)
    }
    for facts in calls:
        row = CallRow.before(facts[0])
        for fact in facts:
            if not isinstance(fact.event, UNSEEN):
                row = row.then(fact)
            rows[t.call_events].append(_event(fact))
        rows[t.calls].append(asdict(row))
        for table, some in _projected(facts).items():
            rows[table] += some
        rows[call_figures].append(_figures(row, facts))
        lines = (_indexed(line) for one in facts for line in said(one.event))
        text = "".join(f"{line}\n" for line in lines if line)
        rows[call_texts].append({"moment": 0, "text": text})
    return rows


def _event(fact: Fact) -> dict[str, Any]:
    return {
        "call_id": fact.call_id,
        "sequence": fact.sequence,
        "kind": name_of(fact.event),
        "at": fact.at,
        "data": dump(fact.event),
    }


def _figures(row: CallRow, facts: list[Fact]) -> dict[str, Any]:
    events = [fact.event for fact in facts]
    met = [one.agent for one in events if isinstance(one, e.SessionOpened)]
    met += [one.to_agent for one in events if isinstance(one, e.AgentHandedOff)]
    rung = {
        one.attempt_id: one.operator
        for one in events
        if isinstance(one, e.OperatorCalled)
    }
    talked = [rung[o.attempt_id] for o in events if isinstance(o, e.OperatorAnswered)]
    lasted = row.ended_at and round((row.ended_at - row.started_at).total_seconds())
    return {
        "moment": moment_of(row.started_at),
        "call_id": row.id,
        "caller_number": row.caller_number,
        "disposition": row.disposition,
        "seconds": lasted,
        "cost_usd": sum(one.cost_usd for one in events if isinstance(one, e.ModelUsed)),
        "agents": "".join(f" {name}" for name in dict.fromkeys(met)) + " ",
        "operator": talked[-1] if talked else None,
        "recorded": any(isinstance(o, recording.RecordingStarted) for o in events),
        "voicemail": any(isinstance(one, v.VoicemailLeft) for one in events),
        "escalated": any(isinstance(one, e.CallEscalated) for one in events),
        "tool_failed": any(
            isinstance(one, e.ToolReturned) and one.outcome is not ToolOutcome.OK
            for one in events
        ),
        "made_up": True,
    }


def _projected(facts: list[Fact]) -> Rows:  # noqa: C901  # a line or two a fact
    """As callcenter.storage.projections would have it in the end."""
    rows: dict[Table, dict[str, dict[str, Any]]] = {table: {} for table in PROJECTED}
    for fact in facts:
        place = {"call_id": fact.call_id, "sequence": fact.sequence}
        match fact.event:
            case e.CallerSpoke() | e.AgentSpoke():
                rows[t.turns][fact.event.item_id] = place | _turn(fact.event)
            case e.AgentHandedOff():
                told = place | {"at": fact.at, **asdict(fact.event)}
                rows[t.handoffs][str(fact.sequence)] = told
            case e.ToolCalled() | e.ToolReturned():
                _tool(rows[t.tool_calls], fact, place)
            case e.CallbackRequested(when, reason):
                row = _follow_up(fact, CALLBACK, reason) | {"wanted": when}
                rows[t.follow_ups][str(fact.sequence)] = row
            case e.MessageTaken(text):
                row = _follow_up(fact, MESSAGE, text)
                rows[t.follow_ups][str(fact.sequence)] = row
            case v.VoicemailLeft(sid, seconds):
                row = _follow_up(fact, VOICEMAIL, "")
                row |= {"recording_sid": sid, "seconds": seconds}
                rows[t.follow_ups][sid] = row
            case v.VoicemailTranscribed(sid, text):
                rows[t.follow_ups][sid]["text"] = text
            case _:
                _escalated(rows, fact, place)
    return {table: list(some.values()) for table, some in rows.items()}


def _turn(spoke: e.CallerSpoke | e.AgentSpoke) -> dict[str, Any]:
    common = {"item_id": spoke.item_id, "began_ms": spoke.began_ms}
    if isinstance(spoke, e.CallerSpoke):
        lasted_ms = spoke.ended_ms - spoke.began_ms
        return common | {
            "speaker": "caller",
            "agent": None,
            "heard": spoke.text,
            "generated": spoke.text,
            "spoken_ms": lasted_ms,
            "heard_ms": lasted_ms,
            "latency_ms": None,
            "audible_ms": None,
            "interrupted": False,
        }
    return common | {
        "speaker": "agent",
        "agent": spoke.agent,
        "heard": spoke.heard,
        "generated": spoke.generated,
        "spoken_ms": spoke.spoken_ms,
        "heard_ms": spoke.heard_ms,
        "latency_ms": spoke.latency_ms,
        "audible_ms": spoke.audible_ms,
        "interrupted": spoke.heard_ms < spoke.spoken_ms,
    }


def _tool(rows: dict[str, dict[str, Any]], fact: Fact, place: dict[str, Any]) -> None:
    match fact.event:
        case e.ToolCalled(tool_call_id, agent, tool, arguments):
            rows[tool_call_id] = place | {
                "tool_call_id": tool_call_id,
                "at": fact.at,
                "tool": tool,
                "agent": agent,
                "arguments": arguments,
            }
        case e.ToolReturned() as back:
            rows[back.tool_call_id] |= {
                "output": back.output,
                "outcome": back.outcome,
                "took_ms": back.took_ms,
                "done": back.done,
                "personal": back.personal,
            }
        case _:
            return


def _follow_up(fact: Fact, kind: str, text: str) -> dict[str, Any]:
    return {
        "call_id": fact.call_id,
        "sequence": fact.sequence,
        "at": fact.at,
        "kind": kind,
        "text": text,
        "wanted": None,
        "recording_sid": None,
        "seconds": None,
    }


def _escalated(
    rows: dict[Table, dict[str, dict[str, Any]]], fact: Fact, place: dict[str, Any]
) -> None:
    attempts, escalations = rows[t.escalation_attempts], rows[t.escalations]
    match fact.event:
        case e.CallEscalated():
            row = place | {"at": fact.at, "outcome": FAILED, **asdict(fact.event)}
            escalations[fact.event.escalation_id] = row
        case e.OperatorCalled(escalation_id, attempt_id, operator, destination):
            nothing = dict.fromkeys(
                (
                    "outcome",
                    "briefing",
                    "briefed_at",
                    "answered_at",
                    "ended_at",
                    "talked_s",
                )
            )
            attempts[attempt_id] = (
                place
                | nothing
                | {
                    "attempt_id": attempt_id,
                    "escalation_id": escalation_id,
                    "operator": operator,
                    "destination": destination,
                    "started_at": fact.at,
                }
            )
        case e.OperatorBriefed(attempt_id, briefing):
            attempts[attempt_id] |= {"briefing": briefing, "briefed_at": fact.at}
        case e.OperatorAnswered(attempt_id):
            attempts[attempt_id] |= {"answered_at": fact.at, "outcome": ACCEPTED}
            escalations[attempts[attempt_id]["escalation_id"]]["outcome"] = ACCEPTED
        case e.AttemptEnded(attempt_id, outcome):
            attempts[attempt_id] |= {"ended_at": fact.at, "outcome": outcome}
        case e.OperatorLeft(attempt_id, talked_s):
            attempts[attempt_id] |= {"ended_at": fact.at, "talked_s": talked_s}
        case _:
            return
