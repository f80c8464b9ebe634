"""When a caller wants to be called back, on a Sunday noon and a Monday afternoon."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pytest

from callcenter.domain.schedule import OpeningTime
from callcenter.tools.callback_times import Week, parse_callback_time, spoken_moment
from callcenter.tools.definition import Unfit
from tests.tools.fakes import at

MONDAY = at(23, 14, 20)
"""The house is open on weekdays from nine to five."""


def openings(closed: date | None = None) -> Sequence[OpeningTime]:
    days = [at(22, 0) + timedelta(days=n) for n in range(16)]
    return [
        OpeningTime(day.date(), day.replace(hour=9), day.replace(hour=17))
        for day in days
        if day.weekday() < 5 and day.date() != closed
    ]


def meant(text: str, now: datetime = MONDAY) -> str:
    found = parse_callback_time(text, Week(now, openings()))
    return f"{found:%a %d %H:%M}"


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("as soon as possible", "Mon 23 14:20"),
        ("Now, please.", "Mon 23 14:20"),
        ("in an hour", "Mon 23 15:20"),
        ("in half an hour", "Mon 23 14:50"),
        ("in about 20 minutes", "Mon 23 14:40"),
        ("in one and a half hours", "Mon 23 15:50"),
        ("in four hours", "Tue 24 09:00"),
        ("this afternoon", "Mon 23 14:20"),
        ("later today", "Mon 23 14:20"),
        ("at four", "Mon 23 16:00"),
        ("after four", "Mon 23 16:00"),
        ("at ten", "Tue 24 10:00"),
        ("in the morning", "Tue 24 09:00"),
        ("tomorrow", "Tue 24 09:00"),
        ("tomorrow at ten", "Tue 24 10:00"),
        ("tomorrow at 10:30", "Tue 24 10:30"),
        ("tomorrow after three", "Tue 24 15:00"),
        ("tomorrow morning", "Tue 24 09:00"),
        ("on Friday between ten and twelve", "Fri 27 10:00"),
        ("Wednesday afternoon", "Wed 25 12:00"),
        ("next Monday at half past nine", "Mon 30 09:30"),
        ("the day after tomorrow", "Wed 25 09:00"),
        ("2026-11-27T10:00", "Fri 27 10:00"),
        ("2026-11-27 10:00", "Fri 27 10:00"),
    ],
)
def test_what_callers_say_is_a_moment_in_the_house_s_hours(
    said: str, understood: str
) -> None:
    assert meant(said) == understood


def test_when_we_are_closed_as_soon_as_possible_is_the_next_opening() -> None:
    assert meant("as soon as possible", at(22, 12)) == "Mon 23 09:00"
    assert meant("in an hour", at(23, 20)) == "Tue 24 09:00"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("when the moon is full", "I do not understand when"),
        ("tomorrow at the usual time", "I do not understand when"),
        ("tomorrow at eight in the evening", "open from nine o'clock in the morning"),
        ("on Sunday", "we are closed"),
        ("today at ten", "is past"),
        ("2026-11-23T10:00", "is past"),
        ("in 3 weeks", "more than 14 days"),
        ("2027-01-05T10:00", "more than 14 days"),
        ("+1 900 555 0100", "I do not understand when"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(said: str, why: str) -> None:
    with pytest.raises(Unfit, match=why) as refused:
        meant(said)
    assert refused.value.say


def test_a_holiday_is_no_day_to_be_called() -> None:
    week = Week(MONDAY, openings(closed=date(2026, 11, 24)))
    assert parse_callback_time("at ten", week) == at(25, 10)
    with pytest.raises(Unfit, match="tomorrow we are closed"):
        parse_callback_time("tomorrow at ten", week)


def test_a_house_without_hours_calls_at_any_time() -> None:
    week = Week(at(22, 12), [])
    assert parse_callback_time("now", week) == at(22, 12)
    assert parse_callback_time("tonight", week) == at(22, 17)


def test_the_moment_is_said_back() -> None:
    today = MONDAY.date()
    assert spoken_moment(at(24, 10), today) == (
        "tomorrow at ten o'clock in the morning"
    )
    assert spoken_moment(at(27, 15, 30), today).startswith("on Friday the 27th")
