"""The ticket book, and the codes that callers keep."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.domain.ids import CallId
from callcenter.domain.tickets import Severity, TicketNote, TicketStatus
from callcenter.errors import StorageError
from callcenter.storage import codes, schema, tickets
from callcenter.storage.engine import Database
from callcenter.storage.tickets import NoSuchTicket, TicketBook

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


async def test_a_ticket_is_found_by_its_code(database: Database) -> None:
    book = TicketBook(database, now=lambda: NOON)
    ticket = await book.open("Gear slips", "Since Monday.", "+47", CallId("c"))
    assert (ticket.status, ticket.opened_at) == (TicketStatus.OPEN, NOON)
    assert await book.find(ticket.code.lower()) == ticket
    assert await book.find("") is None


async def test_the_newest_ticket_comes_first(database: Database) -> None:
    times = iter([NOON, NOON + timedelta(hours=1)])
    book = TicketBook(database, now=lambda: next(times))
    older = await book.open("one", "", "+47", CallId("c"))
    newer = await book.open("two", "", "+47", CallId("c"))
    assert await book.latest() == [newer, older]
    assert await book.latest(1) == [newer]


async def test_no_two_tickets_have_the_same_code(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["CCCCC", "CCCCC", "HHHHH"])
    monkeypatch.setattr(tickets, "new_code", lambda: next(drawn))
    book = TicketBook(database)
    assert (await book.open("one", "", "+47", CallId("c"))).code == "CCCCC"
    assert (await book.open("two", "", "+47", CallId("c"))).code == "HHHHH"


async def test_when_codes_run_out_it_is_said(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tickets, "new_code", lambda: "CCCCC")
    book = TicketBook(database)
    await book.open("one", "", "+47", CallId("c"))
    with pytest.raises(StorageError, match="No free code"):
        await book.open("two", "", "+47", CallId("c"))


async def test_a_ticket_opened_twice_in_a_call_is_one(database: Database) -> None:
    book = TicketBook(database)
    first = await book.open("Gear slips", "Since Monday.", "+47", CallId("c"))
    assert await book.open("Gear slips", "Since Monday.", "+47", CallId("c")) == first
    another = await book.open("Gear slips", "Since Monday.", "+47", CallId("d"))
    assert another.code != first.code


async def test_a_ticket_keeps_who_wrote_what_and_what_it_became(
    database: Database,
) -> None:
    times = iter(NOON + timedelta(hours=n) for n in range(4))
    book = TicketBook(database, now=lambda: next(times))
    opened = await book.open(
        "Gear slips", "", "+47", CallId("c"), severity=Severity.HIGH
    )
    assert (opened.severity, opened.notes, opened.changed_at) == (
        Severity.HIGH, (), NOON,
    )  # fmt: skip
    await book.note(opened.code, "support", "It is the rear one.")
    waits = await book.note(
        opened.code.lower(), "Ada", "Bring it in.", TicketStatus.WAITING
    )
    closed = await book.note(opened.code, "Ada", "Done.", TicketStatus.CLOSED)
    assert waits.status is TicketStatus.WAITING
    assert closed.status is TicketStatus.CLOSED
    assert await book.find(opened.code) == closed
    assert closed.notes == (
        TicketNote(NOON + timedelta(hours=1), "support", "It is the rear one."),
        TicketNote(
            NOON + timedelta(hours=2), "Ada", "Bring it in.", TicketStatus.WAITING
        ),
        TicketNote(NOON + timedelta(hours=3), "Ada", "Done.", TicketStatus.CLOSED),
    )
    assert closed.changed_at == NOON + timedelta(hours=3)


async def test_the_same_note_again_is_not_written_twice(database: Database) -> None:
    book = TicketBook(database)
    code = (await book.open("Gear slips", "", "+47", CallId("c"))).code
    await book.note(code, "support", "The rear one.")
    await book.note(code, "support", "The rear one.")
    closed = await book.note(code, "support", "The rear one.", TicketStatus.CLOSED)
    assert [note.status for note in closed.notes] == [None, TicketStatus.CLOSED]


async def test_nobody_writes_on_a_ticket_that_is_not_there(database: Database) -> None:
    with pytest.raises(NoSuchTicket, match="no ticket 'CHKLM'"):
        await TicketBook(database).note("CHKLM", "Ada", "Hello?")


async def test_a_caller_s_tickets_are_of_their_number_or_of_this_call(
    database: Database,
) -> None:
    times = iter(NOON + timedelta(hours=n) for n in range(9))
    book = TicketBook(database, now=lambda: next(times))
    before = await book.open("before", "", "+471", CallId("before"))
    done = await book.open("done", "", "+471", CallId("before"))
    await book.note(done.code, "Ada", "Done.", TicketStatus.CLOSED)
    await book.open("somebody else's", "", "+472", CallId("other"))
    hidden = await book.open("hidden", "", "", CallId("hidden"))
    assert await book.of_caller("+471", CallId("now")) == [before]
    assert await book.of_caller("", CallId("hidden")) == [hidden]
    assert await book.of_caller("", CallId("now")) == []


async def test_a_list_can_be_of_one_status_or_severity(database: Database) -> None:
    book = TicketBook(database)
    calm = await book.open("calm", "", "+47", CallId("c"), Severity.LOW)
    hot = await book.open("hot", "", "+47", CallId("c"), Severity.URGENT)
    await book.note(calm.code, "Ada", "Done.", TicketStatus.CLOSED)
    assert await book.latest(status=TicketStatus.OPEN) == [hot]
    assert await book.latest(severity=Severity.LOW, status=TicketStatus.OPEN) == []
    assert [one.code for one in await book.latest(severity=Severity.LOW)] == [calm.code]


def test_going_back_keeps_tickets_and_opens_what_waits(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/old.db"
    schema.upgrade(url)
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection, connection:
        connection.execute(
            "INSERT INTO tickets (code, summary, details, phone, status, opened_at, "
            "severity) VALUES ('CHKLM', 'x', '', '', 'waiting', '2026-03-02', 'high')"
        )
    schema.downgrade(url, "0001")
    schema.upgrade(url)
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        rows = connection.execute("SELECT status, severity FROM tickets").fetchall()
    assert rows == [("open", "normal")]


def test_a_code_is_short_and_hard_to_mishear() -> None:
    drawn = {codes.new_code() for _ in range(200)}
    assert len(drawn) > 190
    assert {len(code) for code in drawn} == {5}
    assert not set("".join(drawn)) & set("O0I1BDEPTGVZ3AJ8NFSUQ5")


def test_a_code_is_read_however_it_is_said() -> None:
    assert codes.as_written(" c-h k.2 4 ") == "CHK24"
