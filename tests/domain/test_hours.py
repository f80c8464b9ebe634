"""Working hours, as people write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.hours import DAYS, Hours

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = datetime(2026, 3, 2, tzinfo=OSLO)


def at(day: str, clock: str, *, second: int = 0) -> datetime:
    """A moment in the week of 2 March 2026, in Oslo."""
    hour, minute = map(int, clock.split(":"))
    date = MONDAY + timedelta(days=DAYS.index(day.lower()))
    return date.replace(hour=hour, minute=minute, second=second)


def open_days(text: str, clock: str = "12:00") -> str:
    hours = Hours.parse(f"{text} Europe/Oslo")
    return " ".join(day for day in DAYS if hours.include(at(day, clock)))


@pytest.mark.parametrize(
    ("days", "open_on"),
    [
        ("Mon-Fri", "mon tue wed thu fri"),
        ("Sat", "sat"),
        ("Fri-Mon", "mon fri sat sun"),
        ("Sun-Sun", "sun"),
        ("Tue-Mon", "mon tue wed thu fri sat sun"),
        ("mON-tUE", "mon tue"),
    ],
)
def test_days_of_the_week(days: str, open_on: str) -> None:
    assert open_days(f"{days} 08:00-18:00") == open_on


@pytest.mark.parametrize(
    ("clock", "second", "open_"),
    [
        ("07:59", 59, False),
        ("08:00", 0, True),
        ("17:59", 59, True),
        ("18:00", 0, False),
    ],
)
def test_the_first_minute_counts_and_the_last_does_not(
    clock: str,
    second: int,
    open_: bool,
) -> None:
    hours = Hours.parse("Mon-Fri 8:00-18:00 Europe/Oslo")

    assert hours.include(at("tue", clock, second=second)) is open_


def test_a_night_belongs_to_the_day_on_which_it_began() -> None:
    night = "Fri 22:00-06:00"

    assert open_days(night, "23:00") == "fri"
    assert open_days(night, "05:59") == "sat"
    assert open_days(night, "06:00") == ""
    assert open_days(night, "12:00") == ""


def test_the_night_from_sunday_reaches_into_the_next_week() -> None:
    assert open_days("Sun 22:00-06:00", "05:00") == "mon"


def test_several_spans_add_up() -> None:
    spans = "Mon-Thu 08:00-18:00, Fri 08:00-13:00,Sat 10:00-11:00"

    assert open_days(spans, "12:00") == "mon tue wed thu fri"
    assert open_days(spans, "14:00") == "mon tue wed thu"
    assert open_days(spans, "10:30") == "mon tue wed thu fri sat"


def test_a_day_may_last_until_midnight() -> None:
    hours = Hours.parse("Mon 00:00-24:00 Europe/Oslo")

    assert hours.include(at("mon", "00:00"))
    assert hours.include(at("mon", "23:59", second=59))
    assert not hours.include(at("tue", "00:00"))
    assert not hours.include(at("sun", "23:59"))


def test_hours_without_length_are_never() -> None:
    assert open_days("Mon-Sun 12:00-12:00") == ""


@pytest.mark.parametrize(
    ("utc", "open_"),
    [  # Oslo is at +1, from 29 March at +2, from 25 October at +1 again
        (datetime(2026, 3, 28, 7, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 6, tzinfo=UTC), True),
        (datetime(2026, 10, 24, 6, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 6, tzinfo=UTC), False),
        (datetime(2026, 10, 25, 7, tzinfo=UTC), True),
    ],
)
def test_the_clock_on_the_wall_decides_when_clocks_change(
    utc: datetime,
    open_: bool,
) -> None:
    assert Hours.parse("Mon-Sun 08:00-18:00 Europe/Oslo").include(utc) is open_


def test_a_moment_is_the_same_moment_wherever_it_was_read() -> None:
    hours = Hours.parse("Mon 08:00-09:00 Asia/Tokyo")

    assert hours.include(datetime(2026, 3, 1, 23, 30, tzinfo=UTC))
    assert not hours.include(datetime(2026, 3, 2, 8, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Mon 08:00-18:00 Europe/Olso", "'Europe/Olso' is not a time zone; write"),
        ("", "'' is not a time zone; write hours like"),
        ("Mon 08:00-18:00", "'08:00-18:00' is not a time zone"),
        ("Mon 08:00-18:00 ../Oslo", "'../Oslo' is not a time zone"),
        ("Europe/Oslo", "'' are not hours; write them like 'Mon-Fri 08:00-18:00'"),
        ("whenever Europe/Oslo", "'whenever' are not hours"),
        ("Mon 08:00-18:00, Europe/Oslo", "'' are not hours"),
        ("Mon 8-18 Europe/Oslo", "'Mon 8-18' are not hours"),
        ("Mon-Fri-Sat 08:00-18:00 Europe/Oslo", "are not hours"),
        ("Man-Fre 08:00-18:00 Europe/Oslo", "'Man' is not a day; use Mon, Tue"),
        ("Mon-Fre 08:00-18:00 Europe/Oslo", "'Fre' is not a day"),
        ("Mon 08:60-18:00 Europe/Oslo", "'08:60' is not a time of day"),
        ("Mon 08:00-24:01 Europe/Oslo", "'24:01' is not a time of day"),
        ("Mon 25:00-26:00 Europe/Oslo", "'25:00' is not a time of day"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(ValueError) as caught:
        Hours.parse(text)

    assert sentence in str(caught.value)


@given(st.text() | st.text(alphabet="MonFri 0123456789:-,/UTC"))
def test_any_text_is_hours_or_a_value_error(text: str) -> None:
    try:
        hours = Hours.parse(text)
    except ValueError:
        return
    assert hours.spans
