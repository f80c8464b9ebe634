"""A batch of facts into the database: the record first, then what people ask of it.

Facts of one call usually arrive in order, and each is applied to what is there. When
one arrives late, everything of that call is built again from the record: slower, and
right by construction.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import RowMapping, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from callcenter.domain.events import AgentSpoke, CallerSpoke, Event, Fact
from callcenter.domain.ids import AgentName, CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase
from callcenter.storage import call_figures as figures, tables as t
from callcenter.storage.call_row import CallRow
from callcenter.storage.outbox import tell_facts
from callcenter.storage.projections import PROJECTED, statements
from callcenter.wire.facts import dump, load, name_of


async def write(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """Store facts, of any calls, in one transaction. Repeating it is harmless."""
    ids = {fact.call_id for fact in facts}
    known = await _rows(connection, ids)
    for call_id, new in (await _new_facts(connection, facts, ids)).items():
        row = known.get(call_id)
        if row is None:
            row = CallRow.before(new[0])
            await connection.execute(insert(t.calls).values(**asdict(row)))
            await figures.begin(connection, row)
        await connection.execute(insert(t.call_events), [_record(f) for f in new])
        await tell_facts(connection, new)
        if new[0].sequence < row.last_sequence:
            await rebuild(connection, call_id)
        else:
            await _apply(connection, row, new)
    await _amend(connection, facts)


async def _amend(connection: AsyncConnection, facts: Sequence[Fact]) -> None:
    """A turn that comes again with more taken out replaces what was stored.

    Never the other way: the journal may bring back what has been replaced.
    """
    its = t.call_events.c
    for fact in facts:
        told = _hidden(fact.event)
        if not told:
            continue
        place = (its.call_id == fact.call_id, its.sequence == fact.sequence)
        stored = (
            await connection.execute(select(its.kind, its.data).where(*place))
        ).one_or_none()
        if stored is None or stored.kind != name_of(fact.event):
            continue
        if _hidden(load(stored.kind, stored.data)) < told:
            changed = update(t.call_events).where(*place)
            await connection.execute(changed.values(data=dump(fact.event)))
            await rebuild(connection, fact.call_id)


def _hidden(event: Event) -> int:
    """How many placeholders are in what was said."""
    said = event.generated if isinstance(event, AgentSpoke) else ""
    if isinstance(event, CallerSpoke):
        said = event.text or ""
    return said.count("[")


async def rebuild(connection: AsyncConnection, call_id: CallId) -> None:
    """Build what people ask of a call again, from the record."""
    for table in PROJECTED:
        await connection.execute(delete(table).where(table.c.call_id == call_id))
    recorded = await facts_of(connection, call_id)
    row = CallRow.before(recorded[0])
    await figures.begin_again(connection, row)
    await _apply(connection, row, recorded)


async def facts_of(connection: AsyncConnection, call_id: CallId) -> list[Fact]:
    """The record of a call, in order. Raises UnknownFact."""
    table = t.call_events
    rows = await connection.execute(
        select(table.c.sequence, table.c.at, table.c.kind, table.c.data)
        .where(table.c.call_id == call_id)
        .order_by(table.c.sequence)
    )
    return [
        Fact(call_id, sequence, at, load(kind, data))
        for sequence, at, kind, data in rows
    ]


async def _rows(
    connection: AsyncConnection, ids: set[CallId]
) -> Mapping[CallId, CallRow]:
    """The calls' rows, locked: on PostgreSQL another node may write to the same call.

    Always in the same order, so that two nodes cannot lock each other out.
    """
    rows = await connection.execute(
        select(t.calls)
        .where(t.calls.c.id.in_(ids))
        .order_by(t.calls.c.id)
        .with_for_update()
    )
    return {CallId(row["id"]): _call_row(row) for row in rows.mappings()}


def _call_row(row: RowMapping) -> CallRow:
    ended = row["disposition"]
    return CallRow(
        **{
            **row,
            "call_sid": CallSid(row["call_sid"]),
            "phase": Phase(row["phase"]),
            "disposition": None if ended is None else Disposition(ended),
            "agent": None if row["agent"] is None else AgentName(row["agent"]),
        }
    )


async def _new_facts(
    connection: AsyncConnection, facts: Sequence[Fact], ids: set[CallId]
) -> Mapping[CallId, list[Fact]]:
    """Those that are not recorded yet, by call, each call's in order."""
    table = t.call_events
    lowest = min(fact.sequence for fact in facts)
    rows = await connection.execute(
        select(table.c.call_id, table.c.sequence).where(
            table.c.call_id.in_(ids), table.c.sequence >= lowest
        )
    )
    seen = {(call_id, sequence) for call_id, sequence in rows}
    new: dict[CallId, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda fact: fact.sequence):
        if (fact.call_id, fact.sequence) not in seen:
            seen.add((fact.call_id, fact.sequence))
            new[fact.call_id].append(_as_recorded(fact))
    return new


def _as_recorded(fact: Fact) -> Fact:
    """The fact as it will be read again, so that both ways to project it agree."""
    return replace(fact, event=load(name_of(fact.event), dump(fact.event)))


def _record(fact: Fact) -> dict[str, Any]:
    return {
        "call_id": fact.call_id,
        "sequence": fact.sequence,
        "kind": name_of(fact.event),
        "at": fact.at,
        "data": dump(fact.event),
    }


async def _apply(
    connection: AsyncConnection, row: CallRow, facts: Sequence[Fact]
) -> None:
    for fact in facts:
        row = row.then(fact)
        for statement in (*statements(fact), *figures.statements(fact)):
            await connection.execute(statement)
    await connection.execute(
        update(t.calls).where(t.calls.c.id == row.id).values(**asdict(row))
    )
    await connection.execute(figures.settled(row))
