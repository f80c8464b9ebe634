"""What an agent is told of where its caller has been meanwhile."""

import pytest

from callcenter.domain.call import Attempt, CallState, Escalation
from callcenter.domain.ids import AttemptId, EscalationId, RecordingSid
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.whereabouts import been

MESSAGES = (RecordingSid("RE1"),)


def asked(*outcomes: AttemptOutcome) -> tuple[Escalation, ...]:
    """Ada is rung first, then Bea."""
    tried = tuple(
        Attempt(AttemptId(name), name, outcome)
        for name, outcome in zip(("Ada", "Bea"), outcomes, strict=False)
    )
    return (Escalation(EscalationId("e1"), "why", "support", tried),)


MISSED, TOOK = AttemptOutcome.NO_ANSWER, AttemptOutcome.ACCEPTED


@pytest.mark.parametrize(
    ("state", "told"),
    [
        (CallState(), "waited"),
        (CallState(escalations=asked()), "waited"),
        (CallState(escalations=asked(MISSED, MISSED)), "waited"),
        (CallState(escalations=asked(MISSED, TOOK)), "talked with Bea"),
        (CallState(voicemails=MESSAGES), "left a message in our voicemail"),
        (
            CallState(escalations=asked(TOOK), voicemails=MESSAGES),
            "talked with Ada and left a message in our voicemail",
        ),
    ],
)
def test_only_what_happened_is_told(state: CallState, told: str) -> None:
    assert been(state) == told
