"""How things end, in words that can be counted."""

from enum import StrEnum


class Disposition(StrEnum):
    """How a call ended, for the caller."""

    RESOLVED = "resolved"
    ESCALATED = "escalated"
    CALLBACK = "callback"
    VOICEMAIL = "voicemail"
    ABANDONED = "abandoned"
    FAILED = "failed"
    SPAM = "spam"


class AttemptOutcome(StrEnum):
    """How one try to reach one operator ended."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    VOICEMAIL = "voicemail"
    CALLER_LEFT = "caller_left"
    CALLED_OFF = "called_off"
    """The caller would rather go on without an operator."""
    TAKEN_BY_ANOTHER = "taken_by_another"
    """Several were rung at once, and somebody else picked up."""
    CARRIER_REJECTED = "carrier_rejected"
    """The carrier would not even dial, such as for its own geographic permissions."""
    REFUSED = "refused"
    """By us: callcenter.domain.destinations says why a number is not rung."""


class ToolOutcome(StrEnum):
    """How a tool call ended."""

    OK = "ok"
    FAILED = "failed"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"
    """Its arguments did not fit."""


def attempt_outcome(
    status: str, *, bridged: bool, declined: bool, error: str = ""
) -> AttemptOutcome:
    """What a finished `<Dial>` says of its attempt.

    `status` is Twilio's DialCallStatus. A leg that was answered but not bridged and
    not declined is a voicemail, or a person who never pressed 1: for us the same.
    A caller who hangs up while it rings is seen as canceled (twilio.com/docs/voice/
    twiml/dial, DialCallStatus). A failure with an error's number was the carrier's own
    decision.
    """
    if bridged:
        return AttemptOutcome.ACCEPTED
    if declined:
        return AttemptOutcome.DECLINED
    known = {
        "busy": AttemptOutcome.BUSY,
        "no-answer": AttemptOutcome.NO_ANSWER,
        "canceled": AttemptOutcome.CALLER_LEFT,
        "completed": AttemptOutcome.VOICEMAIL,
        "answered": AttemptOutcome.VOICEMAIL,
    }
    refused = AttemptOutcome.CARRIER_REJECTED if error else AttemptOutcome.FAILED
    return known.get(status, refused)
