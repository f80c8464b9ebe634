from datetime import date
from typing import Any

import pytest

from callcenter.domain.ids import CallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.tools.registry import DEFINITIONS
from tests.tools.asking import ask, call, fail, read
from tests.tools.fakes import ADA, BOB, CALL, House, at

FRIDAY_NINE = "2026-11-27T09:00"


def book(house: House, start: str = FRIDAY_NINE, name: str = "Ada Lie") -> Any:
    return call(
        house, "book_appointment", service="bicycle service", start=start, name=name
    )


async def test_the_services_are_told_with_the_opening_hours() -> None:
    answer = await ask(House(), "list_services")
    assert answer["say"] == (
        "We offer bicycle service, an hour; puncture repair, 30 minutes; bike fitting, "
        "45 minutes; rental pick-up, 15 minutes. We are open Monday to Friday from "
        "nine o'clock in the morning to five o'clock in the afternoon."
    )
    assert answer["services"][0]["name"] == "bicycle service"
    assert answer["opening"][0] == "Mon 2026-11-23 09:00-17:00"


async def test_at_most_three_times_are_offered_and_all_are_known() -> None:
    answer = await ask(
        House(), "find_free_slots", service="a service for my bike", day="Friday"
    )
    assert answer["say"] == (
        "On Friday the 27th of November I have nine o'clock, half past nine or ten "
        "o'clock. There are later times too. Which suits you?"
    )
    assert answer["service"] == "bicycle service"
    assert answer["slots"][:2] == [FRIDAY_NINE, "2026-11-27T09:30"]
    assert len(answer["slots"]) == 16


async def test_the_next_free_day_is_found() -> None:
    house = House()
    house.schedule.full = {date(2026, 11, 23)}
    answer = await ask(house, "find_free_slots", service="puncture", day="next")
    assert answer["say"].startswith("On Tuesday the 24th of November I have nine")
    assert {start[:10] for start in answer["slots"]} == {"2026-11-24"}


async def test_today_only_offers_what_is_still_to_come() -> None:
    house = House()
    house.clock.moment = at(23, 16, 10)
    answer = await ask(house, "find_free_slots", service="puncture", day="today")
    assert answer["say"] == ("Today I have half past four. Does that suit you?")


async def test_a_closed_day_brings_the_days_after_it() -> None:
    answer = await ask(House(), "find_free_slots", service="puncture", day="2026-11-28")
    assert answer["say"].startswith(
        "We are closed on Saturday the 28th of November. On Monday the 30th of "
        "November I have nine o'clock, half past nine or ten o'clock."
    )
    assert answer["slots"] == [f"2026-11-30T{t}" for t in ("09:00", "09:30", "10:00")]


async def test_a_full_day_is_not_called_closed() -> None:
    house = House()
    house.schedule.full = {date(2026, 11, 23), date(2026, 11, 27)}
    friday = await ask(house, "find_free_slots", service="puncture", day="friday")
    assert friday["say"].startswith(
        "There is nothing free for Friday the 27th of November. On Monday"
    )
    house.clock.moment = at(23, 8)
    today = await ask(house, "find_free_slots", service="puncture", day="today")
    assert today["say"].startswith("There is nothing free today. Tomorrow I have")


async def test_a_full_fortnight_is_admitted() -> None:
    house = House()
    house.schedule.full = {date(2026, 11, d) for d in range(22, 31)}
    house.schedule.full |= {date(2026, 12, d) for d in range(1, 32)}
    nothing = await ask(house, "find_free_slots", service="puncture")
    assert (nothing["say"], nothing["slots"]) == (
        "There is nothing free in the next two weeks.",
        [],
    )
    friday = await ask(house, "find_free_slots", service="puncture", day="friday")
    assert friday["say"].endswith("Nor in the two weeks after it.")


@pytest.mark.parametrize("day", ["2026-11-21", "2027-06-01", "someday"])
async def test_a_day_that_cannot_be_meant_is_refused(day: str) -> None:
    result = await call(House(), "find_free_slots", service="puncture", day=day)
    assert result.outcome is ToolOutcome.REFUSED


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("bicycle service", "bicycle service"),
        ("Bike Service", "bicycle service"),
        ("a check-up for my e-bike", "bicycle service"),
        ("fix my brakes", "bicycle service"),
        ("a flat tyre", "puncture repair"),
        ("punctur repare", "puncture repair"),
        ("fitting", "bike fitting"),
        ("I would like to rent a bike", "rental pick-up"),
    ],
)
async def test_a_service_is_understood_as_callers_say_it(said: str, meant: str) -> None:
    answer = await ask(House(), "find_free_slots", service=said, day="friday")
    assert answer["service"] == meant


@pytest.mark.parametrize("said", ["repair my bike", "a haircut", "the", "???"])
async def test_an_unclear_service_is_asked_about_not_guessed(said: str) -> None:
    answer = await fail(House(), "find_free_slots", service=said, day="friday")
    assert answer["say"] == (
        "Which of these would you like: bicycle service, puncture repair, bike "
        "fitting or rental pick-up?"
    )
    assert len(answer["services"]) == 4


async def test_services_that_are_equally_likely_are_offered_alone() -> None:
    answer = await fail(House(), "find_free_slots", service="service or puncture")
    assert answer["services"] == ["bicycle service", "puncture repair"]


async def test_a_booking_is_for_the_number_that_calls_and_its_code_is_spelled() -> None:
    house = House()
    result = await book(house)
    assert read(result) == {
        "say": "You are booked: bicycle service on Friday the 27th of November at nine "
        "o'clock in the morning, for Ada Lie. Your code is K 7 M 4 0.",
        "code": "K7M40",
        "service": "bicycle service",
        "start": FRIDAY_NINE,
        "name": "Ada Lie",
    }
    assert result.done.startswith("booked bicycle service for Ada Lie on Friday")
    [booked] = house.schedule.booked.values()
    assert (booked.phone, booked.call_id) == (ADA, CALL)


async def test_booking_twice_books_once() -> None:
    house = House()
    first, again = await book(house), await book(house, name="ada lie")
    assert first.output == again.output
    assert len(house.schedule.booked) == 1


async def test_a_time_that_was_just_taken_brings_the_nearest_free_ones() -> None:
    house = House()
    house.schedule.snatched = {at(27, 10)}
    result = await book(house, "2026-11-27T10:00")
    answer = read(result)
    assert result.outcome is ToolOutcome.FAILED
    assert "nothing was booked" in answer["error"]
    assert answer["say"].startswith(
        "I am sorry, ten o'clock on Friday the 27th of November is not free. On Friday"
    )
    assert not result.done
    assert not house.schedule.booked


@pytest.mark.parametrize("start", ["2026-11-27T09:10", "2026-11-28T09:00"])
async def test_a_time_that_was_never_offered_cannot_be_booked(start: str) -> None:
    house = House()
    answer = read(await book(house, start))
    assert "is not free" in answer["error"]
    assert len(answer["slots"]) == 3
    assert not house.schedule.booked


async def test_the_alternatives_are_the_nearest_and_in_order() -> None:
    house = House()
    house.schedule.hold("X", at(27, 12), phone=BOB)
    answer = read(await book(house, "2026-11-27T12:00"))
    assert answer["slots"] == [f"2026-11-27T{t}" for t in ("11:00", "11:30", "12:30")]


async def test_nothing_near_is_admitted() -> None:
    house = House()
    house.schedule.full = {date(2026, 11, d) for d in range(22, 31)}
    house.schedule.full |= {date(2026, 12, d) for d in range(1, 32)}
    answer = read(await book(house))
    assert answer["say"].endswith("Nothing is free in the days after it.")


@pytest.mark.parametrize(
    "start", ["2026-11-20T09:00", "2026-11-22T09:00", "2027-06-01T09:00", "nine"]
)
async def test_a_start_that_cannot_be_meant_is_refused(start: str) -> None:
    house = House()
    assert (await book(house, start)).outcome is ToolOutcome.REFUSED
    assert not house.schedule.booked


async def test_one_number_cannot_fill_the_book() -> None:
    house = House()
    for hour in range(9, 14):
        house.schedule.hold(f"C{hour}", at(25, hour))
    assert (await book(house)).outcome is ToolOutcome.FAILED
    assert len(house.schedule.booked) == 5


async def test_an_appointment_is_moved_and_keeps_its_code() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(27, 9))
    result = await call(
        house, "move_appointment", code="k 7 m-4 x", start="2026-11-30T10:30"
    )
    assert read(result)["say"] == (
        "I have moved it: your bicycle service is now on Monday the 30th of November "
        "at half past ten in the morning. Your code is K 7 M 4 X."
    )
    assert result.done.startswith("moved the bicycle service of Ada Lie: now on Monday")
    assert house.schedule.booked["K7M4X"].slot.starts_at == at(30, 10, 30)


async def test_moving_to_where_it_is_changes_nothing() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(27, 9))
    answer = await ask(house, "move_appointment", code="K7M4X", start=FRIDAY_NINE)
    assert answer["say"].startswith("It is already on Friday")


async def test_a_move_that_came_too_late_leaves_the_old_time() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(27, 9))
    house.schedule.snatched = {at(30, 9)}
    answer = await fail(
        house, "move_appointment", code="K7M4X", start="2026-11-30T09:00"
    )
    assert "nothing was booked or moved" in answer["error"]
    assert house.schedule.booked["K7M4X"].slot.starts_at == at(27, 9)


async def test_an_appointment_is_cancelled_once() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(27, 9))
    answer = await ask(house, "cancel_appointment", code="K7M4X")
    assert answer["say"] == (
        "Your bicycle service on Friday the 27th of November at nine o'clock in the "
        "morning is cancelled."
    )
    assert house.schedule.booked["K7M4X"].cancelled
    again = await fail(house, "cancel_appointment", code="K7M4X")
    assert again["say"] == "That appointment is cancelled already."


async def test_what_is_past_cannot_be_changed() -> None:
    house = House()
    house.schedule.hold("K7M4X", at(20, 9))
    answer = await fail(house, "cancel_appointment", code="K7M4X")
    assert answer["say"] == "That appointment is in the past already."


@pytest.mark.parametrize("tool", ["cancel_appointment", "move_appointment"])
async def test_another_caller_s_code_is_like_one_that_does_not_exist(tool: str) -> None:
    house = House(caller_number=BOB)
    held = house.schedule.hold("K7M4X", at(27, 9))
    more = {"start": "2026-11-30T09:00"} if tool == "move_appointment" else {}
    theirs = await fail(house, tool, code="K7M4X", **more)
    nobodys = await fail(house, tool, code="ZZZZZ", **more)
    assert str(theirs).replace("K7M4X", "*").replace("K 7 M 4 X", "*") == str(
        nobodys
    ).replace("ZZZZZ", "*").replace("Z Z Z Z Z", "*")
    assert house.schedule.booked["K7M4X"] == held


@pytest.mark.parametrize("number", ["", "anonymous", "+266696687", "sip:anonymous@x"])
async def test_a_withheld_number_owns_nothing_but_what_this_call_made(
    number: str,
) -> None:
    house = House(caller_number=number)
    house.schedule.hold("K7M4X", at(26, 9), phone=number)
    await fail(house, "cancel_appointment", code="K7M4X")
    assert "withheld" in (await fail(house, "find_my_appointments"))["say"]
    code = read(await book(house))["code"]
    assert house.schedule.booked[code].call_id == CallId("call-1")
    assert (await ask(house, "cancel_appointment", code=code))["cancelled"]


async def test_a_caller_hears_of_their_own_appointments_only() -> None:
    house = House()
    house.schedule.hold("MINE1", at(27, 9))
    house.schedule.hold("MINE2", at(30, 14, 30))
    house.schedule.hold("THEIR", at(27, 11), phone=BOB)
    house.schedule.hold("PAST1", at(20, 11))
    answer = await ask(house, "find_my_appointments")
    assert [each["code"] for each in answer["appointments"]] == ["MINE1", "MINE2"]
    assert answer["say"] == (
        "You have bicycle service on Friday the 27th of November at nine o'clock in "
        "the morning, code M I N E 1 and bicycle service on Monday the 30th of "
        "November at half past two in the afternoon, code M I N E 2."
    )


async def test_no_appointments_is_an_answer() -> None:
    answer = await ask(House(), "find_my_appointments")
    assert answer["appointments"] == []


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("find_my_appointments", {"phone": BOB}),
        ("cancel_appointment", {"code": "THEIR", "phone": BOB}),
        ("book_appointment", {"service": "puncture", "start": FRIDAY_NINE, "name": "A"}
         | {"phone": BOB}),
    ],
)  # fmt: skip
async def test_a_model_that_obeys_an_impostor_gets_nowhere(
    tool: str, arguments: dict[str, str]
) -> None:
    house = House()
    held = house.schedule.hold("THEIR", at(27, 11), phone=BOB)
    result = await call(house, tool, **arguments)
    assert result.outcome is ToolOutcome.REFUSED
    assert "there is no parameter 'phone'" in read(result)["error"]
    assert house.schedule.booked == {"THEIR": held}


def test_no_tool_takes_a_number_or_an_address() -> None:
    words = ("phone", "number", "caller", "uri", "url", "address", "to", "destination")
    for definition in DEFINITIONS.values():
        for parameter in definition.parameters["properties"]:
            assert not set(parameter.split("_")) & set(words), definition.name
