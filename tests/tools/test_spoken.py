from datetime import date, time, timedelta

import pytest

from callcenter.tools.spoken import (
    a_percentage,
    all_of,
    degrees,
    on_day,
    one_of,
    ordinal,
    spelled,
    spoken_day,
    spoken_length,
    spoken_time,
    spoken_time_of_day,
)

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(9), "nine o'clock"),
        (time(10, 30), "half past ten"),
        (time(14, 15), "quarter past two"),
        (time(14, 45), "quarter to three"),
        (time(23, 45), "quarter to twelve"),
        (time(0, 45), "quarter to one"),
        (time(10, 5), "ten oh five"),
        (time(10, 10), "ten ten"),
        (time(10, 19), "ten nineteen"),
        (time(10, 20), "ten twenty"),
        (time(10, 59), "ten fifty-nine"),
    ],
)
def test_times_are_said_as_people_say_them(clock: time, said: str) -> None:
    assert spoken_time(clock) == said


@pytest.mark.parametrize(
    ("clock", "said"),
    [
        (time(0), "midnight"),
        (time(0, 30), "half past twelve in the morning"),
        (time(9), "nine o'clock in the morning"),
        (time(12), "noon"),
        (time(12, 30), "half past twelve in the afternoon"),
        (time(18), "six o'clock in the evening"),
        (time(22, 30), "half past ten at night"),
    ],
)
def test_a_time_that_stands_alone_names_the_part_of_the_day(
    clock: time, said: str
) -> None:
    assert spoken_time_of_day(clock) == said


def test_days_are_said_with_their_date_unless_they_are_near() -> None:
    assert spoken_day(TODAY, TODAY) == "today"
    assert spoken_day(TODAY + timedelta(days=1), TODAY) == "tomorrow"
    assert spoken_day(date(2026, 11, 27), TODAY) == "Friday the 27th of November"
    assert spoken_day(TODAY - timedelta(days=1), TODAY) == (
        "Saturday the 21st of November"
    )
    assert spoken_day(TODAY) == "Sunday the 22nd of November"
    assert on_day(TODAY, TODAY) == "today"
    assert on_day(date(2026, 12, 3), TODAY) == "on Thursday the 3rd of December"
    assert spoken_day(date(2028, 1, 1), TODAY).endswith("1st of January 2028")


def test_ordinals_end_as_they_should() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 22, 23, 30, 31)] == [
        *("1st", "2nd", "3rd", "4th", "11th", "12th", "13th"),
        *("21st", "22nd", "23rd", "30th", "31st"),
    ]


def test_small_things_are_said_well() -> None:
    assert spelled("K7M4X") == "K 7 M 4 X"
    assert [one_of(things) for things in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        *("", "a", "a or b", "a, b or c"),
    ]
    assert all_of(["a", "b", "c"]) == "a, b and c"
    assert [degrees(n) for n in (6.4, -0.4, -2.6)] == ["6", "0", "minus 3"]
    assert [a_percentage(n) for n in (8, 10, 11, 18, 80, 100)] == [
        *("an 8 percent", "a 10 percent", "an 11 percent", "an 18 percent"),
        *("an 80 percent", "a 100 percent"),
    ]
    assert [spoken_length(n) for n in (30, 60, 90, 120, 150, 75)] == [
        *("30 minutes", "an hour", "an hour and a half", "2 hours"),
        *("2 and a half hours", "an hour and 15 minutes"),
    ]
