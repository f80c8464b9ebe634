"""A tool as an agent sees it, already bound to one call."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from callcenter.domain.outcomes import ToolOutcome


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave: the text for the model, and how it went."""

    output: str
    outcome: ToolOutcome = ToolOutcome.OK
    done: str = ""
    """What was achieved, for an operator's briefing; empty if nothing was."""


@dataclass(frozen=True, slots=True)
class Tool:
    """One thing that an agent may do in one call.

    `run` takes the arguments as the model wrote them (JSON, perhaps invalid), keeps its
    own time-out, and never raises but for cancellation: a fault is a result too.
    """

    name: str
    description: str
    parameters: Mapping[str, Any]
    """JSON Schema of the arguments."""
    filler: str
    """What an agent may say while it runs; empty: nothing in particular."""
    run: Callable[[str], Awaitable[ToolResult]] = field(repr=False)
