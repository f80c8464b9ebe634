"""Who may be rung: what operators say, and what their calls say of them."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain.events import (
    AttemptEnded,
    OperatorAnswered,
    OperatorCalled,
    OperatorLeft,
)
from callcenter.domain.ids import AttemptId, EscalationId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.presence import (
    Attendance,
    OnList,
    OperatorEvent,
    Presence,
    PresenceRules,
    after,
    back,
    put_away,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
RULES = PresenceRules(wrap_up_s=30, missed_calls=2)
ONE, TWO = AttemptId("att_1"), AttemptId("att_2")
ANSWERED, LEFT = OperatorAnswered(ONE), OperatorLeft(ONE, 60)


def ended(outcome: AttemptOutcome) -> AttemptEnded:
    return AttemptEnded(ONE, outcome)


UNKNOWN = Attendance()
RINGS = OperatorCalled(EscalationId("esc_1"), ONE, "Ada", "+15005550101")
MISSED = ended(AttemptOutcome.NO_ANSWER)


def told(
    *events: OperatorEvent,
    start: Attendance = UNKNOWN,
    rules: PresenceRules = RULES,
) -> Attendance:
    for event in events:
        start = after(start, event, NOON, rules)
    return start


def later(seconds: int) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_an_operator_is_busy_with_a_caller_then_writes_then_is_free() -> None:
    assert told(ANSWERED).at(NOON) is Presence.BUSY
    writing = told(ANSWERED, LEFT)
    assert writing.at(later(29)) is Presence.WRAP_UP
    assert writing.at(later(30)) is Presence.AVAILABLE


def test_without_a_wrap_up_an_operator_is_free_at_once() -> None:
    free = told(ANSWERED, LEFT, rules=PresenceRules(wrap_up_s=0))
    assert free.at(NOON) is Presence.AVAILABLE


def test_nobody_is_busy_for_ever() -> None:
    talking = told(ANSWERED)
    assert talking.at(later(RULES.longest_talk_s - 1)) is Presence.BUSY
    assert talking.at(later(RULES.longest_talk_s)) is Presence.AVAILABLE


def test_the_end_of_another_talk_changes_nothing() -> None:
    talking = told(ANSWERED)
    assert told(OperatorLeft(TWO, 1), start=talking) == talking
    assert told(LEFT) == Attendance()


def test_two_missed_calls_in_a_row_are_away_until_back() -> None:
    assert told(MISSED).at(NOON) is Presence.AVAILABLE
    away = told(MISSED, ended(AttemptOutcome.VOICEMAIL))
    assert away.at(later(10**6)) is Presence.AWAY
    assert "missed 2 calls" in away.why
    assert back(NOON).at(NOON) is Presence.AVAILABLE
    assert not back(NOON).missed


@pytest.mark.parametrize("sign", [ended(AttemptOutcome.DECLINED), ANSWERED])
def test_a_sign_of_life_forgets_what_was_missed(sign: OperatorEvent) -> None:
    assert told(MISSED, sign, MISSED).missed == 1


@pytest.mark.parametrize(
    "outcome",
    [
        AttemptOutcome.BUSY,
        AttemptOutcome.FAILED,
        AttemptOutcome.CALLER_LEFT,
        AttemptOutcome.CALLED_OFF,
        AttemptOutcome.TAKEN_BY_ANOTHER,
        AttemptOutcome.CARRIER_REJECTED,
        AttemptOutcome.REFUSED,
    ],
)
def test_what_was_not_their_doing_is_not_missed(outcome: AttemptOutcome) -> None:
    assert told(*[ended(outcome)] * 5) == Attendance()


def test_whose_telephone_rings_is_not_rung_for_anybody_else() -> None:
    ringing = told(RINGS)
    assert ringing.at(later(119)) is Presence.RINGING
    assert ringing.at(later(120)) is Presence.AVAILABLE, "whoever knew more has died"
    assert told(RINGS, ANSWERED).at(NOON) is Presence.BUSY
    quiet = told(RINGS, ended(AttemptOutcome.TAKEN_BY_ANOTHER))
    assert quiet.at(NOON) is Presence.AVAILABLE
    assert told(RINGS, AttemptEnded(TWO, AttemptOutcome.BUSY)) == ringing
    assert told(RINGS, MISSED).missed == 1


@pytest.mark.parametrize("outcome", [AttemptOutcome.CALLER_LEFT, AttemptOutcome.FAILED])
def test_who_took_a_call_to_whom_the_caller_never_came_is_free(
    outcome: AttemptOutcome,
) -> None:
    assert told(RINGS, ANSWERED, ended(outcome)).at(NOON) is Presence.AVAILABLE
    other = told(ANSWERED, AttemptEnded(TWO, outcome))
    assert other.at(NOON) is Presence.BUSY, "with another"


def test_a_talk_is_not_ended_by_another_ringing() -> None:
    assert told(ANSWERED, RINGS).at(NOON) is Presence.BUSY
    lunch = put_away(Attendance(), NOON, "lunch")
    assert told(RINGS, start=lunch).at(NOON) is Presence.AWAY


def test_who_is_away_stays_away_whatever_their_calls_do() -> None:
    lunch = put_away(Attendance(missed=1), NOON, "lunch")
    after_all = told(ANSWERED, LEFT, MISSED, MISSED, MISSED, start=lunch)
    assert (after_all.at(later(99)), after_all.why) == (Presence.AWAY, "lunch")


def test_only_who_is_available_is_free() -> None:
    ada = Operator("Ada", "+15005550101")
    assert OnList(ada).is_free(NOON)
    assert not OnList(ada, put_away(Attendance(), NOON, "")).is_free(NOON)
