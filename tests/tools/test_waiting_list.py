"""The waiting list and texts, as agents use them."""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

import pytest

from callcenter.domain.schedule import Wish
from callcenter.tools.registry import DEFINITIONS
from tests.tools.asking import ask, call, fail, read
from tests.tools.fakes import ADA, BOB, SUNDAY_NOON, House, at

JOIN = {"service": "a flat tyre", "name": "Ada Lie"}


def fill(house: House) -> None:
    """Everything, for as far as anybody can look."""
    house.schedule.full = {SUNDAY_NOON.date() + timedelta(days=n) for n in range(100)}


async def join(house: House, **more: str) -> dict[str, Any]:
    fill(house)
    return await ask(house, "join_waiting_list", **JOIN, **more)


def keep(house: House, code: str = "K7M4X", phone: str = ADA) -> None:
    held = house.schedule.hold(code, at(27, 9), phone=phone)
    held = replace(held, held_until=SUNDAY_NOON + timedelta(minutes=30))
    house.schedule.booked[code] = house.schedule.waiting.held[code] = held


async def test_joining_says_what_will_happen() -> None:
    house = House()
    answer = await join(house, day="friday", time_of_day="after three")
    assert answer["say"] == (
        "You are on the waiting list for a puncture repair on Friday the 27th of "
        "November. When a time becomes free, we send a text message to the number that "
        "you are calling from, and keep the time for you for 30 minutes."
    )
    [place] = house.schedule.waiting.line
    friday = date(2026, 11, 27)
    assert place.wish == Wish("puncture repair", friday, friday, time(15))
    assert (place.phone, place.name) == (ADA, "Ada Lie")


async def test_a_range_and_any_day_can_be_waited_for() -> None:
    house = House()
    answer = await join(house, day="next week")
    assert "from tomorrow to Sunday the 29th of November" in answer["say"]
    anyday = await join(house, day="next", time_of_day="around two")
    assert (anyday["from"], anyday["until"]) == ("2026-11-22", "2026-12-06")
    wish = house.schedule.waiting.line[1].wish
    assert (wish.not_before, wish.begins_before) == (time(13), time(15))


async def test_what_is_free_is_offered_and_not_waited_for() -> None:
    house = House()
    answer = await fail(
        house, "join_waiting_list", **JOIN, day="friday", time_of_day="after four"
    )
    assert answer["slots"] == ["2026-11-27T16:00", "2026-11-27T16:30"]
    assert answer["say"].startswith("There is something free. On Friday")
    assert house.schedule.waiting.line == []
    evening = {"day": "friday", "time_of_day": "after 17:00"}
    await ask(house, "join_waiting_list", **JOIN, **evening)


async def test_four_places_are_too_many() -> None:
    house = House()
    for day in ("monday", "tuesday", "wednesday"):
        await join(house, day=day)
    answer = await fail(house, "join_waiting_list", **JOIN, day="friday")
    assert "as many places" in answer["error"]


async def test_who_cannot_be_reached_cannot_wait() -> None:
    withheld = await fail(House(""), "join_waiting_list", **JOIN, day="friday")
    assert "withheld" in withheld["error"]
    mute = House()
    mute.schedule.can_text = False
    assert (
        "cannot send"
        in (await fail(mute, "join_waiting_list", **JOIN, day="friday"))["error"]
    )
    assert not mute.schedule.waiting.line


async def test_what_is_kept_is_told_and_taken() -> None:
    house = House()
    keep(house)
    told = await ask(house, "find_my_appointments")
    assert told["kept_for_you"][0]["code"] == "K7M4X"
    assert told["say"].endswith(
        "A bicycle service on Friday the 27th of November at nine o'clock in the "
        "morning is kept for you, code K 7 M 4 X. Shall I book it?"
    )
    result = await call(house, "take_offered_time", code="k7 m4x")
    assert read(result)["say"].startswith("You are booked: bicycle service on Friday")
    assert result.done.startswith("booked bicycle service")
    late = await fail(house, "take_offered_time", code="K7M4X")
    assert "not kept any more" in late["error"]


async def test_what_is_kept_may_be_one_appointment_too_many() -> None:
    house = House()
    keep(house)
    house.schedule.waiting.crowded = True
    answer = await fail(house, "take_offered_time", code="K7M4X")
    assert "cancel one" in answer["error"]


async def test_what_is_kept_for_another_is_nobody_s_business() -> None:
    house = House()
    keep(house, "THEIR", phone=BOB)
    theirs = await fail(house, "take_offered_time", code="THEIR")
    nobodys = await fail(house, "take_offered_time", code="ZZZZZ")
    assert str(theirs).replace("THEIR", "*").replace("T H E I R", "*") == (
        str(nobodys).replace("ZZZZZ", "*").replace("Z Z Z Z Z", "*")
    )


async def test_a_kept_time_cannot_be_moved_or_cancelled_like_a_booked_one() -> None:
    house = House()
    keep(house)
    await fail(house, "cancel_appointment", code="K7M4X")
    await fail(house, "text_confirmation", code="K7M4X")
    assert not house.schedule.booked["K7M4X"].cancelled


async def test_leaving_is_once() -> None:
    house = House()
    await join(house, day="friday")
    told = await ask(house, "find_my_appointments")
    assert told["waiting_for"] == ["puncture repair"]
    assert told["say"].endswith("You are on the waiting list for puncture repair.")
    left = await ask(house, "leave_waiting_list")
    assert left["say"] == "You are off the waiting list."
    again = await ask(house, "leave_waiting_list")
    assert again["say"] == "You are not on our waiting list."


async def test_a_confirmation_goes_to_whoever_asked_for_it() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(27, 9))
    answer = await ask(house, "text_confirmation", code="K7M4X")
    assert "the day before" in answer["say"]
    assert house.schedule.booked["K7M4X"].texts


async def test_no_text_goes_where_none_can() -> None:
    withheld = await fail(House(""), "text_confirmation", code="K7M4X")
    assert "Spell the code" in withheld["error"]
    mute = House()
    mute.schedule.can_text = False
    mute.schedule.hold("K7M4X", at(27, 9))
    await fail(mute, "text_confirmation", code="K7M4X")
    theirs = House()
    theirs.schedule.hold("K7M4X", at(27, 9), phone=BOB)
    await fail(theirs, "text_confirmation", code="K7M4X")
    assert not theirs.schedule.booked["K7M4X"].texts


async def test_a_withheld_number_books_a_little_in_each_call() -> None:
    house = House("")
    for clock in ("09:00", "10:00"):
        await ask(
            house,
            "book_appointment",
            **JOIN,
            start=f"2026-11-27T{clock}",
        )
    answer = await fail(house, "book_appointment", **JOIN, start="2026-11-27T11:00")
    assert "In this call" in answer["error"]
    assert {one.phone for one in house.schedule.booked.values()} == {""}


@pytest.mark.parametrize(
    "name",
    [
        *("book_appointment", "move_appointment", "cancel_appointment"),
        *("join_waiting_list", "take_offered_time", "leave_waiting_list"),
        "text_confirmation",
    ],
)
def test_what_changes_the_book_says_so(name: str) -> None:
    assert DEFINITIONS[name].changes
    assert not DEFINITIONS["find_free_slots"].changes
    assert DEFINITIONS["find_my_appointments"].personal
