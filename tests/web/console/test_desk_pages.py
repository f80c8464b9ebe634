"""Tickets, messages and the schedule at the console."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import events as e, voicemail as v
from callcenter.domain.ids import CallId, CallSid, RecordingSid
from callcenter.domain.people import Role
from callcenter.domain.schedule import Slot
from callcenter.domain.tickets import Severity
from callcenter.storage.schedule import AppointmentBook
from callcenter.storage.tickets import TicketBook
from tests.web.console.door import Door, Visitor, open_door

HOSTILE = '<script>alert("x")</script>'
CALL = CallId("call_0001")
SID = RecordingSid("RE" + "1" * 32)


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def operator(at: Door) -> Visitor:
    return await at.signed_in(Role.OPERATOR, "ada")


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def told(at: Door, *events: e.Event) -> None:
    """Have a call on record."""
    begun = e.CallAnswered(CallSid("CA" + "0" * 32), "+4755512345", "+4721000000")
    for sequence, event in enumerate((begun, *events), 1):
        at.node.ledger.append(e.Fact(CALL, sequence, datetime.now(UTC), event))
    assert await at.node.ledger.flush(5)


async def test_an_operator_notes_and_closes_a_ticket(at_the_door: Door) -> None:
    book = TicketBook(at_the_door.database)
    ticket = await book.open(HOSTILE, "It rattles.", "+4755512345", CALL, Severity.HIGH)
    ada = await operator(at_the_door)

    listed = await read(ada, "/console/tickets?status=open")
    assert ticket.code in listed
    assert HOSTILE not in listed

    page = f"/console/tickets/{ticket.code}"
    answer = await ada.post(f"{page}/notes", {"text": "New chain.", "status": "closed"})
    assert answer.status_code == 303
    after = await read(ada, str(answer.location))
    assert "New chain." in after
    assert "The ticket is closed" in after
    assert "No such tickets" in await read(ada, "/console/tickets?status=open")
    found = await book.find(ticket.code)
    assert found
    assert found.notes[-1].author == "ada"


async def test_a_note_without_words_changes_nothing(at_the_door: Door) -> None:
    book = TicketBook(at_the_door.database)
    ticket = await book.open("Chain", "", "", CALL)
    ada = await operator(at_the_door)

    answer = await ada.post(f"/console/tickets/{ticket.code}/notes", {"text": "  "})

    assert "Nothing was changed" in await read(ada, str(answer.location))
    assert (await ada.get("/console/tickets/NOPE1")).status_code == 404


async def test_a_message_is_done_and_not_done(at_the_door: Door) -> None:
    await told(at_the_door, e.MessageTaken(HOSTILE), v.VoicemailLeft(SID, 7))
    ada = await operator(at_the_door)

    listed = await read(ada, "/console/messages")
    assert listed.count('data-testid="message"') == 2
    assert HOSTILE not in listed
    await ada.post(f"/console/messages/{CALL}/2", {"done": "yes"})
    assert (await read(ada, "/console/messages")).count('data-testid="message"') == 1
    assert "Done by ada" in await read(ada, "/console/messages?show=done")
    await ada.post(f"/console/messages/{CALL}/2", {"done": "no"})
    assert (await read(ada, "/console/messages")).count('data-testid="message"') == 2


async def test_only_the_sound_of_a_message_is_fetched(at_the_door: Door) -> None:
    await told(at_the_door, v.VoicemailLeft(SID, 7))
    ada = await operator(at_the_door)

    assert (await ada.get(f"/console/messages/RE{'2' * 32}.wav")).status_code == 404
    answer = await ada.get(f"/console/messages/{SID}.wav")
    assert answer.status_code == 502  # nobody answers as Twilio here
    assert "no recording can be fetched" in await answer.get_data(as_text=True)


async def test_an_operator_finds_and_cancels_an_appointment(at_the_door: Door) -> None:
    schedule = AppointmentBook(at_the_door.database)
    now = datetime.now(UTC)
    days = [now.date() + timedelta(number) for number in range(1, 8)]
    free: list[Slot] = []
    service = (await schedule.services())[0].name
    for day in days:
        free = free or list(await schedule.free_slots(service, day, 1, now))
    kept = await schedule.book(free[0], HOSTILE, "+4755512345", CALL, most=5)
    ada = await operator(at_the_door)

    week = await read(ada, f"/console/schedule?day={kept.slot.starts_at.date()}")
    assert kept.code in week
    assert HOSTILE not in week
    page = f"/console/schedule/{kept.code}"
    unsure = await ada.post(f"{page}/cancel")
    assert "Nothing was changed" in await read(ada, str(unsure.location))
    sure = await ada.post(f"{page}/cancel", {"sure": "yes"})
    assert "cancelled" in await read(ada, str(sure.location))
    found = await schedule.find(kept.code)
    assert found
    assert found.cancelled


@pytest.mark.parametrize("day", ["nonsense", "0001-01-01", "9999-12-31", ""])
async def test_a_day_that_is_none_is_this_week(at_the_door: Door, day: str) -> None:
    ada = await operator(at_the_door)

    assert "This week" in await read(ada, f"/console/schedule?day={day}")
