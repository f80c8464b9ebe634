"""What people ask of a number and of callbacks: the same on either database."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.tickets import Severity
from callcenter.storage.audit import Audit
from callcenter.storage.callback_desk import CallbackDesk, Group
from callcenter.storage.dossiers import Dossiers
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Persons
from callcenter.storage.messages import Messages
from callcenter.storage.record import write
from callcenter.storage.tickets import TicketBook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
KARI, OLA = "+4755512345", "+4799900011"
HERS, HIS = CallId("call_0001"), CallId("call_0002")


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(request: pytest.FixtureRequest) -> AsyncIterator[Database]:
    fixture = "url" if request.param == "sqlite" else "postgres_url"
    one = Database.open(request.getfixturevalue(fixture))
    for number, (call_id, caller) in enumerate(((HERS, KARI), (HIS, OLA))):
        told: tuple[e.Event, ...] = (
            e.CallAnswered(CallSid(f"CA{number}"), caller, "+4721000000"),
            e.MessageTaken("Ring me."),
            e.CallEnded(Disposition.CALLBACK, "the caller hung up"),
        )
        began = NOON + timedelta(hours=number)
        async with one.write() as connection:
            await write(
                connection,
                [
                    e.Fact(call_id, place, began, what)
                    for place, what in enumerate(told)
                ],
            )
    yield one
    await one.close()


async def test_a_number_is_found_and_told(either: Database) -> None:
    dossiers = Dossiers(either)
    await TicketBook(either).open("Chain", "", KARI, HERS)

    assert [one.number for one in await dossiers.find("")] == [OLA, KARI]
    (found,) = await dossiers.find("2345")
    assert (found.number, found.calls, found.last_at) == (KARI, 1, NOON)
    assert await dossiers.find("kari") == []

    hers = await dossiers.of(KARI)
    assert [call["id"] for call in hers.calls] == [HERS]
    assert [one.text for one in hers.messages] == ["Ring me."]
    assert [one.summary for one in hers.tickets] == ["Chain"]
    assert (await dossiers.of("+4700000000")).empty
    assert (await dossiers.of(KARI, before=0)).calls == []


async def test_wishes_of_one_moment_are_on_one_page_each(either: Database) -> None:
    wishes = CallbackDesk(either)
    made = sorted([(await wishes.ask(one, "", NOON)).id for one in (HERS, HIS)])

    (first, second) = await wishes.page(Group.DUE, NOON)
    assert [first.id, second.id] == made
    assert await wishes.page(Group.DUE, NOON, (first.due_at, first.id)) == [second]
    assert await wishes.postpone(first.id, NOON + timedelta(hours=1))
    assert await wishes.done(second.id, "ada", NOON)
    assert await wishes.reopen(second.id, NOON)
    counts = await wishes.counts(NOON)
    assert (counts[Group.DUE], counts[Group.LATER], counts[Group.DONE]) == (1, 1, 0)


async def test_marks_ranks_and_pages_are_kept(either: Database) -> None:
    messages, tickets = Messages(either), TicketBook(either, now=lambda: NOON)
    await messages.settle(HERS, 1, "ada", NOON)
    (his,) = await messages.latest(done=False)
    assert his.caller_number == OLA

    for number in range(3):
        await tickets.open(f"Chain {number}", "", KARI, HERS)
    first = await tickets.latest(2)
    rest = await tickets.latest(2, before=(first[-1].opened_at, first[-1].code))
    assert len({one.code for one in (*first, *rest)}) == 3
    await tickets.rank(rest[0].code, "ada", Severity.HIGH)
    assert [one.code for one in await tickets.latest(severity=Severity.HIGH)] == [
        rest[0].code
    ]


async def test_the_audit_forgets_whom_it_was_about(either: Database, tmp_path) -> None:
    audit = Audit(either, lambda: NOON)
    await audit.note("ada", "person.read", KARI, f"asked for {KARI}")

    await Persons(either, tmp_path).erase(KARI, by="ada", now=NOON)

    (entry, *_) = await audit.latest(5, who="ada")
    assert KARI not in f"{entry.subject} {entry.detail}"
    assert [one.number for one in await Dossiers(either).find("")] == [OLA]
