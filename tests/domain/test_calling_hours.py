"""Nobody's telephone rings at night, wherever they may be."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.callbacks import (
    CallbackState,
    RetryRules,
    TryOutcome,
    after_try,
)
from callcenter.domain.calling_hours import LOOK_AHEAD, CallingHours

OSLO, NEW_YORK, SYDNEY = (
    ZoneInfo(name) for name in ("Europe/Oslo", "America/New_York", "Australia/Sydney")
)
HOURS = CallingHours()


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 3, day, hour, minute, tzinfo=OSLO)


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (at(2, 8), True),
        (at(2, 7, 59), False),
        (at(2, 20, 59), True),
        (at(2, 21), False),
    ],
)
def test_from_eight_to_nine_where_they_are(moment: datetime, allowed: bool) -> None:
    assert HOURS.allow(moment, [OSLO]) is allowed


def test_a_number_of_several_zones_must_have_the_hours_in_all() -> None:
    assert HOURS.allow(at(2, 10), [OSLO])
    assert not HOURS.allow(at(2, 10), [OSLO, NEW_YORK])
    assert HOURS.next(at(2, 10), [OSLO, NEW_YORK]) == at(2, 14)


def test_at_night_it_is_the_morning() -> None:
    assert HOURS.next(at(2, 21, 10), [OSLO]) == at(3, 8)
    assert HOURS.next(at(3, 2, 10), [OSLO]) == at(3, 8)
    assert HOURS.next(at(3, 9, 10), [OSLO]) == at(3, 9, 10)


def test_the_night_when_clocks_change_has_its_morning_too() -> None:
    assert HOURS.next(at(28, 23), [OSLO]) == at(29, 8)


def test_a_number_of_half_the_world_waits() -> None:
    everywhere = [OSLO, NEW_YORK, SYDNEY]
    assert HOURS.next(at(2, 10), everywhere) == at(2, 10) + LOOK_AHEAD


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.sampled_from([OSLO, NEW_YORK, SYDNEY, ZoneInfo("Asia/Kathmandu")]),
)
def test_the_next_moment_is_always_a_decent_one(
    moment: datetime, zone: ZoneInfo
) -> None:
    found = HOURS.next(moment, [zone])
    assert HOURS.allow(found, [zone])
    assert timedelta(0) <= found - moment <= timedelta(hours=13)


def test_pauses_grow_and_tries_end() -> None:
    rules = RetryRules(3, timedelta(minutes=10))
    waiting = CallbackState.WAITING
    assert after_try(TryOutcome.BUSY, 1, rules) == (waiting, timedelta(minutes=10))
    assert after_try(TryOutcome.BUSY, 2, rules) == (waiting, timedelta(minutes=30))
    assert after_try(TryOutcome.BUSY, 3, rules) == (CallbackState.UNREACHED, None)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (TryOutcome.ACCEPTED, CallbackState.DONE),
        (TryOutcome.OPTED_OUT, CallbackState.OPTED_OUT),
        (TryOutcome.UNKNOWN, CallbackState.UNREACHED),
    ],
)
def test_what_is_settled_is_not_tried_again(
    outcome: TryOutcome, state: CallbackState
) -> None:
    assert after_try(outcome, 1, RetryRules()) == (state, None)
