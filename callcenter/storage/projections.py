"""What one fact changes in the tables that people ask.

The call's own row is another matter: it is folded in `callcenter.storage.call_row`.
"""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import ColumnElement, Table, and_, delete, insert, select, update
from sqlalchemy.sql.dml import UpdateBase

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.supervision import SupervisorSpoke
from callcenter.domain.transcript import Speaker
from callcenter.storage import tables as t
from callcenter.storage.callback_facts import callback_statements
from callcenter.storage.callback_tables import call_costs
from callcenter.storage.queue_facts import queue_statements
from callcenter.storage.queue_tables import queue

PROJECTED: Final = (
    t.turns,
    t.tool_calls,
    t.handoffs,
    t.escalations,
    t.escalation_attempts,
    t.follow_ups,
    call_costs,
    queue,
)
"""What can be built again from the record."""

ACCEPTED: Final = "accepted"
FAILED: Final = "failed"
NOBODY_AT_WORK: Final = "nobody_at_work"
CALLER_LEFT: Final = "caller_left"
"""How an escalation ends; while it runs it has no outcome."""

MESSAGE: Final = "message"
CALLBACK: Final = "callback"
VOICEMAIL: Final = "voicemail"


def statements(fact: e.Fact) -> Iterator[UpdateBase]:
    """What to execute, in order; nothing for a fact that only the record needs."""
    yield from callback_statements(fact)
    yield from queue_statements(fact)
    match fact.event:
        case e.CallerSpoke() | e.AgentSpoke():
            yield from _spoken(fact, fact.event)
        case e.ToolCalled() | e.ToolReturned():
            yield from _worked(fact, fact.event)
        case SupervisorSpoke(person, item_id, text, began_ms, ended_ms):
            yield from _put(
                t.turns,
                fact,
                item_id=item_id,
                began_ms=began_ms,
                speaker=Speaker.COLLEAGUE,
                agent=person,
                heard=text,
                generated=text,
                spoken_ms=ended_ms - began_ms,
                heard_ms=ended_ms - began_ms,
            )
        case e.AgentHandedOff(from_agent, to_agent, reason, known):
            yield from _put(
                t.handoffs,
                fact,
                at=fact.at,
                from_agent=from_agent,
                to_agent=to_agent,
                reason=reason,
                known=known,
            )
        case e.MessageTaken(text):
            yield from _put(t.follow_ups, fact, at=fact.at, kind=MESSAGE, text=text)
        case e.CallbackRequested(when, reason):
            yield from _put(
                t.follow_ups,
                fact,
                at=fact.at,
                kind=CALLBACK,
                text=reason,
                wanted=when,
            )
        case v.VoicemailLeft() | v.VoicemailTranscribed():
            yield from _recorded(fact, fact.event)
        case _:
            yield from _escalated(fact)


def _recorded(fact: e.Fact, told: v.LateVoicemail) -> Iterator[UpdateBase]:
    """Once a message, although two nodes may have been told of it."""
    its_own = and_(
        t.follow_ups.c.call_id == fact.call_id,
        t.follow_ups.c.recording_sid == told.recording_sid,
    )
    match told:
        case v.VoicemailLeft(recording_sid, seconds):
            yield delete(t.follow_ups).where(its_own)
            yield from _put(
                t.follow_ups,
                fact,
                at=fact.at,
                kind=VOICEMAIL,
                text="",
                recording_sid=recording_sid,
                seconds=seconds,
            )
        case v.VoicemailTranscribed(text=text):
            yield update(t.follow_ups).where(its_own).values(text=text)


def _spoken(fact: e.Fact, spoken: e.CallerSpoke | e.AgentSpoke) -> Iterator[UpdateBase]:
    common = {"item_id": spoken.item_id, "began_ms": spoken.began_ms}
    match spoken:
        case e.CallerSpoke(text=text, began_ms=began_ms, ended_ms=ended_ms):
            yield from _put(
                t.turns,
                fact,
                **common,
                speaker=Speaker.CALLER,
                heard=text,
                generated=text,
                spoken_ms=ended_ms - began_ms,
                heard_ms=ended_ms - began_ms,
            )
        case e.AgentSpoke():
            yield from _put(
                t.turns,
                fact,
                **common,
                speaker=Speaker.AGENT,
                agent=spoken.agent,
                heard=spoken.heard,
                generated=spoken.generated,
                heard_ms=spoken.heard_ms,
                spoken_ms=spoken.spoken_ms,
                latency_ms=spoken.latency_ms,
                audible_ms=spoken.audible_ms,
                interrupted=spoken.heard_ms < spoken.spoken_ms,
            )


def _worked(fact: e.Fact, work: e.ToolCalled | e.ToolReturned) -> Iterator[UpdateBase]:
    match work:
        case e.ToolCalled(tool_call_id, agent, tool, arguments):
            yield from _put(
                t.tool_calls,
                fact,
                tool_call_id=tool_call_id,
                at=fact.at,
                tool=tool,
                agent=agent,
                arguments=arguments,
            )
        case e.ToolReturned(tool_call_id=tool_call_id):
            yield (
                update(t.tool_calls)
                .where(
                    t.tool_calls.c.call_id == fact.call_id,
                    t.tool_calls.c.tool_call_id == tool_call_id,
                )
                .values(
                    output=work.output,
                    outcome=work.outcome,
                    took_ms=work.took_ms,
                    done=work.done,
                    personal=work.personal,
                )
            )


def _escalated(fact: e.Fact) -> Iterator[UpdateBase]:
    match fact.event:
        case e.CallEscalated(escalation_id, agent, reason, topic):
            yield from _put(
                t.escalations,
                fact,
                escalation_id=escalation_id,
                at=fact.at,
                agent=agent,
                reason=reason,
                topic=topic,
            )
        case e.EscalationFailed(escalation_id):
            yield _ended(fact, t.escalations.c.escalation_id == escalation_id, FAILED)
        case e.NobodyAtWork(escalation_id):
            its_own = t.escalations.c.escalation_id == escalation_id
            yield _ended(fact, its_own, NOBODY_AT_WORK)
        case e.CallEnded():
            yield _ended(fact, t.escalations.c.outcome.is_(None), CALLER_LEFT)
        case _:
            yield from _attempted(fact)


def _attempted(fact: e.Fact) -> Iterator[UpdateBase]:
    match fact.event:
        case e.OperatorCalled(escalation_id, attempt_id, operator, destination):
            yield from _put(
                t.escalation_attempts,
                fact,
                attempt_id=attempt_id,
                escalation_id=escalation_id,
                operator=operator,
                destination=destination,
                started_at=fact.at,
            )
        case e.OperatorBriefed(attempt_id, briefing):
            yield _attempt(fact, attempt_id, briefing=briefing, briefed_at=fact.at)
        case e.OperatorAnswered(attempt_id):
            outcome = AttemptOutcome.ACCEPTED
            yield _attempt(fact, attempt_id, answered_at=fact.at, outcome=outcome)
            yield _accepted(fact, attempt_id)
        case e.AttemptEnded(attempt_id, outcome):
            yield _attempt(fact, attempt_id, ended_at=fact.at, outcome=outcome)
        case e.OperatorLeft(attempt_id, talked_s):
            yield _attempt(fact, attempt_id, ended_at=fact.at, talked_s=talked_s)
        case _:
            return


def _put(table: Table, fact: e.Fact, **row: object) -> Iterator[UpdateBase]:
    """Insert a row, or overwrite it: the model may use an item's id again."""
    row |= {"call_id": fact.call_id, "sequence": fact.sequence}
    key = [column == row[column.name] for column in table.primary_key]
    yield delete(table).where(and_(*key))
    yield insert(table).values(**row)


def _ended(fact: e.Fact, which: ColumnElement[bool], outcome: str) -> UpdateBase:
    of_this_call = t.escalations.c.call_id == fact.call_id
    return update(t.escalations).where(of_this_call, which).values(outcome=outcome)


def _attempt(fact: e.Fact, attempt_id: str, **values: object) -> UpdateBase:
    return (
        update(t.escalation_attempts)
        .where(
            t.escalation_attempts.c.call_id == fact.call_id,
            t.escalation_attempts.c.attempt_id == attempt_id,
        )
        .values(**values)
    )


def _accepted(fact: e.Fact, attempt_id: str) -> UpdateBase:
    its_escalation = select(t.escalation_attempts.c.escalation_id).where(
        t.escalation_attempts.c.call_id == fact.call_id,
        t.escalation_attempts.c.attempt_id == attempt_id,
    )
    its_own = t.escalations.c.escalation_id == its_escalation.scalar_subquery()
    return _ended(fact, its_own, ACCEPTED)
