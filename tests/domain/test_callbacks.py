"""What becomes of a wish to be called back, by what each try came to."""

from datetime import timedelta

import pytest

from callcenter.domain.callbacks import (
    CallbackState,
    RetryRules,
    TryOutcome,
    after_try,
    callback_id_of,
)
from callcenter.domain.ids import CallId

RULES = RetryRules(tries=3, pause=timedelta(minutes=10), growth=3)
SETTLED = {
    TryOutcome.ACCEPTED: CallbackState.DONE,
    TryOutcome.OPTED_OUT: CallbackState.OPTED_OUT,
    TryOutcome.DECLINED: CallbackState.CANCELLED,
    TryOutcome.UNKNOWN: CallbackState.UNREACHED,
}


@pytest.mark.parametrize(("outcome", "state"), SETTLED.items())
def test_an_answer_settles_a_wish_at_once(
    outcome: TryOutcome, state: CallbackState
) -> None:
    assert after_try(outcome, 1, RULES) == (state, None)


@pytest.mark.parametrize("outcome", sorted(set(TryOutcome) - set(SETTLED)))
def test_who_was_not_reached_is_tried_again_ever_later_and_then_left_alone(
    outcome: TryOutcome,
) -> None:
    tries = [after_try(outcome, number, RULES) for number in (1, 2, 3)]
    assert tries == [
        (CallbackState.WAITING, timedelta(minutes=10)),
        (CallbackState.WAITING, timedelta(minutes=30)),
        (CallbackState.UNREACHED, None),
    ]


def test_a_wish_has_the_same_name_whenever_it_is_read() -> None:
    assert callback_id_of(CallId("call_ab"), 7) == "cb_ab_7"
