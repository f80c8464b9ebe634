from datetime import date, datetime, time, timedelta

import pytest

from callcenter.domain.schedule import OpeningTime
from callcenter.tools.opening import spoken_week
from tests.tools.fakes import OSLO

WEDNESDAY = date(2026, 11, 25)


def opening(day: int, opens: int, closes: int) -> OpeningTime:
    """So many days after Wednesday."""
    when = WEDNESDAY + timedelta(days=day)
    first, last = (datetime.combine(when, time(hour), OSLO) for hour in (opens, closes))
    return OpeningTime(when, first, last)


WEEKDAYS = [opening(day, 9, 17) for day in (0, 1, 2, 5, 6)]
NINE_TO_FIVE = "from nine o'clock in the morning to five o'clock in the afternoon"

TEN_TO_NOON = "from ten o'clock in the morning to noon"


@pytest.mark.parametrize(
    ("week", "said"),
    [
        ([], "We are closed all week."),
        (WEEKDAYS, f"We are open Monday to Friday {NINE_TO_FIVE}."),
        (
            [*WEEKDAYS, opening(3, 10, 12)],
            f"We are open Monday to Friday {NINE_TO_FIVE} and Saturday {TEN_TO_NOON}.",
        ),
        (WEEKDAYS[:2], f"We are open Wednesday and Thursday {NINE_TO_FIVE}."),
        (
            [WEEKDAYS[0], WEEKDAYS[2], WEEKDAYS[3]],
            f"We are open Monday, Wednesday and Friday {NINE_TO_FIVE}.",
        ),
    ],
)
def test_a_week_is_told_from_monday_and_equal_days_together(
    week: list[OpeningTime], said: str
) -> None:
    assert spoken_week(week) == said
