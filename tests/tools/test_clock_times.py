"""Times of day, as callers and models say them."""

from datetime import datetime, time

import pytest

from callcenter.tools.clock_times import Window, parse_clock, parse_window, split_day
from callcenter.tools.definition import Unfit


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("17", time(17)),
        ("17:30", time(17, 30)),
        ("17.30", time(17, 30)),
        ("09:00", time(9)),
        ("07:00", time(7)),
        ("09:00:00", time(9)),
        ("5", time(17)),
        ("5 pm", time(17)),
        ("5:15 p.m.", time(17, 15)),
        ("5am", time(5)),
        ("12 am", time(0)),
        ("9", time(9)),
        ("noon", time(12)),
        ("five", time(17)),
        ("nine", time(9)),
        ("half past four", time(16, 30)),
        ("quarter to three", time(14, 45)),
        ("quarter past ten", time(10, 15)),
        ("five thirty", time(17, 30)),
        ("ten fifteen", time(10, 15)),
        ("eight in the evening", time(20)),
        ("seven in the morning", time(7)),
        ("twelve", time(12)),
        ("25", None),
        ("10:75", None),
        ("soon", None),
        ("ten past bananas", None),
        ("half past never", None),
        ("five bananas", None),
    ],
)
def test_a_clock_is_read_as_people_mean_it(said: str, meant: time | None) -> None:
    assert parse_clock(said) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("", Window()),
        ("any", Window()),
        ("in the morning", Window(begins_before=time(12))),
        ("Morning", Window(begins_before=time(12))),
        ("evening", Window(time(17))),
        ("after five", Window(time(17))),
        ("after 17:00", Window(time(17))),
        ("after five o'clock", Window(time(17))),
        ("from 10 am", Window(time(10))),
        ("ten or later", Window(time(10))),
        ("before 10:00", Window(begins_before=time(10))),
        ("until noon", Window(begins_before=time(12))),
        ("between 10:00 and 12:00", Window(time(10), time(12))),
        ("10:00-12:00", Window(time(10), time(12))),
        ("from nine to eleven", Window(time(9), time(11))),
        ("around two", Window(near=time(14))),
        ("at half past ten", Window(near=time(10, 30))),
        ("14:00", Window(near=time(14))),
    ],
)
def test_a_time_of_day_is_understood(said: str, meant: Window) -> None:
    assert parse_window(said) == meant


@pytest.mark.parametrize("said", ["purple", "after never", "between 12:00 and 10:00"])
def test_what_is_no_time_says_how_to_write_one(said: str) -> None:
    with pytest.raises(Unfit, match="give it as morning"):
        parse_window(said)


@pytest.mark.parametrize(
    ("said", "day", "clock"),
    [
        ("friday morning", "friday", "morning"),
        ("tomorrow after five", "tomorrow", "after five"),
        ("next tuesday in the afternoon", "next tuesday", "in the afternoon"),
        ("2026-11-27 at 10:00", "2026-11-27", "at 10:00"),
        ("friday", "friday", ""),
        ("day after tomorrow", "day after tomorrow", ""),
        ("the day after tomorrow", "the day after tomorrow", ""),
        ("next week", "next week", ""),
        ("between Monday and Wednesday", "between Monday and Wednesday", ""),
    ],
)
def test_a_time_said_with_the_day_is_told_apart(
    said: str, day: str, clock: str
) -> None:
    assert split_day(said) == (day, clock)


def test_a_window_is_said_as_it_was_meant() -> None:
    assert Window().spoken() == ""
    assert Window(time(17)).spoken() == "after five o'clock in the afternoon"
    assert Window(begins_before=time(12)).spoken() == "before noon"
    assert Window(near=time(14)).spoken() == "around two o'clock in the afternoon"
    assert Window(time(9), time(10)).spoken() == (
        "between nine o'clock in the morning and ten o'clock in the morning"
    )


def test_a_window_includes_its_beginning_and_not_its_end() -> None:
    window = Window(time(10), time(12))
    day = datetime(2026, 11, 27)  # noqa: DTZ001  # only its clock is asked
    assert [window.includes(day.replace(hour=h)) for h in (9, 10, 11, 12)] == [
        *(False, True, True, False)
    ]
    assert window.bounds() == (time(10), time(12))
    assert Window(near=time(14)).bounds() == (time(13), time(15))
