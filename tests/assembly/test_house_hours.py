"""When the house is open, holidays and all; and who is at work then."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from callcenter.assembly.house_hours import HouseHours
from callcenter.domain.house import Closure, House, SpecialHours, WeekTime

OSLO = ZoneInfo("Europe/Oslo")
SHOP = House(
    "Fjord Cycles",
    OSLO,
    tuple(WeekTime(day, time(8), time(16)) for day in range(5)),
    (),
    (),
    country="NO",
    closures=(Closure(date(2026, 12, 28), date(2026, 12, 31)),),
    special_hours=(SpecialHours(date(2026, 12, 24), time(9), time(12)),),
)


def at(day: int, hour: int, month: int = 12) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        (at(21, 8), True, at(22, 8)),
        (at(21, 16), False, at(22, 8)),
        (at(18, 17), False, at(21, 8)),
        (at(24, 13), False, datetime(2027, 1, 4, 8, tzinfo=OSLO)),
        (at(23, 17), False, at(24, 9)),
        (at(25, 10), False, datetime(2027, 1, 4, 8, tzinfo=OSLO)),
    ],
    ids=["open", "closed", "weekend", "closed early", "short day", "Christmas"],
)
def test_the_week_the_holidays_and_the_days_that_are_different(
    moment: datetime, is_open: bool, opens: datetime
) -> None:
    hours = HouseHours(SHOP)
    assert hours.is_open(moment) is is_open
    assert hours.next_opening(moment) == opens
