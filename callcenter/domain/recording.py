"""What happens to the recording of a call: facts, members of `events.Event`."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class RecordingStarted:
    """The caller, who had been told, is recorded from the stream's beginning on."""

    path: str


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """Nothing of the call is recorded until further notice."""


@dataclass(frozen=True, slots=True)
class RecordingResumed:
    """The call is recorded again."""


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """A stream's recording is over: how long it is, pauses and all, and why."""

    seconds: int
    reason: str


RecordingEvent: TypeAlias = (
    RecordingStarted | RecordingPaused | RecordingResumed | RecordingEnded
)
