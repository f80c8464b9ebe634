"""Appointments: how long whom they take, and which free time suits whom."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.schedule import Service, Slot, Wish, later

OSLO = ZoneInfo("Europe/Oslo")
AUTUMN = datetime(2026, 10, 25, 1, 30, tzinfo=OSLO)
"""Ninety minutes before clocks go back."""


def slot(hour: int, minute: int = 0, day: int = 2) -> Slot:
    start = datetime(2026, 3, day, hour, minute, tzinfo=OSLO)
    return Slot("service", "stand", start, 30, before_minutes=10, after_minutes=5)


def test_a_resource_is_busy_before_the_caller_comes_and_after_they_went() -> None:
    one = slot(10)
    clock = [f"{at:%H:%M}" for at in (one.busy_from, one.ends_at, one.busy_until)]
    assert clock == ["09:50", "10:30", "10:35"]


def test_two_hours_are_two_hours_when_clocks_go_back_too() -> None:
    end = later(AUTUMN, 120)
    assert f"{end:%H:%M}" == "02:30"
    assert end.timestamp() - AUTUMN.timestamp() == 2 * 3_600


@pytest.mark.parametrize("lengths", [(0, 0, 0), (30, -1, 0), (30, 0, -1)])
def test_nothing_takes_no_time_or_less(lengths: tuple[int, int, int]) -> None:
    minutes, before, after = lengths
    with pytest.raises(ValueError, match="is none"):
        Service("x", minutes, before_minutes=before, after_minutes=after)
    with pytest.raises(ValueError, match="is none"):
        Slot("x", "y", AUTUMN, minutes, before, after)


@pytest.mark.parametrize(
    ("offered", "suits"),
    [
        (slot(9), True),
        (slot(11, 59), True),
        (slot(12), False),
        (slot(8, 59), False),
        (slot(10, day=1), False),
        (slot(10, day=4), True),
        (slot(10, day=5), False),
    ],
)
def test_a_wish_is_for_some_days_and_some_time_of_day(
    offered: Slot, *, suits: bool
) -> None:
    wish = Wish(
        "service", date(2026, 3, 2), date(2026, 3, 4), time(9), begins_before=time(12)
    )
    assert wish.suits(offered) is suits


def test_who_named_no_time_takes_any_of_the_service() -> None:
    wish = Wish("service", date(2026, 3, 2), date(2026, 3, 2))
    assert wish.suits(slot(0))
    assert wish.suits(slot(23, 30))
    assert not Wish("other", wish.first_day, wish.last_day).suits(slot(10))
