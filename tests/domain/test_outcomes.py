"""What Twilio's words for a finished dial mean to us."""

import pytest

from callcenter.domain.outcomes import AttemptOutcome, attempt_outcome


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("busy", AttemptOutcome.BUSY),
        ("no-answer", AttemptOutcome.NO_ANSWER),
        ("canceled", AttemptOutcome.CALLER_LEFT),
        ("failed", AttemptOutcome.FAILED),
        ("", AttemptOutcome.FAILED),
        ("something new", AttemptOutcome.FAILED),
    ],
)
def test_a_dial_that_nobody_answered_says_why(
    status: str, outcome: AttemptOutcome
) -> None:
    assert attempt_outcome(status, bridged=False, declined=False) is outcome


@pytest.mark.parametrize("status", ["completed", "answered"])
def test_a_voicemail_cannot_press_one(status: str) -> None:
    assert (
        attempt_outcome(status, bridged=False, declined=False)
        is AttemptOutcome.VOICEMAIL
    )


@pytest.mark.parametrize("status", ["completed", "answered", "no-answer", "canceled"])
def test_whoever_declined_has_declined_whatever_became_of_the_leg(status: str) -> None:
    assert (
        attempt_outcome(status, bridged=False, declined=True) is AttemptOutcome.DECLINED
    )


@pytest.mark.parametrize("declined", [True, False])
def test_who_has_talked_has_accepted(declined: bool) -> None:
    assert (
        attempt_outcome("completed", bridged=True, declined=declined)
        is AttemptOutcome.ACCEPTED
    )


def test_a_failure_with_an_errors_number_was_the_carriers_own_decision() -> None:
    def failed(error: str) -> AttemptOutcome:
        return attempt_outcome("failed", bridged=False, declined=False, error=error)

    assert failed("13227") is AttemptOutcome.CARRIER_REJECTED
    assert failed("") is AttemptOutcome.FAILED
