"""The waiting list: joining it, taking what was offered, and leaving it."""

from datetime import timedelta
from typing import Final

from callcenter.domain.schedule import Wish
from callcenter.errors import SlotTaken, TooManyAppointments
from callcenter.tools.arguments import Code
from callcenter.tools.caller import is_own, number_is_known, require_proof
from callcenter.tools.clock_times import parse_window, split_day
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.free_times import (
    ANY_DAY,
    DayWanted,
    ServiceName,
    Span,
    TimeWanted,
    what_is_wanted,
)
from callcenter.tools.scheduling import UNSURE, Name, booked_answer, too_many
from callcenter.tools.slots import LOOK_ON_DAYS, Book, Wanted, slot_facts
from callcenter.tools.spoken import on_day, spelled, spoken_length

WITHHELD: Final = (
    "The caller's number is withheld: nobody could tell them. Offer take_message or "
    "transfer_to_human."
)
WITHHELD_SAY: Final = "Your number is withheld, so we could not reach you."

NO_TEXTS: Final = (
    "This house cannot send text messages, so nobody could tell them of a free time. "
    "Offer another time, or request_callback."
)


@tool(timeout_s=5.0, changes=True)
async def join_waiting_list(
    desk: Desk,
    service: ServiceName,
    name: Name,
    day: DayWanted,
    *,
    time_of_day: TimeWanted = "",
) -> Answer:
    """Put the caller on the waiting list, when nothing that suits them is free.

    Only after they agreed to get a text message when a time becomes free.
    """
    phone = _reachable(desk)
    await require_proof(desk)
    book = Book.of(desk)
    wanted = await what_is_wanted(desk, service)
    day, said = split_day(day)
    window = parse_window(time_of_day or said)
    last = book.today + timedelta(days=LOOK_ON_DAYS)
    anytime = day.lower() in ANY_DAY
    days = Span(book.today, last) if anytime else Span.of(day, book.today)
    wish = Wish(wanted.service, days.first, days.last, *window.bounds())
    await _refuse_if_free(book, wanted, wish)
    try:
        place = await desk.schedule.waiting.join(wish, name, phone, desk.call_id)
    except TooManyAppointments as many:
        raise Sorry(
            "This number has as many places on the waiting list as may be. Offer "
            "leave_waiting_list first.",
            say="You are on our waiting list several times already.",
        ) from many
    held = spoken_length(int(desk.schedule.waiting.hold / timedelta(minutes=1)))
    when = _days(book, place.wish)
    return Answer(
        f"You are on the waiting list for a {wanted.service} {when}. "
        "When a time becomes free, we send a text message to the number that you are "
        f"calling from, and keep the time for you for {held}.",
        done=f"put {name} on the waiting list for a {wanted.service}",
        facts={
            "service": wish.service,
            "from": wish.first_day.isoformat(),
            "until": wish.last_day.isoformat(),
        },
    )


@tool(timeout_s=6.0, late=UNSURE, changes=True)
async def take_offered_time(desk: Desk, code: Code) -> Answer:
    """Book a time that is kept for the caller; its code is in the text they got.

    find_my_appointments tells it too. Afterwards repeat the day and the time.
    """
    book = Book.of(desk)
    plain = "".join(c for c in code.upper() if c.isalnum())
    held = await desk.schedule.find(plain)
    await require_proof(desk)
    if held is None or not is_own(desk, held.phone, None):
        raise Sorry(
            f"Nothing is kept under {plain} for the caller's number. Repeat the code "
            "letter by letter, or call find_my_appointments.",
            say=f"I cannot find the code {spelled(plain)} under your number.",
        )
    try:
        taken = await desk.schedule.waiting.take(plain, desk.call_id)
    except SlotTaken as gone:
        raise Sorry(
            "That time is not kept any more; the caller keeps their place on the "
            "waiting list. Offer to look for another time.",
            say="I am sorry, that time was kept for a while, but it is gone now.",
        ) from gone
    except TooManyAppointments as many:
        raise too_many(held.phone) from many
    return booked_answer(book, taken)


@tool(timeout_s=5.0, changes=True)
async def leave_waiting_list(desk: Desk) -> Answer:
    """Take the caller off the waiting list, after they clearly said so."""
    phone = _reachable(desk)
    await require_proof(desk)
    left = await desk.schedule.waiting.leave(phone)
    if not left:
        return Answer("You are not on our waiting list.")
    return Answer("You are off the waiting list.", done="left the waiting list")


async def _refuse_if_free(book: Book, wanted: Wanted, wish: Wish) -> None:
    """Raises Sorry, with the times: what is free can be booked, and not waited for."""
    length = (wish.last_day - wish.first_day).days + 1
    free = [
        slot
        for slot in await book.free(wanted, wish.first_day, length)
        if wish.suits(slot)
    ]
    if free:
        raise Sorry(
            "Nobody has to wait: what they wish for is free. Offer the times under "
            "'slots'. If none suits, ask which days and times would, and put them on "
            "the list for those.",
            say=f"There is something free. {book.offer(free)}",
            **slot_facts(wanted.service, free),
        )


def _reachable(desk: Desk) -> str:
    if not number_is_known(desk):
        raise Sorry(WITHHELD, say=WITHHELD_SAY)
    if not desk.schedule.can_text:
        raise Sorry(NO_TEXTS, say="We have no way to let you know, I am sorry.")
    return desk.caller_number


def _days(book: Book, wish: Wish) -> str:
    first = on_day(wish.first_day, book.today)
    if wish.first_day == wish.last_day:
        return first
    last = on_day(wish.last_day, book.today).removeprefix("on ")
    return f"from {first.removeprefix('on ')} to {last}"
