"""What other calls of a number have left, and of no other number."""

from datetime import UTC, datetime, timedelta

from callcenter.domain import events as e
from callcenter.domain.ids import AgentName, CallId, CallSid, EscalationId
from callcenter.domain.outcomes import Disposition
from callcenter.domain.tickets import TicketStatus
from callcenter.domain.verification import Detail
from callcenter.domain.wrap_up import WrapUp, WrapUpKind
from callcenter.storage import house
from callcenter.storage.callers import Callers
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database
from callcenter.storage.record import write
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.tickets import TicketBook
from callcenter.storage.wrap_ups import WrapUps

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
KARI, OLA = "+4755512345", "+4755599999"


async def called(
    database: Database, name: str, number: str, *, hours_ago: int, ended: bool = True
) -> None:
    at = NOW - timedelta(hours=hours_ago)
    events: list[e.Event] = [
        e.CallAnswered(CallSid(f"CA{name}"), number, "+15005550006"),
        e.SessionOpened(AgentName("scheduling"), 10),
    ]
    if name == "escalated":
        events += [
            e.CallEscalated(EscalationId("x"), AgentName("triage"), "", "support")
        ]
    if ended:
        events += [e.CallEnded(Disposition.RESOLVED, "the caller hung up")]
    facts = [e.Fact(CallId(name), n, at, one) for n, one in enumerate(events, 1)]
    async with database.write() as connection:
        await write(connection, facts)


async def test_the_last_calls_that_are_over_the_newest_first(
    database: Database,
) -> None:
    await called(database, "old", KARI, hours_ago=48)
    await called(database, "escalated", KARI, hours_ago=24)
    await called(database, "now", KARI, hours_ago=0, ended=False)
    await called(database, "other", OLA, hours_ago=1)
    known = await Callers(database).of(KARI, NOW)
    assert [(one.topic, one.disposition) for one in known.calls] == [
        ("support", "resolved"),
        ("scheduling", "resolved"),
    ]
    assert known.calls[0].at == NOW - timedelta(hours=24)


async def test_tickets_that_are_not_closed(database: Database) -> None:
    book = TicketBook(database)
    mine = await book.open("Gear slips", "", KARI, CallId("a"))
    done = await book.open("Bell rings", "", KARI, CallId("a"))
    await book.open("Theirs", "", OLA, CallId("b"))
    await book.note(done.code, "support", "Settled.", TicketStatus.CLOSED)
    known = await Callers(database).of(KARI, NOW)
    assert [(one.code, one.summary, one.status) for one in known.tickets] == [
        (mine.code, "Gear slips", "open")
    ]


async def test_appointments_that_are_still_to_come(database: Database) -> None:
    await house.seed(database)
    book = AppointmentBook(database)
    slots = await book.free_slots(
        "bike fitting", (NOW + timedelta(days=1)).date(), 1, NOW
    )
    mine, gone, theirs = slots[0], slots[3], slots[6]
    kept = await book.book(mine, "Kari", KARI, CallId("a"), most=9)
    await book.cancel((await book.book(gone, "Kari", KARI, CallId("a"), most=9)).code)
    await book.book(theirs, "Ola", OLA, CallId("b"), most=9)
    known = await Callers(database).of(KARI, NOW)
    assert [(one.code, one.starts_at) for one in known.appointments] == [
        (kept.code, mine.starts_at)
    ]
    later = await Callers(database).of(KARI, NOW + timedelta(days=9))
    assert later.appointments == []


async def test_a_customer_who_could_prove_it_is_sealed(database: Database) -> None:
    assert not (await Callers(database).of(KARI, NOW)).sealed
    customers = Customers(database)
    await customers.add(OLA, {Detail.NAME: "Ola"}, pin="")
    assert not (await Callers(database).of(OLA, NOW)).sealed
    await customers.add(KARI, {}, pin="2749")
    assert (await Callers(database).of(KARI, NOW)).sealed


async def test_what_was_noted_of_a_call_once_it_is_wrapped_up(
    database: Database,
) -> None:
    await called(database, "plain", KARI, hours_ago=2)
    await called(database, "proved", KARI, hours_ago=3)
    books = WrapUps(database)
    for name, verified in (("plain", False), ("proved", True)):
        words = WrapUp(WrapUpKind.MODEL, f"About {name}.", "bicycles")
        await books.draft(CallId(name), words, verified=verified)
    assert {one.summary for one in (await Callers(database).of(KARI, NOW)).calls} == {
        ""
    }
    for name in ("plain", "proved"):
        await books.finish(CallId(name), {"total": 0.0}, NOW)
    told = [one.summary for one in (await Callers(database).of(KARI, NOW)).calls]
    assert told == ["About plain.", ""]
    await Customers(database).add(KARI, {}, "4711")
    told = [one.summary for one in (await Callers(database).of(KARI, NOW)).calls]
    assert told == ["About plain.", "About proved."]
