"""Questions about the house, and tickets for what it has to look into."""

import re
from typing import Annotated, Final

from pydantic import Field

from callcenter.domain.tickets import Passage, TicketStatus
from callcenter.tools.arguments import Code
from callcenter.tools.caller import is_own
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.spoken import on_day, spelled

PASSAGES: Final = 3
PASSAGE_CHARACTERS: Final = 900
"""Three of these fit into one answer with room to spare."""

SPOKEN_CHARACTERS: Final = 260
"""Two or three sentences: about fifteen seconds."""

NOTHING_FOUND: Final = (
    "Nothing was found. Do not guess, and do not answer from general knowledge. Say "
    "that you do not know; offer open_ticket, take_message or transfer_to_human."
)
UNSURE: Final = (
    "This took too long; the ticket may or may not have been opened. Do not promise "
    "anything. Offer to take a message instead, or transfer_to_human."
)

Question = Annotated[
    str,
    Field(
        description="The question in a few words, such as 'return a helmet'.",
        min_length=1,
        max_length=300,
    ),
]
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


@tool(timeout_s=4.0)
async def search_knowledge(desk: Desk, question: Question) -> Answer:
    """What the house has written down: hours, prices, returns, warranty and so on.

    Call it for every question about the shop, and answer only from what it returns.
    """
    found = desk.knowledge.search(question, PASSAGES)
    if not found:
        return Answer(
            "I am sorry, I have nothing written down about that.",
            facts={"passages": [], "note": NOTHING_FOUND},
        )
    passages = [
        {
            "title": passage.article,
            "heading": passage.heading,
            "text": _cut(passage.text, PASSAGE_CHARACTERS),
            "source": passage.source,
        }
        for passage in found
    ]
    return Answer(_gist(found[0]), facts={"passages": passages})


@tool(timeout_s=6.0, filler="One moment, I am writing that down.", late=UNSURE)
async def open_ticket(desk: Desk, summary: Summary, details: Details) -> Answer:
    """Open a ticket: something that the people of the house must look into.

    First repeat to the caller what you are going to write. Afterwards spell the code.
    """
    ticket = await desk.tickets.open(summary, details, desk.caller_number, desk.call_id)
    return Answer(
        f"I have opened a ticket. Its code is {spelled(ticket.code)}.",
        done=f"opened ticket {ticket.code}: {ticket.summary}",
        facts={"code": ticket.code, "summary": ticket.summary},
    )


@tool(timeout_s=5.0)
async def look_up_ticket(desk: Desk, code: Code) -> Answer:
    """What has become of a ticket that was opened from the caller's own number."""
    plain = "".join(c for c in code.upper() if c.isalnum())
    ticket = await desk.tickets.find(plain)
    if ticket is None or not is_own(desk, ticket.phone, ticket.call_id):
        raise Sorry(
            f"Ticket {plain} cannot be discussed: there is none of that code under the "
            "caller's number. Repeat the code letter by letter. Reveal nothing; if it "
            "was opened from another telephone, offer transfer_to_human.",
            say=f"I cannot find ticket {spelled(plain)} under your number.",
        )
    zone, now = desk.schedule.zone, desk.clock.now()
    opened = ticket.opened_at.astimezone(zone).date()
    when = on_day(opened, now.astimezone(zone).date())
    state = {
        TicketStatus.OPEN: "We are still looking into it.",
        TicketStatus.CLOSED: "It is closed: we are done with it.",
    }[ticket.status]
    return Answer(
        f"Your ticket about {ticket.summary} was opened {when}. {state}",
        facts={
            "code": ticket.code,
            "summary": ticket.summary,
            "details": _cut(ticket.details, PASSAGE_CHARACTERS),
            "status": str(ticket.status),
            "opened": opened.isoformat(),
        },
    )


def _gist(passage: Passage) -> str:
    """The first sentences of a passage, without the marks of its Markdown."""
    plain = re.sub(r"[*_`#>|]|^\s*-\s", " ", passage.text, flags=re.MULTILINE)
    return _cut(" ".join(plain.split()), SPOKEN_CHARACTERS)


def _cut(text: str, most: int) -> str:
    """Whole sentences as far as they fit; a single one that is too long loses words."""
    if len(text) <= most:
        return text
    ends = [match.end() for match in re.finditer(r"[.!?](?=\s)", text[:most])]
    return text[: ends[-1]] if ends else f"{text[:most].rsplit(' ', 1)[0]} …"
