"""What the figures of a day mean, by example."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcenter.domain.figures import NO_DAY, Day, Group, Waits, today, week_before
from callcenter.domain.outcomes import Disposition

OSLO = ZoneInfo("Europe/Oslo")

DAY = Day(
    (
        Group(None, escalated=False, calls=2, cost_usd=0.5),
        Group(Disposition.RESOLVED, escalated=False, calls=6, seconds=600, cost_usd=3),
        Group(Disposition.RESOLVED, escalated=True, calls=1, seconds=300, cost_usd=1),
        Group(Disposition.ESCALATED, escalated=True, calls=2, seconds=900, cost_usd=1),
        Group(Disposition.ABANDONED, escalated=False, calls=1, seconds=5),
        Group(Disposition.SPAM, escalated=False, calls=4, seconds=8),
    ),
    Waits(needed=5, answered=3, answered_in_time=2, answered_wait_s=60, pending=1),
)


def test_a_call_that_goes_on_began_but_has_not_ended_and_spam_counts_as_a_call() -> (
    None
):
    assert (DAY.calls, DAY.ended, DAY.escalated) == (16, 10, 3)


def test_contained_is_resolved_without_asking_for_an_operator() -> None:
    assert DAY.containment == 6 / 10


def test_abandoned_counts_against_what_ended() -> None:
    assert DAY.abandonment == 1 / 10


def test_handle_time_is_of_calls_for_which_something_was_done() -> None:
    assert DAY.handle_time_s == 1800 / 9


def test_service_level_leaves_out_who_may_still_be_answered_in_time() -> None:
    assert DAY.service_level == 2 / 4


def test_speed_of_answer_is_of_the_answered_only() -> None:
    assert DAY.speed_of_answer_s == 20


def test_spam_costs_too() -> None:
    assert DAY.cost_usd == 5.5


def test_an_empty_day_has_no_shares() -> None:
    assert NO_DAY.calls == 0
    assert NO_DAY.service_level is None
    assert NO_DAY.containment is None
    assert NO_DAY.handle_time_s is None


def test_a_day_begins_at_midnight_of_the_house() -> None:
    at = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # half past midnight in Oslo
    span = today(at, OSLO)
    assert span.begins == datetime(2026, 11, 23, tzinfo=OSLO)
    assert span.ends == at


def test_last_week_ends_at_the_same_time_by_the_clock_over_a_change_to_winter() -> None:
    at = datetime(2026, 10, 27, 12, 0, tzinfo=OSLO)
    span = week_before(at, OSLO)
    assert span.begins.isoformat() == "2026-10-20T00:00:00+02:00"
    assert span.ends.isoformat() == "2026-10-20T12:00:00+02:00"
