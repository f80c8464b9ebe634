"""What one fact changes in a call's figures and in the words that were said.

A row of each is there from the call's first fact on, and each fact adds to it: nothing
is counted again. Whoever builds a call again begins with `begin_again`.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, literal, select, update
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql.dml import UpdateBase

from callcenter.domain import events as e, recording, voicemail as v
from callcenter.domain.ids import AgentName, CallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.search_words import indexed
from callcenter.storage import tables as t
from callcenter.storage.call_row import CallRow
from callcenter.storage.record_tables import call_figures, call_texts

SECOND: Final = 1_000_000
"""Microseconds."""

CROWD: Final = 10_000
"""So many calls can begin in the same microsecond, and each has a place of its own."""

_its: Final = call_figures.c


def moment_of(at: datetime) -> int:
    """Where calls that began then are: microseconds since 1970."""
    return round(at.timestamp() * SECOND)


async def begin(connection: AsyncConnection, row: CallRow) -> None:
    """Make the rows of a new call."""
    wished = moment_of(row.started_at)
    highest = select(func.max(_its.moment)).where(
        _its.moment >= wished, _its.moment < wished + CROWD
    )
    last = await connection.scalar(highest)
    moment = wished if last is None else last + 1
    await connection.execute(insert(call_figures).values(moment=moment, call_id=row.id))
    await connection.execute(insert(call_texts).values(moment=moment, text=""))


async def begin_again(connection: AsyncConnection, row: CallRow) -> None:
    """Nothing is known of the call any more, but when it began and what was purged."""
    if await connection.scalar(select(_its.moment).where(_its.call_id == row.id)):
        nothing = {
            column.name: column.default.arg  # type: ignore[attr-defined]  # a scalar
            for column in call_figures.columns
            if column.default is not None and column.name not in {"purged", "made_up"}
        }
        await connection.execute(_change(row.id, **nothing, operator=None))
        await connection.execute(_text_of(row.id).values(text=""))
    else:
        await begin(connection, row)


def statements(fact: e.Fact) -> Iterator[UpdateBase]:
    """What to execute, in order; nothing for most facts."""
    for line in said(fact.event):
        if words := indexed(line):
            text = call_texts.c.text + literal(f"{words}\n")
            yield _text_of(fact.call_id).values(text=text)
    match fact.event:
        case e.SessionOpened(agent=agent) | e.CallResumed(agent=agent):
            yield _met(fact.call_id, agent)
        case e.AgentHandedOff(to_agent=agent):
            yield _met(fact.call_id, agent)
        case _:
            if changed := _changed(fact):
                yield _change(fact.call_id, **changed)


def _changed(fact: e.Fact) -> dict[str, Any]:
    """The columns that are different after it."""
    match fact.event:
        case e.ModelUsed(cost_usd=cost):
            return {"cost_usd": _its.cost_usd + cost}
        case e.ToolReturned(outcome=outcome) if outcome is not ToolOutcome.OK:
            return {"tool_failed": True}
        case e.CallEscalated():
            return {"escalated": True}
        case e.OperatorAnswered(attempt_id):
            attempts = t.escalation_attempts.c
            name = select(attempts.operator).where(
                attempts.call_id == fact.call_id, attempts.attempt_id == attempt_id
            )
            return {"operator": name.scalar_subquery()}
        case v.VoicemailLeft():
            return {"voicemail": True}
        case recording.RecordingStarted():
            return {"recorded": True}
        case _:
            return {}


def settled(row: CallRow) -> UpdateBase:
    """What the call's own row says."""
    lasted = row.ended_at and round((row.ended_at - row.started_at).total_seconds())
    return _change(
        row.id,
        caller_number=row.caller_number,
        disposition=row.disposition,
        seconds=lasted,
    )


def said(event: e.Event) -> Iterator[str]:
    """What people look for: what was heard, and what was left for them."""
    match event:
        case e.CallerSpoke(text=text) | e.MessageTaken(text):
            yield text or ""
        case e.AgentSpoke(heard=heard):
            yield heard
        case e.CallbackRequested(_, text) | v.VoicemailTranscribed(_, text):
            yield text
        case _:
            return


def _change(call_id: CallId, **values: Any) -> UpdateBase:  # noqa: ANN401  # of columns
    return update(call_figures).where(_its.call_id == call_id).values(**values)


def _met(call_id: CallId, agent: AgentName) -> UpdateBase:
    """Once, however often they were met."""
    new = _its.agents.not_like(f"% {_escaped(agent)} %", escape="\\")
    added = update(call_figures).where(_its.call_id == call_id, new)
    return added.values(agents=_its.agents + literal(f"{agent} "))


def _text_of(call_id: CallId) -> Any:  # noqa: ANN401  # SQLAlchemy's Update, untyped
    its = select(_its.moment).where(_its.call_id == call_id)
    return update(call_texts).where(call_texts.c.moment == its.scalar_subquery())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
