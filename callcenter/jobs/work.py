"""What a durable job is, for whoever has one done.

A job is a kind, an id and a payload. Its kind says which steps it takes, one after the
other. What a step returned is kept, so a job that was killed goes on with the step
after it; the step at which it was killed runs again. A step must therefore mind being
run twice, and return what is worth keeping, as JSON: nothing personal, please.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from callcenter.errors import CallCenterError

Json: TypeAlias = (
    bool | int | float | str | Sequence["Json"] | Mapping[str, "Json"] | None
)


class JobsError(CallCenterError):
    """The job engine cannot be used now; what was to be started was not."""


class TryLater(CallCenterError):
    """A step could not be done yet, and may be at another time."""


class JobFailed(CallCenterError):
    """A step will not succeed; the job is over until somebody revives it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """How often a step is tried when it says TryLater, and with which pauses.

    A database that is down is no try: it is waited for, for as long as it takes.
    """

    tries: int = 4
    first_pause_s: float = 1.0
    longest_pause_s: float = 60.0

    def pause_s(self, tried: int) -> float:
        """After so many tries: each pause is twice the one before."""
        return min(self.longest_pause_s, self.first_pause_s * 2.0 ** (tried - 1))


@dataclass(frozen=True, slots=True)
class Run:
    """What a step is told."""

    job_id: str
    payload: Json
    outcomes: Mapping[str, Json] = field(default_factory=dict)
    """Of the steps before, by their names."""
    last_try: bool = False
    """Another TryLater would end the job."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. Its name is kept with its outcome: a new name is a new step."""

    name: str
    work: Callable[[Run], Awaitable[Json]]
    retry: Retry = Retry()


Kinds: TypeAlias = Mapping[str, Sequence[Step]]
"""The steps of each kind of job."""

OVERDUE_S: Final = 600.0
"""A job that has not been heard of for so long has died with its node."""


def job_key(kind: str, job_id: str) -> str:
    """Under which the engine knows it: one job for each, whatever else has that id."""
    return f"{kind}:{job_id}"
