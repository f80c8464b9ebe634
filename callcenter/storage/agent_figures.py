"""The figures of agents, in a few questions about the calls of some days."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.agent_figures import BUCKET_MS, AgentFigures
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.storage import tables as t
from callcenter.storage.call_figures import moment_of
from callcenter.storage.engine import Database
from callcenter.storage.record_tables import call_figures

_turn: Final = t.turns.c
_tool: Final = t.tool_calls.c
_hand: Final = t.handoffs.c
_its: Final = call_figures.c

Found = dict[str, dict[str, Any]]


async def agent_figures(database: Database, since: datetime) -> dict[str, AgentFigures]:
    """By agent, of the calls that began since then. Raises StorageError."""
    found: Found = defaultdict(dict)
    async with database.read() as connection:
        for asked in _questions(since):
            for row in (await connection.execute(asked)).mappings():
                found[row["agent"]] |= {k: row[k] for k in row if k != "agent"}
        await _latencies(connection, since, found)
    return {name: _figures(its) for name, its in found.items() if name}


def _figures(its: dict[str, Any]) -> AgentFigures:
    """PostgreSQL's sums are Decimals."""
    seconds, steps = float(its.pop("seconds", 0)), its.pop("latencies", {})
    counts = {key: int(value) for key, value in its.items() if value}
    return AgentFigures(**counts, seconds=seconds, latencies=steps)


def _questions(since: datetime) -> Iterator[Select[Any]]:
    yield _talks(since)
    yield (
        select(
            _tool.agent,
            func.count().label("tools"),
            _many(_tool.outcome != ToolOutcome.OK).label("tools_failed"),
        )
        .where(_tool.call_id.in_(_calls(since)))
        .group_by(_tool.agent)
    )
    for column, label in (
        (_hand.to_agent, "handed_in"),
        (_hand.from_agent, "handed_out"),
    ):
        yield (
            select(column.label("agent"), func.count().label(label))
            .where(_hand.call_id.in_(_calls(since)))
            .group_by(column)
        )
    yield _ends(since)


def _talks(since: datetime) -> Select[Any]:
    last_ms = _turn.began_ms + func.coalesce(_turn.heard_ms, _turn.spoken_ms, 0)
    each = (
        select(
            _turn.agent,
            (func.max(last_ms) - func.min(_turn.began_ms)).label("ms"),
            func.count().label("answers"),
            _many(_turn.interrupted).label("interrupted"),
        )
        .where(_turn.agent.is_not(None), _turn.call_id.in_(_calls(since)))
        .group_by(_turn.call_id, _turn.agent)
        .subquery()
    )
    return select(
        each.c.agent,
        func.count().label("calls"),
        (func.sum(each.c.ms) / 1000.0).label("seconds"),
        func.sum(each.c.answers).label("answers"),
        func.sum(each.c.interrupted).label("interrupted"),
    ).group_by(each.c.agent)


def _ends(since: datetime) -> Select[Any]:
    agent = t.calls.c.agent
    alone = (_its.disposition == str(Disposition.RESOLVED)) & ~_its.escalated
    return (
        select(agent, func.count().label("ended"), _many(alone).label("contained"))
        .join(call_figures, _its.call_id == t.calls.c.id)
        .where(
            _its.moment >= moment_of(since),
            _its.disposition.is_not(None),
            _its.disposition != str(Disposition.SPAM),
        )
        .group_by(agent)
    )


async def _latencies(
    connection: AsyncConnection, since: datetime, found: Found
) -> None:
    step = (_turn.latency_ms // BUCKET_MS).label("step")
    asked = (
        select(_turn.agent, step, func.count().label("answers"))
        .where(
            _turn.agent.is_not(None),
            _turn.latency_ms.is_not(None),
            _turn.call_id.in_(_calls(since)),
        )
        .group_by(_turn.agent, step)
    )
    for agent, at, answers in await connection.execute(asked):
        steps: dict[int, int] = found[agent].setdefault("latencies", {})
        steps[int(at)] = steps.get(int(at), 0) + answers


def _calls(since: datetime) -> Select[Any]:
    return select(_its.call_id).where(_its.moment >= moment_of(since))


def _many(which: Any) -> Any:  # noqa: ANN401  # SQL expressions
    return func.sum(case((which, 1), else_=0))
