"""A wished call back, from the wish to its end: facts, states, and what a try came to.

The wish is a fact of the call in which it was made; what becomes of it is a row that
every node may work on (callcenter.storage.callbacks).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeAlias

from callcenter.domain.ids import CallbackId, CallbackTryId, CallId


class Direction(StrEnum):
    """Who placed a call: a person, or we."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


@dataclass(frozen=True, slots=True)
class CallbackRequested:
    """The caller wants to be called back."""

    when: str
    reason: str
    topic: str = ""
    """Who should call: an operator's skill; empty: nobody said."""
    queued_at: datetime | None = None
    """Since when they have waited in line: their place is kept. None: they have not."""
    due_at: datetime | None = None
    """The moment that was understood and said back. None: as soon as may be."""


@dataclass(frozen=True, slots=True)
class CalledBack:
    """This call was placed by us, as another one had wished; a person is there."""

    callback_id: CallbackId
    try_id: CallbackTryId
    earlier: CallId
    """The call in which it was wished."""
    by_voice: bool = False
    """No key was pressed: what spoke may turn out to be a machine."""
    queued_at: datetime | None = None
    """Their place in line, which they have kept; None: they had none."""


CallbackEvent: TypeAlias = CallbackRequested | CalledBack


class CallbackState(StrEnum):
    """What has become of a wish."""

    WAITING = "waiting"
    """For its time, or for its next try."""
    DIALLING = "dialling"
    DONE = "done"
    """They were reached, and wanted to talk."""
    UNREACHED = "unreached"
    """All tries were used, or nobody knows whether the last one rang."""
    REFUSED = "refused"
    """By us: callcenter.domain.destinations says why a number is not rung."""
    OPTED_OUT = "opted_out"
    EXPIRED = "expired"
    """It was overdue for so long that a call would only surprise."""
    CANCELLED = "cancelled"
    REPLACED = "replaced"
    """By a later wish in the same call."""


AGAIN: Final = frozenset(
    {
        CallbackState.WAITING,
        CallbackState.UNREACHED,
        CallbackState.EXPIRED,
        CallbackState.REFUSED,
        CallbackState.CANCELLED,
    }
)
"""What a person may have dialled now, whatever became of it."""


class TryOutcome(StrEnum):
    """How one try to call somebody back ended."""

    ACCEPTED = "accepted"
    """A key was pressed, or somebody spoke: a person, as far as can be known."""
    OPTED_OUT = "opted_out"
    DECLINED = "declined"
    """They said no, and may still be called for another wish."""
    MACHINE = "machine"
    HUNG_UP = "hung_up"
    """Somebody or something picked up, and nothing more."""
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    FAILED = "failed"
    """The network found no way, or the carrier refused to dial."""
    NOT_DIALLED = "not_dialled"
    """A node died, or had no answer; the carrier knows of no such call."""
    UNKNOWN = "unknown"
    """Nobody can say whether it rang: it counts as dialled, and is the last one."""


OF_STATUS: Final = {
    "completed": TryOutcome.HUNG_UP,
    "busy": TryOutcome.BUSY,
    "no-answer": TryOutcome.NO_ANSWER,
    "canceled": TryOutcome.FAILED,
    "failed": TryOutcome.FAILED,
}
"""What Twilio's final status says of a try of which nothing else is known."""


@dataclass(frozen=True, slots=True)
class RetryRules:
    """How often somebody is tried, and after which pauses: each thrice the last."""

    tries: int = 3
    pause: timedelta = timedelta(minutes=10)
    growth: int = 3

    def pause_after(self, tries: int) -> timedelta:
        """How long to wait after so many tries."""
        return self.pause * int(self.growth ** (tries - 1))


def after_try(
    outcome: TryOutcome, tries: int, rules: RetryRules
) -> tuple[CallbackState, timedelta | None]:
    """What a wish becomes by a try, and when it is tried again, if it is."""
    match outcome:
        case TryOutcome.ACCEPTED:
            return CallbackState.DONE, None
        case TryOutcome.OPTED_OUT:
            return CallbackState.OPTED_OUT, None
        case TryOutcome.DECLINED:
            return CallbackState.CANCELLED, None
        case TryOutcome.UNKNOWN:
            return CallbackState.UNREACHED, None
        case _ if tries >= rules.tries:
            return CallbackState.UNREACHED, None
        case _:
            return CallbackState.WAITING, rules.pause_after(tries)


def callback_id_of(call_id: CallId, sequence: int) -> CallbackId:
    """The wish's name: the same however often the record is read again."""
    return CallbackId(f"cb_{call_id.removeprefix('call_')}_{sequence}")
