"""The ticket book, and the codes that callers keep."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain.ids import CallId
from callcenter.domain.tickets import TicketStatus
from callcenter.errors import StorageError
from callcenter.storage import codes, tickets
from callcenter.storage.engine import Database
from callcenter.storage.tickets import TicketBook

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


def test_a_code_is_short_and_hard_to_mishear() -> None:
    drawn = {codes.new_code() for _ in range(200)}
    assert len(drawn) > 190
    assert {len(code) for code in drawn} == {5}
    assert not set("".join(drawn)) & set("O0I1BDEPTGVZ3AJ8NFSUQ5")


def test_a_code_is_read_however_it_is_said() -> None:
    assert codes.as_written(" c-h k.2 4 ") == "CHK24"
