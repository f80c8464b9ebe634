"""Looking for a free time: the earliest, the next, on some days, at a time of day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from typing import Annotated, Final

from pydantic import Field

from callcenter.domain.schedule import Slot
from callcenter.tools.clock_times import Window, parse_window, split_day
from callcenter.tools.days import parse_days, parse_start
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.services import which_service
from callcenter.tools.slots import (
    AHEAD_DAYS,
    LOOK_ON_DAYS,
    OFFERS,
    Book,
    Wanted,
    first_of_each_day,
    nearest,
    slot_facts,
    within_reach,
)
from callcenter.tools.spoken import on_day, one_of

ANY_DAY: Final = frozenset(
    {"", "next", "soon", "any", "any day", "asap", "first", "earliest", "whenever"}
    | {"next available", "as soon as possible", "next one", "the next one", "no matter"}
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
        description="today, tomorrow, a weekday, a date such as 2026-11-27, 'next "
        "week', or a range such as '2026-11-23 to 2026-11-27'; 'next' for the "
        "earliest day that has something free.",
        min_length=1,
        max_length=60,
    ),
]
TimeWanted = Annotated[
    str,
    Field(
        description="Only if the caller minds: morning, afternoon, evening, 'after "
        "17:00', 'before 10:00', 'between 10:00 and 12:00', or 'around 14:00'.",
        max_length=60,
    ),
]
LaterThan = Annotated[
    str,
    Field(
        description="For the next ones after a time that you offered: that time, such "
        "as 2026-11-27T09:00. Leave the day out then.",
        max_length=40,
    ),
]
WithWhom = Annotated[
    str,
    Field(
        description="Only if the caller asks for a certain person or room: its name.",
        max_length=80,
    ),
]


@tool(timeout_s=5.0, filler="One moment, I am looking at the calendar.")
async def find_free_slots(
    desk: Desk,
    service: ServiceName,
    day: DayWanted = "next",
    *,
    time_of_day: TimeWanted = "",
    later_than: LaterThan = "",
    with_whom: WithWhom = "",
) -> Answer:
    """Free times for a service. Offer no more than three of them at once."""
    book = Book.of(desk)
    wanted = await what_is_wanted(desk, service, with_whom)
    day, said = split_day(day)
    window = parse_window(time_of_day or said)
    if later_than:
        start = parse_start(later_than, desk.schedule.zone)
        return await _after(book, wanted, window, start)
    if day.lower() in ANY_DAY:
        days = Span(book.today, book.today + timedelta(days=LOOK_ON_DAYS - 1))
        found = await _find(book, wanted, window, days)
        if not found:
            return _nothing(wanted, window)
        same_day = [slot for slot in found if _day(slot) == _day(found[0])]
        return _offer(book, wanted, window, same_day)
    days = Span.of(day, book.today)
    if found := await _find(book, wanted, window, days):
        return _offer(book, wanted, window, found)
    return await _instead(book, wanted, window, days)


@dataclass(frozen=True, slots=True)
class Span:
    """Some days, one after another."""

    first: date
    last: date

    @classmethod
    def of(cls, said: str, today: date) -> "Span":
        """Raises Unfit when they are past, too far off, or not understood."""
        first, last = parse_days(said, today)
        furthest = today + timedelta(days=AHEAD_DAYS)
        return cls(within_reach(first, today), min(last, furthest))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


async def what_is_wanted(desk: Desk, service: str, with_whom: str = "") -> Wanted:
    """The service and the resource that are meant; raises Sorry, which asks."""
    chosen = which_service(service, await desk.schedule.services())
    if not with_whom.strip():
        return Wanted(chosen.name)
    able = chosen.resources or await desk.schedule.resources()
    asked = with_whom.strip().casefold()
    by_name = {name.casefold(): name for name in able}
    found = [name for folded, name in by_name.items() if asked == folded]
    found = found or [name for folded, name in by_name.items() if asked in folded]
    found = found or [by_name[near] for near in get_close_matches(asked, by_name, n=1)]
    if len(found) == 1:
        return Wanted(chosen.name, found[0])
    names = found or list(able)
    raise Sorry(
        f"{with_whom!r} is none of those who do a {chosen.name}. Ask the caller, or "
        "leave it out to search all.",
        say=f"For a {chosen.name} there is {one_of(names)}. Would that do?",
        resources=names,
    )


async def _find(book: Book, wanted: Wanted, window: Window, days: Span) -> list[Slot]:
    free = await book.free(wanted, days.first, days.days)
    return [slot for slot in free if window.includes(slot.starts_at)]


async def _after(book: Book, wanted: Wanted, window: Window, start: datetime) -> Answer:
    """`And after that?`: the rest of that day, or the days after it."""
    free = [
        slot
        for slot in await book.from_day(wanted, start.date())
        if slot.starts_at > start and window.includes(slot.starts_at)
    ]
    if not free:
        return _nothing(wanted, window)
    same_day = [slot for slot in free if _day(slot) == _day(free[0])]
    return _offer(book, wanted, window, same_day)


async def _instead(book: Book, wanted: Wanted, window: Window, days: Span) -> Answer:
    """Why there is nothing, and what there is: later days first, then other times."""
    why = await _why(book, window, days)
    after = Span(days.first, days.last + timedelta(days=LOOK_ON_DAYS))
    later = (await _find(book, wanted, window, after))[:OFFERS]
    if not later:
        later = _closest(window, await book.free(wanted, days.first, days.days))
    instead = book.offer(later) if later else "Nor in the two weeks after it."
    return Answer(f"{why} {instead}", facts=slot_facts(wanted.service, later))


def _closest(window: Window, free: list[Slot]) -> list[Slot]:
    """Those of the first day that come nearest to a time that cannot be had."""
    wished = window.not_before or window.begins_before
    if not free or wished is None:
        return free[:OFFERS]
    first = free[0].starts_at
    wish = datetime.combine(first.date(), wished, tzinfo=first.tzinfo)
    return nearest([slot for slot in free if _day(slot) == first.date()], wish)


async def _why(book: Book, window: Window, days: Span) -> str:
    one_day = days.first == days.last
    opening = await book.desk.schedule.opening_times(days.first, days.days)
    if one_day and (not opening or not window.spoken()):
        return await book.why_nothing(days.first)
    when = on_day(days.first, book.today) if one_day else "in those days"
    if not opening:
        return f"We are closed {when}."
    return f"There is nothing free {' '.join(filter(None, (window.spoken(), when)))}."


def _offer(book: Book, wanted: Wanted, window: Window, free: list[Slot]) -> Answer:
    """What was found, those that are spoken first in the list."""
    chosen, more = _chosen(window, free)
    others = [slot for slot in free if slot not in chosen]
    say = book.offer(chosen, more=more if others else "")
    return Answer(say, facts=slot_facts(wanted.service, [*chosen, *others]))


def _chosen(window: Window, free: Sequence[Slot]) -> tuple[list[Slot], str]:
    if window.near is not None:
        meant = [datetime.combine(_day(slot), window.near) for slot in free]
        exact = [
            slot
            for slot, at in zip(free, meant, strict=True)
            if slot.starts_at.replace(tzinfo=None) == at
        ]
        if exact:
            return exact[:OFFERS], ""
        first = free[0].starts_at
        wish = datetime.combine(first.date(), window.near, tzinfo=first.tzinfo)
        return nearest([s for s in free if _day(s) == _day(free[0])], wish), ""
    spread = first_of_each_day(free)
    if len(spread) > 1:
        return spread[:OFFERS], " There are other times too."
    return list(free[:OFFERS]), " There are later times too."


def _nothing(wanted: Wanted, window: Window) -> Answer:
    when = f" {window.spoken()}" if window.spoken() else ""
    return Answer(
        f"There is nothing free{when} in the next two weeks.",
        facts=slot_facts(wanted.service, []),
    )


def _day(slot: Slot) -> date:
    return slot.starts_at.date()
