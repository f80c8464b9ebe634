"""Tickets: opened, looked up, written on and closed by their own callers alone."""

from dataclasses import replace

import pytest

from callcenter.domain.briefing import briefing
from callcenter.domain.ids import CallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tickets import Severity, Ticket, TicketNote, TicketStatus
from tests.tools.asking import ask, call, fail
from tests.tools.fakes import ADA, BOB, CALL, SUNDAY_NOON, House


def ticket(status: TicketStatus = TicketStatus.OPEN, phone: str = ADA) -> Ticket:
    return Ticket(
        "X2Y7C", "a slipping chain", "Since May.", phone, status, SUNDAY_NOON, None
    )


async def test_a_ticket_is_opened_for_the_number_that_calls() -> None:
    house = House()
    result = await call(
        house, "open_ticket", summary="Chain slips", details="Since the last repair."
    )
    assert result.done == "opened ticket X 2 Y 7 0: Chain slips"
    assert '"I have opened a ticket. Its code is X 2 Y 7 0."' in result.output
    opened = house.tickets.tickets["X2Y70"]
    assert (opened.phone, opened.call_id) == (ADA, CALL)


async def test_a_caller_hears_what_became_of_their_own_ticket() -> None:
    house = House()
    house.tickets.tickets["X2Y7C"] = ticket()
    answer = await ask(house, "look_up_ticket", code="x 2 y 7 c")
    assert answer["say"] == (
        "Your ticket about a slipping chain was opened today. We are still looking "
        "into it."
    )
    assert (answer["status"], answer["details"]) == ("open", "Since May.")
    house.tickets.tickets["X2Y7C"] = ticket(TicketStatus.CLOSED)
    answer = await ask(house, "look_up_ticket", code="X2Y7C")
    assert "It is closed" in answer["say"]


async def test_somebody_else_s_ticket_is_not_discussed_nor_admitted() -> None:
    house = House(caller_number=BOB)
    house.tickets.tickets["X2Y7C"] = ticket()
    theirs = await fail(house, "look_up_ticket", code="X2Y7C")
    house.tickets.tickets.clear()
    nobodys = await fail(house, "look_up_ticket", code="X2Y7C")
    assert theirs == nobodys
    assert "chain" not in str(theirs)


async def test_withheld_numbers_do_not_share_their_tickets() -> None:
    house = House(caller_number="anonymous")
    house.tickets.tickets["X2Y7C"] = ticket(phone="anonymous")
    await fail(house, "look_up_ticket", code="X2Y7C")
    await ask(house, "open_ticket", summary="A bell", details="It rings.")
    opened = house.tickets.tickets["X2Y71"]
    assert opened.call_id == CallId("call-1")
    assert (await ask(house, "look_up_ticket", code="X2Y71"))["summary"] == "A bell"


async def test_an_essay_is_not_a_ticket() -> None:
    house = House()
    result = await call(house, "open_ticket", summary="x", details="y" * 1001)
    assert result.outcome is ToolOutcome.REFUSED
    assert not house.tickets.tickets


async def test_an_operator_hears_which_ticket_was_opened() -> None:
    opened = await call(House(), "open_ticket", summary="Chain slips", details="Badly.")
    assert briefing(ADA, "wants a person", [opened.done]).endswith(
        "So far the assistant has opened ticket X 2 Y 7 0: Chain slips."
    )


async def test_an_urgent_ticket_asks_for_a_person_at_once() -> None:
    house = House()
    urgent = await ask(
        house, "open_ticket", summary="Fork broke", details="Fell.", severity="urgent"
    )
    calm = await ask(house, "open_ticket", summary="Bell", details="Rings.")
    assert "transfer_to_human now" in urgent["note"]
    assert "note" not in calm
    kept = [one.severity for one in house.tickets.tickets.values()]
    assert kept == [Severity.URGENT, Severity.NORMAL]


async def test_a_severity_that_there_is_not_is_refused() -> None:
    house = House()
    result = await call(
        house, "open_ticket", summary="x", details="y", severity="catastrophic"
    )
    assert result.outcome is ToolOutcome.REFUSED
    assert not house.tickets.tickets


async def test_without_a_code_callers_hear_of_their_own_open_tickets() -> None:
    house = House()
    house.tickets.tickets |= {
        "X2Y7C": ticket(),
        "KKKKK": replace(ticket(phone=BOB), code="KKKKK", summary="a secret"),
        "CCCCC": replace(ticket(TicketStatus.CLOSED), code="CCCCC", summary="old"),
    }
    answer = await ask(house, "look_up_ticket")
    assert answer["say"] == (
        "You have one open ticket: X 2 Y 7 C, about a slipping chain."
    )
    assert answer["tickets"] == [
        {"code": "X2Y7C", "summary": "a slipping chain", "status": "open"}
    ]


async def test_many_tickets_are_counted_and_only_some_are_said() -> None:
    house = House()
    house.tickets.tickets |= {
        f"X{n}": replace(ticket(), code=f"X{n}", summary=f"matter {n}")
        for n in range(5)
    }
    answer = await ask(house, "look_up_ticket")
    assert answer["say"] == (
        "You have 5 open tickets; the last ones are X 0, about matter 0, X 1, about "
        "matter 1 and X 2, about matter 2."
    )
    assert (len(answer["tickets"]), answer["how_many"]) == (3, 5)


@pytest.mark.parametrize("number", ["anonymous", "", "+266696687"])
async def test_a_withheld_number_has_no_tickets_but_this_call_s(number: str) -> None:
    house = House(caller_number=number)
    house.tickets.tickets["X2Y7C"] = ticket(phone=number)
    assert (await ask(house, "look_up_ticket"))["tickets"] == []
    await ask(house, "open_ticket", summary="A bell", details="It rings.")
    shown = (await ask(house, "look_up_ticket"))["tickets"]
    assert [one["summary"] for one in shown] == ["A bell"]


async def test_a_note_says_which_agent_wrote_it() -> None:
    house = House()
    house.call.agent = "triage"
    house.tickets.tickets["X2Y7C"] = ticket(TicketStatus.WAITING)
    result = await call(house, "add_ticket_note", code="x2-y7c", note="Got the bill.")
    assert result.done == "added to ticket X 2 Y 7 C: Got the bill."
    kept = house.tickets.tickets["X2Y7C"]
    assert kept.notes == (
        TicketNote(SUNDAY_NOON, "triage", "Got the bill.", TicketStatus.OPEN),
    )
    assert kept.status is TicketStatus.OPEN
    shown = await ask(house, "look_up_ticket", code="X2Y7C")
    assert shown["notes"] == [
        {
            "at": "2026-11-22T12:00+01:00",
            "author": "triage",
            "text": "Got the bill.",
        }
    ]


async def test_a_closed_ticket_opens_again_when_there_is_something_new() -> None:
    house = House()
    house.tickets.tickets["X2Y7C"] = ticket(TicketStatus.CLOSED)
    answer = await ask(house, "add_ticket_note", code="X2Y7C", note="It slips again.")
    assert "open again" in answer["say"]
    assert house.tickets.tickets["X2Y7C"].status is TicketStatus.OPEN


async def test_a_caller_closes_a_ticket_once() -> None:
    house = House()
    house.tickets.tickets["X2Y7C"] = ticket()
    closed = await call(house, "close_ticket", code="X2Y7C", reason="It arrived.")
    assert closed.done == "closed ticket X 2 Y 7 C: It arrived."
    again = await call(house, "close_ticket", code="X2Y7C", reason="It arrived.")
    assert (again.outcome, again.done) == (ToolOutcome.OK, "")
    assert len(house.tickets.tickets["X2Y7C"].notes) == 1


@pytest.mark.parametrize(
    ("tool", "argument"), [("add_ticket_note", "note"), ("close_ticket", "reason")]
)
async def test_nobody_writes_on_somebody_else_s_ticket(
    tool: str, argument: str
) -> None:
    house = House(caller_number=BOB)
    house.tickets.tickets["X2Y7C"] = ticket()
    theirs = await fail(house, tool, code="X2Y7C", **{argument: "mine now"})
    assert "cannot be discussed" in theirs["error"]
    assert house.tickets.tickets["X2Y7C"] == ticket()
