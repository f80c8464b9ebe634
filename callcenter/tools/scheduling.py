"""Appointments: what can be booked, when, and for whom.

Bookings belong to the number that the call comes from. No tool takes a number: a
caller can say anything, and a model can be talked into believing it.
"""

from datetime import datetime
from typing import Annotated, Final

from pydantic import Field

from callcenter.domain.schedule import MOST_COMING, Appointment, Slot
from callcenter.errors import SlotTaken, TooManyAppointments
from callcenter.tools.arguments import Code, When
from callcenter.tools.caller import (
    is_own,
    is_trusted,
    number_is_known,
    require_proof,
)
from callcenter.tools.days import parse_start
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.free_times import ServiceName, WithWhom, what_is_wanted
from callcenter.tools.opening import spoken_week
from callcenter.tools.slots import Book, Wanted, within_reach
from callcenter.tools.spoken import (
    all_of,
    on_day,
    spelled,
    spoken_length,
    spoken_time_of_day,
)

MOST_IN_CALL: Final = 2
"""Appointments that one call may book whose number is withheld."""

UNSURE: Final = (
    "This took too long; it may or may not have been written into the book. Do not "
    "say that it worked. Call find_my_appointments to see, and only then try again."
)

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


@tool(timeout_s=6.0, filler="One moment, I am booking that.", late=UNSURE, changes=True)
async def book_appointment(
    desk: Desk,
    service: ServiceName,
    start: When,
    name: Name,
    with_whom: WithWhom = "",
) -> Answer:
    """Book a free time for the caller, after they agreed to day, time and name.

    Only times that find_free_slots gave can be booked. Afterwards repeat the day and
    the time, and spell the code.
    """
    book = Book.of(desk)
    wanted = await what_is_wanted(desk, service, with_whom)
    at = parse_start(start, desk.schedule.zone)
    within_reach(at.date(), book.today)
    if (held := await _booked_before(desk, book, wanted.service, at, name)) is not None:
        return booked_answer(book, held)
    slot = await book.slot_at(wanted, at)
    phone = desk.caller_number if number_is_known(desk) else ""
    most = MOST_COMING if phone else MOST_IN_CALL
    try:
        booked = await desk.schedule.book(slot, name, phone, desk.call_id, most=most)
    except SlotTaken as taken:
        raise await book.taken(wanted, at) from taken
    except TooManyAppointments as many:
        raise too_many(phone) from many
    return booked_answer(book, booked)


@tool(timeout_s=6.0, filler="One moment, I am moving that.", late=UNSURE, changes=True)
async def move_appointment(desk: Desk, code: Code, start: When) -> Answer:
    """Move the caller's own appointment to another time, after they agreed.

    It may overlap its old time: for half an hour later, just try.
    """
    book = Book.of(desk)
    held = await own_appointment(desk, book, code)
    at = parse_start(start, desk.schedule.zone)
    within_reach(at.date(), book.today)
    if held.slot.starts_at == at:
        return Answer(
            f"It is already {when_of(book, held.slot)}.", facts=facts_of(held)
        )
    slot = await _new_slot(book, held, at)
    try:
        moved = await desk.schedule.move(held.code, slot)
    except SlotTaken as taken:
        raise await book.taken(Wanted(held.slot.service), at) from taken
    when = when_of(book, moved.slot)
    return Answer(
        f"I have moved it: your {moved.slot.service} is now {when}. "
        f"Your code is {spelled(moved.code)}.",
        done=f"moved the {moved.slot.service} of {moved.name}: now {when}",
        facts=facts_of(moved),
    )


@tool(timeout_s=6.0, late=UNSURE, changes=True)
async def cancel_appointment(desk: Desk, code: Code) -> Answer:
    """Cancel the caller's own appointment, after they clearly said so."""
    book = Book.of(desk)
    held = await own_appointment(desk, book, code)
    gone = await desk.schedule.cancel(held.code)
    when = when_of(book, gone.slot)
    return Answer(
        f"Your {gone.slot.service} {when} is cancelled.",
        done=f"cancelled the {gone.slot.service} of {gone.name} {when}",
        facts={**facts_of(gone), "cancelled": True},
    )


@tool(timeout_s=5.0, personal=True)
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
    waiting = await _waiting(desk, book)
    if not coming:
        say = "There is no appointment under the number that you are calling from."
        return Answer(
            f"{say}{waiting.say}", facts={"appointments": [], **waiting.facts}
        )
    told = [
        f"{held.slot.service} {when_of(book, held.slot)}, code {spelled(held.code)}"
        for held in coming
    ]
    facts = {"appointments": [facts_of(held) for held in coming], **waiting.facts}
    return Answer(f"You have {all_of(told)}.{waiting.say}", facts=facts)


async def _waiting(desk: Desk, book: Book) -> Answer:
    """What is kept for the caller, and what they wait for."""
    kept = await desk.schedule.waiting.kept(desk.caller_number)
    places = await desk.schedule.waiting.places(desk.caller_number)
    facts = {
        "kept_for_you": [facts_of(held) for held in kept],
        "waiting_for": [place.wish.service for place in places],
    }
    told = [
        f" A {held.slot.service} {when_of(book, held.slot)} is kept for you, code "
        f"{spelled(held.code)}. Shall I book it?"
        for held in kept
    ]
    if places and not kept:
        services = all_of([place.wish.service for place in places])
        told = [f" You are on the waiting list for {services}."]
    return Answer(
        "".join(told), facts={key: some for key, some in facts.items() if some}
    )


async def _coming(desk: Desk, book: Book) -> list[Appointment]:
    if not number_is_known(desk):
        return []
    coming = await desk.schedule.coming(desk.caller_number, book.now)
    return [held for held in coming if not held.cancelled]


async def _booked_before(
    desk: Desk, book: Book, service: str, at: datetime, name: str
) -> Appointment | None:
    """What was asked for twice.

    Whoever has not proved who they are would else find out by guessing what another
    call has booked, and its code.
    """
    trusted = await is_trusted(desk)
    for held in await _coming(desk, book):
        same = (held.slot.service, held.slot.starts_at) == (service, at)
        theirs = trusted or held.call_id == desk.call_id
        if theirs and same and held.name.casefold() == name.casefold():
            return held
    return None


async def own_appointment(desk: Desk, book: Book, code: str) -> Appointment:
    """The appointment, if it is the caller's to change.

    Another's code gets the same answer as one that does not exist: whether it does is
    nobody's business.
    """
    plain = "".join(c for c in code.upper() if c.isalnum())
    held = await desk.schedule.find(plain)
    if held is not None and held.held_until is not None:
        held = None  # only kept for somebody: take_offered_time is for that
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


async def _new_slot(book: Book, held: Appointment, at: datetime) -> Slot:
    """A free slot at that time: with the same person or room, if that can be."""
    same = Wanted(held.slot.service, held.slot.resource)
    for slot in await book.free(same, at.date(), moving=held.code):
        if slot.starts_at == at:
            return slot
    return await book.slot_at(Wanted(held.slot.service), at, moving=held.code)


def too_many(phone: str) -> Sorry:
    whose = "This number holds" if phone else "In this call were booked"
    return Sorry(
        f"{whose} as many appointments as may be. Offer transfer_to_human, or to "
        "cancel one.",
        say="You have several appointments with us already.",
    )


def booked_answer(book: Book, held: Appointment) -> Answer:
    when = when_of(book, held.slot)
    return Answer(
        f"You are booked: {held.slot.service} {when}, for {held.name}. "
        f"Your code is {spelled(held.code)}.",
        done=f"booked {held.slot.service} for {held.name} {when}",
        facts=facts_of(held),
    )


def when_of(book: Book, slot: Slot) -> str:
    day = on_day(slot.starts_at.date(), book.today)
    return f"{day} at {spoken_time_of_day(slot.starts_at)}"


def facts_of(held: Appointment) -> dict[str, object]:
    return {
        "code": held.code,
        "service": held.slot.service,
        "start": f"{held.slot.starts_at:%Y-%m-%dT%H:%M}",
        "name": held.name,
    }
