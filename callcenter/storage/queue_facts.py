"""What one fact changes in the line of those who wait for an operator."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert, update
from sqlalchemy.sql.dml import UpdateBase

from callcenter.domain import events as e, queueing as q
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.storage.queue_tables import queue

LONGEST_RINGING: Final = timedelta(seconds=120)
"""An operator's telephone and the briefing; then whoever knew how it ended is dead."""

_its = queue.c


def queue_statements(fact: e.Fact) -> Iterator[UpdateBase]:
    """What to execute, in order; nothing for a fact that the line does not need."""
    mine = update(queue).where(_its.call_id == fact.call_id)
    match fact.event:
        case q.QueueEntered(topic=topic, since=since, tried=tried):
            yield delete(queue).where(_its.call_id == fact.call_id)
            yield insert(queue).values(
                call_id=fact.call_id,
                topic=topic,
                since=since,
                entered_at=fact.at,
                tried=list(tried),
                seen_at=fact.at,
            )
        case q.QueueLeft(outcome, waited_s):
            yield mine.where(_its.left_at.is_(None)).values(
                left_at=fact.at, outcome=outcome, waited_s=waited_s
            )
        case e.OperatorCalled():
            yield mine.values(ringing_until=fact.at + LONGEST_RINGING)
        case e.AttemptEnded(outcome=outcome) if outcome is AttemptOutcome.CALLER_LEFT:
            yield mine.values(ringing_until=None)
        case e.CallEnded():
            yield mine.where(_its.left_at.is_(None)).values(
                left_at=fact.at, outcome=q.LineOutcome.ABANDONED
            )
        case _:
            return
