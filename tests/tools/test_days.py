from datetime import date, datetime, timedelta

import pytest

from callcenter.tools.days import parse_day, parse_start
from callcenter.tools.definition import Unfit
from tests.tools.fakes import OSLO

SUNDAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("today", 22),
        ("Tomorrow.", 23),
        ("the day after tomorrow", 24),
        ("2026-11-27", 27),
        ("2026-11-27T09:00", 27),
        ("Sunday", 22),
        ("next sunday", 29),
        ("this Friday", 27),
        ("next Friday", 27),
        ("on tues", 24),
        ("27 November", 27),
        ("the 27th of November", 27),
        ("November 27th, 2026", 27),
        ("nov 27", 27),
    ],
)
def test_a_day_is_understood_as_callers_say_it(said: str, day: int) -> None:
    assert parse_day(said, SUNDAY) == date(2026, 11, day)


def test_a_date_that_is_over_is_next_year_s() -> None:
    assert parse_day("3 January", SUNDAY) == date(2027, 1, 3)
    assert parse_day("3 January 2026", SUNDAY) == date(2026, 1, 3)


@pytest.mark.parametrize(
    "said",
    ["someday", "31 February", "29 February 2027", "27 Brumaire", "2026-13-01", ""],
)
def test_anything_else_is_refused_with_what_to_write(said: str) -> None:
    with pytest.raises(Unfit, match="today, tomorrow, a weekday, or a date like"):
        parse_day(said, SUNDAY)


def test_a_start_is_local_unless_it_says_otherwise() -> None:
    nine = datetime(2026, 11, 27, 9, tzinfo=OSLO)
    assert parse_start("2026-11-27T09:00", OSLO) == nine
    assert parse_start("2026-11-27 09:00", OSLO) == nine
    assert parse_start("2026-11-27T08:00Z", OSLO) == nine
    assert parse_start("2026-11-27T08:00Z", OSLO).tzinfo is OSLO
    assert parse_start("2026-11-27T09:00", OSLO).utcoffset() == timedelta(hours=1)


@pytest.mark.parametrize("said", ["2026-11-27", "nine", "", "2026-11-27T25:00"])
def test_a_start_without_a_time_is_refused(said: str) -> None:
    with pytest.raises(Unfit, match="exactly as find_free_slots gave it"):
        parse_start(said, OSLO)
