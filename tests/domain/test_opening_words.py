"""When we open again, in words; and when that is."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.hours import Hours
from callcenter.domain.opening_words import opens_again

OSLO = ZoneInfo("Europe/Oslo")
MONDAY = datetime(2026, 11, 23, 20, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("opens", "said"),
    [
        ((23, 21, 0), "at nine in the evening today"),
        ((24, 8, 0), "at eight tomorrow"),
        ((24, 13, 30), "at half past one in the afternoon tomorrow"),
        ((25, 9, 15), "at 9:15 on Wednesday"),
        ((30, 12, 0), "at twelve on Monday, November 30"),
    ],
)
def test_the_day_and_the_hour_are_said_as_people_say_them(
    opens: tuple[int, int, int], said: str
) -> None:
    day, hour, minute = opens
    at = datetime(2026, 11, day, hour, minute, tzinfo=OSLO)
    assert opens_again(at, MONDAY) == f"We open again {said}."


def test_what_nobody_knows_is_not_said() -> None:
    assert opens_again(None, MONDAY) == ""


@pytest.mark.parametrize(
    ("hours", "day", "hour"),
    [
        ("Mon-Fri 08:00-16:00 Europe/Oslo", 24, 8),
        ("Mon-Fri 22:00-06:00 Europe/Oslo", 23, 22),
        ("Sat 10:00-14:00 Europe/Oslo", 28, 10),
        ("Mon 08:00-16:00 Europe/Oslo", 30, 8),
    ],
)
def test_hours_know_when_they_begin_next(hours: str, day: int, hour: int) -> None:
    begins = Hours.parse(hours).next_opening(MONDAY)
    assert begins == datetime(2026, 11, day, hour, tzinfo=OSLO)
