"""Appointments: what can be booked, when, and for whom.

Bookings belong to the number that the call comes from. No tool takes a number: a
caller can say anything, and a model can be talked into believing it.
"""

from typing import Annotated, Final

from pydantic import Field

from callcenter.domain.schedule import Appointment, Slot
from callcenter.errors import SlotTaken
from callcenter.tools.arguments import Code, When
from callcenter.tools.caller import is_own, number_is_known, require_proof
from callcenter.tools.days import parse_day, parse_start
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.opening import spoken_week
from callcenter.tools.services import which_service
from callcenter.tools.slots import Book, slot_facts, within_reach
from callcenter.tools.spoken import (
    all_of,
    on_day,
    spelled,
    spoken_length,
    spoken_time_of_day,
)

MOST_COMING: Final = 5
"""Appointments one number may hold, so that a prank cannot fill the book."""

UNSURE: Final = (
    "This took too long; it may or may not have been written into the book. Do not "
    "say that it worked. Call find_my_appointments to see, and only then try again."
)

ServiceName = Annotated[
    str,
    Field(
        description="What is to be done, such as 'bicycle service'; in the caller's "
        "words if you are not sure.",
        min_length=1,
        max_length=100,
    ),
]
DayWanted = Annotated[
    str,
    Field(
        description="today, tomorrow, a weekday, or a date such as 2026-11-27; 'next' "
        "for the first day that has something free.",
        min_length=1,
        max_length=40,
    ),
]
Name = Annotated[
    str,
    Field(
        description="The caller's name, as they spelled it.",
        min_length=1,
        max_length=80,
    ),
]


@tool(timeout_s=5.0)
async def list_services(desk: Desk) -> Answer:
    """What the workshop offers, how long it takes, and when the shop is open."""
    book = Book.of(desk)
    services = await desk.schedule.services()
    opening = await desk.schedule.opening_times(book.today, 7)
    told = [f"{each.name}, {spoken_length(each.minutes)}" for each in services]
    return Answer(
        f"We offer {'; '.join(told)}. {spoken_week(opening)}",
        facts={
            "services": [
                {"name": s.name, "minutes": s.minutes, "about": s.description}
                for s in services
            ],
            "opening": [
                f"{o.day:%a %Y-%m-%d} {o.opens_at:%H:%M}-{o.closes_at:%H:%M}"
                for o in opening
            ],
        },
    )


@tool(timeout_s=5.0, filler="One moment, I am looking at the calendar.")
async def find_free_slots(
    desk: Desk, service: ServiceName, day: DayWanted = "next"
) -> Answer:
    """Free times for a service on a day. Offer no more than three of them at once."""
    book = Book.of(desk)
    name = which_service(service, await desk.schedule.services()).name
    if day.lower() in {"next", "soon", "any", "asap", "next available"}:
        free = await book.from_day(name, book.today)
        if not free:
            return Answer(
                "There is nothing free in the next two weeks.",
                facts=slot_facts(name, []),
            )
        return _offer(book, name, [s for s in free if _same_day(s, free[0])])
    wanted = within_reach(parse_day(day, book.today), book.today)
    if free := await book.free(name, wanted):
        return _offer(book, name, free)
    later = await book.from_day(name, wanted)
    why = await book.why_nothing(wanted)
    instead = book.offer(later[:3]) if later else "Nor in the two weeks after it."
    return Answer(f"{why} {instead}", facts=slot_facts(name, later[:3]))


@tool(timeout_s=6.0, filler="One moment, I am booking that.", late=UNSURE)
async def book_appointment(
    desk: Desk, service: ServiceName, start: When, name: Name
) -> Answer:
    """Book a free time for the caller, after they agreed to day, time and name.

    Only times that find_free_slots gave can be booked. Afterwards repeat the day and
    the time, and spell the code.
    """
    book = Book.of(desk)
    chosen = which_service(service, await desk.schedule.services()).name
    at = parse_start(start, desk.schedule.zone)
    within_reach(at.date(), book.today)
    coming = await _coming(desk, book)
    for held in coming:
        same = (held.slot.service, held.slot.starts_at) == (chosen, at)
        if same and held.name.casefold() == name.casefold():
            return _booked(book, held)
    if len(coming) >= MOST_COMING:
        raise Sorry(
            "This number holds as many appointments as it may. Offer "
            "transfer_to_human, or to cancel one.",
            say="You have several appointments with us already.",
        )
    slot = await book.slot_at(chosen, at)
    try:
        booked = await desk.schedule.book(slot, name, desk.caller_number, desk.call_id)
    except SlotTaken as taken:
        raise await book.taken(chosen, at) from taken
    return _booked(book, booked)


@tool(timeout_s=6.0, filler="One moment, I am moving that.", late=UNSURE)
async def move_appointment(desk: Desk, code: Code, start: When) -> Answer:
    """Move the caller's own appointment to another free time, after they agreed."""
    book = Book.of(desk)
    held = await _own(desk, book, code)
    at = parse_start(start, desk.schedule.zone)
    within_reach(at.date(), book.today)
    if held.slot.starts_at == at:
        return Answer(f"It is already {_when(book, held.slot)}.", facts=_facts(held))
    slot = await book.slot_at(held.slot.service, at)
    try:
        moved = await desk.schedule.move(held.code, slot)
    except SlotTaken as taken:
        raise await book.taken(held.slot.service, at) from taken
    when = _when(book, moved.slot)
    return Answer(
        f"I have moved it: your {moved.slot.service} is now {when}. "
        f"Your code is {spelled(moved.code)}.",
        done=f"moved the {moved.slot.service} of {moved.name}: now {when}",
        facts=_facts(moved),
    )


@tool(timeout_s=6.0, late=UNSURE)
async def cancel_appointment(desk: Desk, code: Code) -> Answer:
    """Cancel the caller's own appointment, after they clearly said so."""
    book = Book.of(desk)
    held = await _own(desk, book, code)
    gone = await desk.schedule.cancel(held.code)
    when = _when(book, gone.slot)
    return Answer(
        f"Your {gone.slot.service} {when} is cancelled.",
        done=f"cancelled the {gone.slot.service} of {gone.name} {when}",
        facts={**_facts(gone), "cancelled": True},
    )


@tool(timeout_s=5.0)
async def find_my_appointments(desk: Desk) -> Answer:
    """The coming appointments of the number that this call comes from, no others."""
    if not number_is_known(desk):
        raise Sorry(
            "The caller's number is withheld: their appointments cannot be looked up. "
            "Offer transfer_to_human.",
            say="Your number is withheld, so I cannot see your appointments.",
        )
    await require_proof(desk)
    book = Book.of(desk)
    coming = await _coming(desk, book)
    if not coming:
        say = "There is no appointment under the number that you are calling from."
        return Answer(say, facts={"appointments": []})
    told = [
        f"{held.slot.service} {_when(book, held.slot)}, code {spelled(held.code)}"
        for held in coming
    ]
    facts = {"appointments": [_facts(held) for held in coming]}
    return Answer(f"You have {all_of(told)}.", facts=facts)


async def _coming(desk: Desk, book: Book) -> list[Appointment]:
    if not number_is_known(desk):
        return []
    coming = await desk.schedule.coming(desk.caller_number, book.now)
    return [held for held in coming if not held.cancelled]


async def _own(desk: Desk, book: Book, code: str) -> Appointment:
    """The appointment, if it is the caller's to change.

    Another's code gets the same answer as one that does not exist: whether it does is
    nobody's business.
    """
    plain = "".join(c for c in code.upper() if c.isalnum())
    held = await desk.schedule.find(plain)
    if held is None or held.call_id != desk.call_id:
        await require_proof(desk)
    if held is None or not is_own(desk, held.phone, held.call_id):
        raise Sorry(
            f"There is no appointment {plain} under the caller's number. Repeat the "
            "code to the caller letter by letter, or call find_my_appointments. If it "
            "was booked from another telephone, offer transfer_to_human.",
            say=f"I cannot find the code {spelled(plain)} under your number.",
        )
    if held.cancelled:
        raise Sorry(
            f"The appointment {plain} was cancelled before.",
            say="That appointment is cancelled already.",
        )
    if held.slot.starts_at < book.now:
        raise Sorry(
            f"The appointment {plain} is past; it cannot be changed.",
            say="That appointment is in the past already.",
        )
    return held


def _offer(book: Book, service: str, free: list[Slot]) -> Answer:
    return Answer(book.offer(free), facts=slot_facts(service, free))


def _booked(book: Book, held: Appointment) -> Answer:
    when = _when(book, held.slot)
    return Answer(
        f"You are booked: {held.slot.service} {when}, for {held.name}. "
        f"Your code is {spelled(held.code)}.",
        done=f"booked {held.slot.service} for {held.name} {when}",
        facts=_facts(held),
    )


def _when(book: Book, slot: Slot) -> str:
    day = on_day(slot.starts_at.date(), book.today)
    return f"{day} at {spoken_time_of_day(slot.starts_at)}"


def _facts(held: Appointment) -> dict[str, object]:
    return {
        "code": held.code,
        "service": held.slot.service,
        "start": f"{held.slot.starts_at:%Y-%m-%dT%H:%M}",
        "name": held.name,
    }


def _same_day(one: Slot, other: Slot) -> bool:
    return one.starts_at.date() == other.starts_at.date()
