"""When a text message may be sent."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain.texting import is_decent, next_morning, reminder_time

OSLO = ZoneInfo("Europe/Oslo")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=OSLO)


def test_a_reminder_comes_the_day_before_at_a_decent_hour() -> None:
    assert reminder_time(at(10, 9), time(17)) == at(9, 17)


def test_a_reminder_keeps_its_hour_when_clocks_change_meanwhile() -> None:
    """On the 28th it is still winter."""
    remind = reminder_time(at(29, 12), time(17))
    assert (remind.day, remind.hour, remind.astimezone(UTC).hour) == (28, 17, 16)


@pytest.mark.parametrize(
    ("hour", "minute", "decent"),
    [(7, 59, False), (8, 0, True), (20, 59, True), (21, 0, False), (3, 0, False)],
)
def test_nobody_is_woken(hour: int, minute: int, decent: bool) -> None:
    assert is_decent(at(10, hour, minute)) is decent


def test_what_is_due_at_night_waits_for_the_morning() -> None:
    assert next_morning(at(10, 23)) == at(11, 8)
    assert next_morning(at(10, 3)) == at(10, 8)
