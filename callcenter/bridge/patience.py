"""How long a caller may be left in silence, and what is done about it, step by step.

It assumes that every other layer has failed: whatever the model, a tool or a handoff
does, once the caller has finished and nothing is audible, somebody owes them a sound.
And when the agent has finished and the caller says nothing, they are asked.

Pure: it is told what happens and what time it is, and says what is due.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto


class Due(Enum):
    """What must be done now."""

    FILL = auto()
    """Let the caller hear that the line lives."""
    ASK_AGAIN = auto()
    """Ask the model once more for an answer."""
    GIVE_UP = auto()
    """Stop waiting for the model: a human being must take over."""
    NUDGE = auto()
    """Ask the caller whether they are still there."""
    DISMISS = auto()
    """Say goodbye to a caller who does not answer."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Times in ms, all counted from the moment silence began."""

    fill_ms: int = 2_500
    fill_again_ms: int = 4_000
    """Between one filler and the next."""
    ask_again_ms: int = 6_000
    give_up_ms: int = 15_000
    idle_ms: int = 12_000
    nudges: int = 2


@dataclass(slots=True)
class Patience:
    """One stream's silences."""

    limits: Limits = field(default_factory=Limits)
    _owed_ms: int | None = None
    """Since when the caller waits for the agent."""
    _idle_ms: int | None = None
    """Since when the agent waits for the caller."""
    _filled_ms: int = 0
    _asked: bool = False
    _nudged: int = 0
    _resting: bool = False
    _speaking: bool = False
    """Whether the caller is in the middle of a sentence."""
    _more: bool = False
    """Whether the agent is not done: it called a tool, and the answer is to come."""

    @property
    def callers_turn(self) -> bool:
        """Whether nobody owes anything, and the caller is not speaking, either."""
        return self._owed_ms is None and not (self._speaking or self._more)

    def owe(self, now_ms: int) -> None:
        """The caller has finished, or has just arrived: an answer is owed from now."""
        self._owed_ms = now_ms
        self._filled_ms = now_ms + self.limits.fill_ms - self.limits.fill_again_ms
        self._idle_ms = None
        self._asked = self._speaking = False

    def caller_spoke(self) -> None:
        """The caller began to speak: nobody owes anything while they do."""
        self._owed_ms = self._idle_ms = None
        self._nudged = 0
        self._speaking, self._more = True, False

    def agent_spoke(self) -> None:
        """The model's own sound is on its way to the caller."""
        self._owed_ms = self._idle_ms = None
        self._more = False

    def expect_more(self, now_ms: int) -> None:
        """What the agent has said is not the answer: a tool must first return."""
        self._more = True
        if self._idle_ms is not None:
            self.owe(now_ms)

    def agent_quiet(self, now_ms: int) -> None:
        """The caller has heard all that there was."""
        if self._owed_ms is not None or self._speaking:
            return
        if self._more:
            self.owe(now_ms)
        else:
            self._idle_ms = now_ms

    def rest(self) -> None:
        """The agent is done with this caller: silence is somebody else's from now."""
        self._resting = True

    def tick(self, now_ms: int) -> Iterator[Due]:
        """What is due by now; each is said once, until it is due again."""
        if self._resting:
            return
        if self._owed_ms is not None:
            yield from self._overdue(now_ms, now_ms - self._owed_ms)
        elif (
            self._idle_ms is not None and now_ms - self._idle_ms >= self.limits.idle_ms
        ):
            self._idle_ms = now_ms
            self._nudged += 1
            yield Due.NUDGE if self._nudged <= self.limits.nudges else Due.DISMISS

    def _overdue(self, now_ms: int, silent_ms: int) -> Iterator[Due]:
        if silent_ms >= self.limits.give_up_ms:
            self._owed_ms = None
            yield Due.GIVE_UP
            return
        if silent_ms >= self.limits.ask_again_ms and not self._asked:
            self._asked = True
            yield Due.ASK_AGAIN
        if now_ms - self._filled_ms >= self.limits.fill_again_ms:
            self._filled_ms = now_ms
            yield Due.FILL
