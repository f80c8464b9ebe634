"""Searching: the next one after that, after five, next week, with a certain person."""

from datetime import date
from typing import Any

import pytest

from callcenter.domain.outcomes import ToolOutcome
from callcenter.tools.days import parse_days
from callcenter.tools.definition import Unfit
from tests.tools.asking import ask, call, fail
from tests.tools.fakes import BOB, House, at

SUNDAY = date(2026, 11, 22)


async def find(house: House, **asked: str) -> dict[str, Any]:
    return await ask(house, "find_free_slots", service="puncture", **asked)


def clocks(answer: dict[str, Any]) -> list[str]:
    return [start[8:] for start in answer["slots"][:3]]


@pytest.mark.parametrize(
    ("day", "time_of_day", "slots", "said"),
    [
        ("friday", "morning", ["27T09:00", "27T09:30", "27T10:00"], "There are later"),
        ("friday", "after four", ["27T16:00", "27T16:30"], "Which suits you?"),
        ("friday", "before 10:00", ["27T09:00", "27T09:30"], "Which suits you?"),
        ("friday", "around two", ["27T14:00"], "Does that suit you?"),
        ("friday", "14:10", ["27T13:30", "27T14:00", "27T14:30"], "Which suits you?"),
        ("friday afternoon", "", ["27T12:00", "27T12:30", "27T13:00"], "later times"),
        ("next", "after three", ["23T15:00", "23T15:30", "23T16:00"], "Tomorrow I"),
    ],
)
async def test_a_time_of_day_narrows_the_search(
    day: str, time_of_day: str, slots: list[str], said: str
) -> None:
    answer = await find(House(), day=day, time_of_day=time_of_day)
    assert clocks(answer)[: len(slots)] == slots
    assert said in answer["say"]


async def test_the_next_one_after_that_is_found() -> None:
    house = House()
    answer = await find(house, later_than="2026-11-27T10:00")
    assert clocks(answer) == ["27T10:30", "27T11:00", "27T11:30"]
    evening = await find(house, later_than="2026-11-27T16:30")
    assert clocks(evening) == ["30T09:00", "30T09:30", "30T10:00"]
    mornings = await find(house, later_than="2026-11-27T10:00", time_of_day="before 10")
    assert clocks(mornings) == ["30T09:00", "30T09:30"]


async def test_next_week_brings_several_days() -> None:
    answer = await find(House(), day="next week")
    assert clocks(answer) == ["23T09:00", "24T09:00", "25T09:00"]
    assert answer["say"] == (
        "Tomorrow I have nine o'clock, on Tuesday the 24th of November I have nine "
        "o'clock and on Wednesday the 25th of November I have nine o'clock. There are "
        "other times too. Which suits you?"
    )
    assert len(answer["slots"]) == 24


async def test_a_range_of_days_is_searched_from_end_to_end() -> None:
    house = House()
    house.schedule.full = {date(2026, 11, 24), date(2026, 11, 25)}
    answer = await find(house, day="2026-11-24 to 2026-11-27")
    assert clocks(answer) == ["26T09:00", "27T09:00", "26T09:30"]
    full = await find(house, day="Tuesday to Wednesday")
    assert full["say"].startswith("There is nothing free in those days. On Thursday")


async def test_a_day_off_is_called_by_its_name() -> None:
    house = House()
    house.schedule.days_off = {date(2026, 11, 27): "the autumn fair"}
    answer = await find(house, day="friday")
    assert answer["say"].startswith(
        "We are closed on Friday the 27th of November, because of the autumn fair. On "
        "Monday the 30th of November I have nine o'clock"
    )


async def test_nothing_in_the_evening_brings_the_times_that_come_nearest() -> None:
    answer = await find(House(), day="friday", time_of_day="after six")
    assert answer["say"].startswith(
        "There is nothing free after six o'clock in the evening on Friday the 27th of "
        "November. On Friday the 27th of November I have half past three, four o'clock"
    )
    nothing = await find(House(), time_of_day="evening")
    assert nothing["say"] == (
        "There is nothing free after five o'clock in the afternoon in the next two "
        "weeks."
    )
    weekend = await find(House(), day="next weekend", time_of_day="morning")
    assert weekend["say"].startswith("We are closed in those days. ")


async def test_a_certain_stand_can_be_asked_for() -> None:
    house = House()
    result = await call(
        house,
        "book_appointment",
        service="puncture",
        start="2026-11-27T09:00",
        name="Ada Lie",
        with_whom="Stand 2",
    )
    assert result.outcome is ToolOutcome.OK
    [booked] = house.schedule.booked.values()
    assert booked.slot.resource == "stand 2"
    unclear = await fail(
        house, "find_free_slots", service="puncture", with_whom="stand"
    )
    assert unclear["resources"] == ["stand 1", "stand 2"]
    unknown = await fail(house, "find_free_slots", service="puncture", with_whom="Bo")
    assert "leave it out" in unknown["error"]


async def test_a_small_shift_into_its_own_time_works() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(27, 9))
    await ask(house, "move_appointment", code="K7M4X", start="2026-11-27T09:30")
    assert house.schedule.booked["K7M4X"].slot.starts_at == at(27, 9, 30)
    house.schedule.hold("THEIR", at(27, 11), phone=BOB)
    answer = await fail(
        house, "move_appointment", code="K7M4X", start="2026-11-27T11:00"
    )
    assert "nothing was booked or moved" in answer["error"]


async def test_at_closing_time_nothing_can_begin() -> None:
    house = House()
    answer = await fail(
        house,
        "book_appointment",
        service="puncture",
        start="2026-11-27T17:00",
        name="Ada",
    )
    assert "is not free" in answer["error"]


@pytest.mark.parametrize(
    ("said", "first", "last"),
    [
        ("this week", "2026-11-22", "2026-11-22"),
        ("next week", "2026-11-23", "2026-11-29"),
        ("the weekend", "2026-11-22", "2026-11-22"),
        ("next weekend", "2026-11-28", "2026-11-29"),
        ("Monday to Wednesday", "2026-11-23", "2026-11-25"),
        ("from Friday until Monday", "2026-11-27", "2026-11-30"),
        ("2026-11-23/2026-11-27", "2026-11-23", "2026-11-27"),
        ("in two weeks", "2026-12-06", "2026-12-06"),
        ("in 3 days", "2026-11-25", "2026-11-25"),
        ("tomorrow", "2026-11-23", "2026-11-23"),
    ],
)
def test_days_are_understood_as_callers_say_them(
    said: str, first: str, last: str
) -> None:
    found = parse_days(said, SUNDAY)
    assert [day.isoformat() for day in found] == [first, last]


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(Unfit, match="ends before it begins"):
        parse_days("2026-11-27 to 2026-11-23", SUNDAY)
