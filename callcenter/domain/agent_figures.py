"""How each agent does, over some days."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

BUCKET_MS: Final = 50
"""Latencies are counted in steps of this: finer, nobody hears."""

HALF: Final = 0.5
NEARLY_ALL: Final = 0.95


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """Of the calls that began in those days."""

    calls: int = 0
    """In which it said something."""
    seconds: float = 0.0
    """From its first word in a call to its last, all calls together."""
    answers: int = 0
    interrupted: int = 0
    """Answers that a caller spoke into."""
    handed_in: int = 0
    handed_out: int = 0
    tools: int = 0
    tools_failed: int = 0
    ended: int = 0
    """Calls that ended with it, without spam."""
    contained: int = 0
    """Of these, those that were resolved without asking for an operator."""
    latencies: Mapping[int, int] = field(default_factory=dict)
    """How many answers came in which step of BUCKET_MS."""

    @property
    def handle_time_s(self) -> float | None:
        """Mean, for a call."""
        return self.seconds / self.calls if self.calls else None

    @property
    def interruption(self) -> float | None:
        """Share of its answers."""
        return self.interrupted / self.answers if self.answers else None

    @property
    def tool_errors(self) -> float | None:
        """Share of its tool calls."""
        return self.tools_failed / self.tools if self.tools else None

    @property
    def containment(self) -> float | None:
        """Share of the calls that ended with it."""
        return self.contained / self.ended if self.ended else None

    def latency_ms(self, share: float) -> int | None:
        """What so many of its answers stay under."""
        left = share * sum(self.latencies.values())
        for step, answers in sorted(self.latencies.items()):
            left -= answers
            if left <= 0:
                return (step + 1) * BUCKET_MS
        return None
