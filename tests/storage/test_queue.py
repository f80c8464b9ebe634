"""The line in the database: its order, and one operator for one caller."""

import asyncio
from datetime import timedelta
from functools import partial

from callcenter.domain import events as e, presence
from callcenter.domain.ids import AttemptId, CallId, CallSid, EscalationId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.domain.presence import Presence, PresenceRules
from callcenter.domain.queueing import LineOutcome, QueueEntered, QueueLeft
from callcenter.storage import record
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.queue import UNSEEN, QueueBook
from tests.domain.test_queueing import NOW

ADA = Operator("Ada", "+15005550101")
ONE, TWO = CallId("call_1"), CallId("call_2")
ESCALATION = EscalationId("esc_1")


async def happens(
    database: Database, call_id: CallId, *events: e.Event, at_s: int = 0, first: int = 1
) -> None:
    at = NOW + timedelta(seconds=at_s)
    facts = [e.Fact(call_id, n, at, one) for n, one in enumerate(events, first)]
    async with database.write() as connection:
        await record.write(connection, facts)


async def joins(database: Database, call_id: CallId, at_s: int) -> None:
    since = NOW + timedelta(seconds=at_s)
    await happens(
        database,
        call_id,
        e.CallAnswered(CallSid(f"CA{call_id}"), "+4755512345", "+15005550006"),
        QueueEntered(ESCALATION, "general", since),
        at_s=at_s,
    )


async def take(database: Database, call_id: CallId, attempt: str) -> Operator | None:
    ring = partial(
        presence.ring, attempt_id=AttemptId(attempt), at=NOW, rules=PresenceRules()
    )
    return await QueueBook(database).take(call_id, NOW, ring, {"Ada"})


async def test_two_nodes_cannot_give_one_operator_to_two_callers(
    database: Database, url: str
) -> None:
    await Directory(database).seed([ADA])
    await joins(database, ONE, -10)
    await joins(database, TWO, -5)
    other = Database.open(url)
    try:
        async with asyncio.TaskGroup() as nodes:
            first = nodes.create_task(take(database, ONE, "a"))
            second = nodes.create_task(take(other, TWO, "b"))
            again = nodes.create_task(take(other, ONE, "c"))
    finally:
        await other.close()
    assert second.result() is None, "others came before"
    assert sorted([first.result(), again.result()], key=bool) == [None, ADA]
    (listed,) = await Directory(database).everybody()
    assert listed.attendance.presence is Presence.RINGING
    assert listed.attendance.attempt_id in {"a", "c"}


async def test_whoever_was_taken_in_vain_is_free_again(database: Database) -> None:
    await Directory(database).seed([ADA])
    await joins(database, ONE, -10)
    assert await take(database, ONE, "a") == ADA
    await QueueBook(database).release("Ada", "somebody else's", NOW)
    (listed,) = await Directory(database).everybody()
    assert not listed.is_free(NOW)
    await QueueBook(database).release("Ada", "a", NOW)
    (listed,) = await Directory(database).everybody()
    assert listed.is_free(NOW)


async def test_whom_no_node_has_seen_lately_keeps_nobody_waiting(
    database: Database,
) -> None:
    book = QueueBook(database)
    await joins(database, ONE, -10)
    await joins(database, TWO, -5)
    later = NOW + UNSEEN
    await book.seen([TWO], later - timedelta(seconds=1))
    assert [one.call_id for one in await book.line(later)] == [TWO]
    await book.seen([ONE], later)
    assert [one.call_id for one in await book.line(later)] == [ONE, TWO]


async def test_who_leaves_is_in_line_no_more_however_they_leave(
    database: Database,
) -> None:
    await joins(database, ONE, -10)
    await joins(database, TWO, -5)
    await happens(database, ONE, QueueLeft(LineOutcome.CALLBACK, 20), first=3)
    ended = e.CallEnded(Disposition.ABANDONED, "a fault of ours")
    await happens(database, TWO, ended, first=3)
    assert await QueueBook(database).line(NOW) == []
    async with database.read() as connection:
        rows = (await connection.exec_driver_sql(_OUTCOMES)).all()
    assert [tuple(row) for row in rows] == [("callback", 20), ("abandoned", None)]


_OUTCOMES = "SELECT outcome, waited_s FROM queue ORDER BY since"


async def test_the_line_can_be_built_again_from_the_record(database: Database) -> None:
    await joins(database, ONE, -10)
    called = e.OperatorCalled(ESCALATION, AttemptId("a"), "Ada", ADA.destination)
    ended = e.AttemptEnded(AttemptId("a"), AttemptOutcome.NO_ANSWER)
    back = QueueEntered(ESCALATION, "general", NOW - timedelta(seconds=10), ("Ada",))
    await happens(database, ONE, called, ended, back, first=3)
    before = await QueueBook(database).line(NOW)
    async with database.write() as connection:
        await record.rebuild(connection, ONE)
    assert await QueueBook(database).line(NOW) == before
    (waiter,) = before
    assert (waiter.tried, waiter.ringing_until) == (frozenset({"Ada"}), None)
    assert waiter.since == NOW - timedelta(seconds=10)


async def test_the_last_talks_tell_how_long_one_takes(database: Database) -> None:
    await joins(database, ONE, -10)
    called = e.OperatorCalled(ESCALATION, AttemptId("a"), "Ada", ADA.destination)
    accepted, left = (
        e.OperatorAnswered(AttemptId("a")),
        e.OperatorLeft(AttemptId("a"), 61),
    )
    await happens(database, ONE, called, accepted, left, first=3)
    assert await QueueBook(database).talks(NOW) == [61]


async def test_of_two_nodes_that_claim_an_operator_at_once_one_gets_them(
    database: Database, url: str
) -> None:
    """For callers who do not stand in line: there, `take` sees to it."""
    await Directory(database).seed([ADA])
    other = Database.open(url)

    def ring(attempt: str) -> partial[presence.Attendance]:
        return partial(presence.ring, attempt_id=attempt, at=NOW, rules=PresenceRules())

    try:
        async with asyncio.TaskGroup() as nodes:
            first = nodes.create_task(QueueBook(database).claim("Ada", NOW, ring("a")))
            second = nodes.create_task(QueueBook(other).claim("Ada", NOW, ring("b")))
    finally:
        await other.close()
    assert sorted([first.result(), second.result()]) == [False, True]
    (listed,) = await Directory(database).everybody()
    assert listed.attendance.attempt_id == ("a" if first.result() else "b")
    await QueueBook(database).release("Ada", listed.attendance.attempt_id, NOW)
    assert await QueueBook(database).claim("Ada", NOW, ring("c"))


async def test_whom_the_list_does_not_know_yet_is_left_to_memory(
    database: Database,
) -> None:
    ring = partial(presence.ring, attempt_id="a", at=NOW, rules=PresenceRules())
    assert await QueueBook(database).claim("Bea", NOW, ring)
