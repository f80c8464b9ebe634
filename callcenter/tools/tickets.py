"""Tickets: what the people of the house have to look into."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeAlias

from pydantic import Field

from callcenter.domain.tickets import (
    TICKET_OPENED,
    Severity,
    Ticket,
    TicketNote,
    TicketStatus,
)
from callcenter.tools.arguments import Code
from callcenter.tools.caller import is_own, number_is_known, require_proof
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.spoken import all_of, on_day, spelled
from callcenter.tools.support import cut

MOST_SPOKEN: Final = 3
"""Tickets in one answer: more cannot be kept in mind by ear."""

MOST_NOTES: Final = 5
"""Notes that the model is shown, the latest."""

NOTE_CHARACTERS: Final = 400
DETAILS_CHARACTERS: Final = 900
"""Five notes and the details fit into one answer with room to spare."""

UNSURE: Final = (
    "This took too long; it may or may not have been written down. Do not promise "
    "anything. Offer to take a message instead, or transfer_to_human."
)
CALL_A_PERSON: Final = "It is urgent: offer transfer_to_human now, do not wait."

STATES: Final = {
    TicketStatus.OPEN: "We are still looking into it.",
    TicketStatus.WAITING: "It is waiting for something from you.",
    TicketStatus.CLOSED: "It is closed: we are done with it.",
}

Summary = Annotated[
    str,
    Field(
        description="The matter in one line, such as 'New chain slips'.",
        min_length=1,
        max_length=120,
    ),
]
Details = Annotated[
    str,
    Field(
        description="What has happened, since when, and what the caller hopes for.",
        min_length=1,
        max_length=1000,
    ),
]
HowBad: TypeAlias = Annotated[
    Literal["normal", "low", "high", "urgent"],
    Field(
        description="high: cannot use what they paid for. urgent: somebody may be "
        "hurt, or it cannot wait until tomorrow."
    ),
]
MaybeCode = Annotated[
    str,
    Field(
        description="The ticket's code, such as K7M4X; empty for all open tickets of "
        "the caller.",
        max_length=40,
    ),
]
Note = Annotated[
    str,
    Field(
        description="What is new, in a sentence or two.", min_length=1, max_length=500
    ),
]
Why = Annotated[
    str,
    Field(
        description="Why it is settled, such as 'The parcel has arrived'.",
        min_length=1,
        max_length=300,
    ),
]


@tool(
    timeout_s=6.0,
    filler="One moment, I am writing that down.",
    late=UNSURE,
    repeatable=False,
    changes=True,
)
async def open_ticket(
    desk: Desk, summary: Summary, details: Details, severity: HowBad = "normal"
) -> Answer:
    """Open a ticket: something that the people of the house must look into.

    First repeat to the caller what you are going to write. Afterwards spell the code.
    """
    ticket = await desk.tickets.open(
        summary, details, desk.caller_number, desk.call_id, Severity(severity)
    )
    code = spelled(ticket.code)
    urgent = ticket.severity is Severity.URGENT
    facts = {"code": ticket.code, "summary": summary, "severity": str(ticket.severity)}
    return Answer(
        f"I have opened a ticket. Its code is {code}.",
        done=f"{TICKET_OPENED} {code}: {ticket.summary}",
        facts=facts | ({"note": CALL_A_PERSON} if urgent else {}),
    )


@tool(timeout_s=5.0, personal=True)
async def look_up_ticket(desk: Desk, code: MaybeCode = "") -> Answer:
    """What has become of the caller's ticket, or which open ones they have.

    Only of what was opened from the number that the call comes from, or in this call.
    """
    if not code:
        return await _open_ones(desk)
    ticket = await _own(desk, code)
    opened = _day_of(desk, ticket.opened_at)
    say = f"Your ticket about {ticket.summary} was opened {opened}. "
    return Answer(say + STATES[ticket.status], facts=_facts(desk, ticket))


@tool(timeout_s=6.0, late=UNSURE, repeatable=False, changes=True, personal=True)
async def add_ticket_note(desk: Desk, code: Code, note: Note) -> Answer:
    """Write something new on the caller's ticket. One that was closed opens again.

    First repeat to the caller what you are going to write.
    """
    before = await _own(desk, code)
    ticket = await desk.tickets.note(
        before.code, desk.call.agent, note, TicketStatus.OPEN
    )
    again = before.status is TicketStatus.CLOSED
    say = "I have written it down, and the ticket is open again."
    return Answer(
        say if again else "I have written that on your ticket.",
        done=f"added to ticket {spelled(ticket.code)}: {note}",
        facts={"code": ticket.code, "status": str(ticket.status)},
    )


@tool(timeout_s=6.0, late=UNSURE, repeatable=False, changes=True, personal=True)
async def close_ticket(desk: Desk, code: Code, reason: Why) -> Answer:
    """Close the caller's ticket, because they say that it is settled.

    Only after the caller has clearly agreed; never to be done with a matter.
    """
    ticket = await _own(desk, code)
    if ticket.call_id != desk.call_id:
        await require_proof(desk)
    if ticket.status is TicketStatus.CLOSED:
        return Answer("That ticket is closed already.", facts={"code": ticket.code})
    ticket = await desk.tickets.note(
        ticket.code, desk.call.agent, reason, TicketStatus.CLOSED
    )
    return Answer(
        f"I have closed your ticket about {ticket.summary}.",
        done=f"closed ticket {spelled(ticket.code)}: {reason}",
        facts={"code": ticket.code, "status": str(ticket.status)},
    )


async def _open_ones(desk: Desk) -> Answer:
    """Codes and summaries: what stands in a ticket is told for its code alone."""
    await require_proof(desk)
    number = desk.caller_number if number_is_known(desk) else ""
    found = list(await desk.tickets.of_caller(number, desk.call_id))
    shown = [
        {"code": one.code, "summary": one.summary, "status": str(one.status)}
        for one in found[:MOST_SPOKEN]
    ]
    return Answer(_listed(found), facts={"tickets": shown, "how_many": len(found)})


def _listed(found: Sequence[Ticket]) -> str:
    if not found:
        return "There is no open ticket under your number. Do you have its code?"
    told = [f"{spelled(one.code)}, about {one.summary}" for one in found[:MOST_SPOKEN]]
    if len(found) == 1:
        return f"You have one open ticket: {told[0]}."
    last = "; the last ones are " if len(found) > MOST_SPOKEN else ": "
    return f"You have {len(found)} open tickets{last}{all_of(told)}."


async def _own(desk: Desk, code: str) -> Ticket:
    """The ticket, if it is this caller's; otherwise nothing is admitted."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    ticket = await desk.tickets.find(plain)
    if ticket is None or not is_own(desk, ticket.phone, ticket.call_id):
        raise Sorry(
            f"Ticket {plain} cannot be discussed: there is none of that code under the "
            "caller's number. Repeat the code letter by letter. Reveal nothing; if it "
            "was opened from another telephone, offer transfer_to_human.",
            say=f"I cannot find ticket {spelled(plain)} under your number.",
        )
    return ticket


def _facts(desk: Desk, ticket: Ticket) -> dict[str, object]:
    return {
        "code": ticket.code,
        "summary": ticket.summary,
        "details": cut(ticket.details, DETAILS_CHARACTERS),
        "status": str(ticket.status),
        "severity": str(ticket.severity),
        "opened": _day(desk, ticket.opened_at).isoformat(),
        "notes": [_noted(desk, note) for note in ticket.notes[-MOST_NOTES:]],
    }


def _noted(desk: Desk, note: TicketNote) -> dict[str, str]:
    return {
        "at": note.at.astimezone(desk.schedule.zone).isoformat(timespec="minutes"),
        "author": note.author,
        "text": cut(note.text, NOTE_CHARACTERS),
    }


def _day_of(desk: Desk, moment: datetime) -> str:
    return on_day(_day(desk, moment), _day(desk, desk.clock.now()))


def _day(desk: Desk, moment: datetime) -> date:
    """In the house's own zone."""
    return moment.astimezone(desk.schedule.zone).date()
