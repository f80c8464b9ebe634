"""Tickets: how much they matter, and page after page."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from callcenter.domain.ids import CallId
from callcenter.domain.people import Role
from callcenter.domain.tickets import Severity, TicketStatus
from callcenter.storage.tickets import TicketBook
from tests.web.console.door import Door, Visitor, open_door

CALL = CallId("call_0001")
HERE = "/console/tickets"


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def test_what_a_ticket_matters_is_changed_and_noted(at_the_door: Door) -> None:
    book = TicketBook(at_the_door.database)
    code = (await book.open("Chain", "", "+4755512345", CALL)).code
    ada = await at_the_door.signed_in(Role.OPERATOR, "ada")

    await ada.post(f"{HERE}/{code}/severity", {"severity": "urgent"})
    same = await ada.post(f"{HERE}/{code}/severity", {"severity": "urgent"})
    bad = await ada.post(f"{HERE}/{code}/severity", {"severity": "dreadful"})

    for answer in (same, bad):
        assert "Nothing was changed" in await read(ada, str(answer.location))
    ticket = await book.find(code)
    assert ticket
    assert ticket.severity is Severity.URGENT
    assert [(note.author, note.text) for note in ticket.notes] == [
        ("ada", "Severity: urgent instead of normal.")
    ]
    assert "/console/people?number=%2B4755512345" in await read(ada, f"{HERE}/{code}")


async def test_a_ticket_that_was_closed_by_mistake_is_open_again(
    at_the_door: Door,
) -> None:
    book = TicketBook(at_the_door.database)
    code = (await book.open("Chain", "", "", CALL)).code
    ada = await at_the_door.signed_in(Role.OPERATOR)

    closed = await ada.post(f"{HERE}/{code}/notes", {"status": "closed"})
    assert "Undo" in await read(ada, str(closed.location))
    await ada.post(f"{HERE}/{code}/notes", {"text": "Not yet.", "status": "open"})

    ticket = await book.find(code)
    assert ticket
    assert ticket.status is TicketStatus.OPEN


async def test_tickets_of_one_moment_are_on_one_page_each(at_the_door: Door) -> None:
    moment = datetime.now(UTC)
    book = TicketBook(at_the_door.database, now=lambda: moment)
    for number in range(5):
        await book.open(f"Chain {number}", "", "", CALL)

    first = await book.latest(3)
    rest = await book.latest(3, before=(first[-1].opened_at, first[-1].code))

    assert (len(first), len(rest)) == (3, 2)
    assert not {one.code for one in first} & {one.code for one in rest}
    ada = await at_the_door.signed_in(Role.OPERATOR)
    assert (await read(ada, f"{HERE}?before=nonsense")).count("ticket") > 5
