"""What facts change in the tables of callbacks and costs, as they are stored."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import insert, literal, select, update
from sqlalchemy.sql.dml import UpdateBase

from callcenter.domain import events as e
from callcenter.domain.callbacks import CallbackState, callback_id_of
from callcenter.storage.callback_tables import call_costs, callbacks

SLICE: Final = timedelta(minutes=5)
"""How finely costs are kept: the last hour is right to within so much."""

_ITS: Final = callbacks.c


def callback_statements(fact: e.Fact) -> Iterator[UpdateBase]:
    """What to execute, in order; nothing for facts of other matters."""
    match fact.event:
        case e.CallbackRequested():
            yield from _wished(fact, fact.event)
        case e.ModelUsed(cost_usd=cost_usd) if cost_usd:
            yield from _spent(fact, cost_usd)
        case _:
            return


def _wished(fact: e.Fact, wish: e.CallbackRequested) -> Iterator[UpdateBase]:
    """Once, whatever has become of it: a call that is built again changes nothing."""
    earlier_ones = (
        update(callbacks)
        .where(
            _ITS.call_id == fact.call_id,
            _ITS.sequence < fact.sequence,
            _ITS.state == CallbackState.WAITING,
            _ITS.tries == 0,
        )
        .values(state=CallbackState.REPLACED, settled_at=fact.at)
    )
    yield earlier_ones
    callback_id = callback_id_of(fact.call_id, fact.sequence)
    due_at = wish.due_at or fact.at
    row = {
        "id": callback_id,
        "call_id": fact.call_id,
        "sequence": fact.sequence,
        "asked_at": fact.at,
        "wanted": wish.when,
        "due_at": due_at,
        "promised_at": due_at,
        "reason": wish.reason,
        "topic": wish.topic,
        "queued_at": wish.queued_at,
        "state": CallbackState.WAITING,
        "tries": 0,
        "why": "",
    }
    columns = [literal(value, _ITS[name].type) for name, value in row.items()]
    known = select(_ITS.id).where(_ITS.id == callback_id).exists()
    yield insert(callbacks).from_select(list(row), select(*columns).where(~known))


def _spent(fact: e.Fact, cost_usd: float) -> Iterator[UpdateBase]:
    its, at = call_costs.c, slice_of(fact.at)
    mine = (its.call_id == fact.call_id) & (its.slice == at)
    row = {"call_id": fact.call_id, "slice": at, "cost_usd": 0.0}
    columns = [literal(value, its[name].type) for name, value in row.items()]
    known = select(its.call_id).where(mine).exists()
    yield insert(call_costs).from_select(list(row), select(*columns).where(~known))
    yield update(call_costs).where(mine).values(cost_usd=its.cost_usd + cost_usd)


def slice_of(at: datetime) -> datetime:
    """When the slice began that a moment belongs to."""
    past = timedelta(
        minutes=at.minute % (SLICE.seconds // 60),
        seconds=at.second,
        microseconds=at.microsecond,
    )
    return at - past
