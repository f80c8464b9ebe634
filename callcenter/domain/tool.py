"""A tool as an agent sees it, already bound to one call."""

from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

from callcenter.domain.ids import AgentName
from callcenter.domain.outcomes import ToolOutcome

MAX_ARGUMENTS_CHARACTERS: Final = 8_000
"""A model that writes more than this is running wild; no tool takes as much."""


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a tool gave: the text for the model, and how it went."""

    output: str
    outcome: ToolOutcome = ToolOutcome.OK
    done: str = ""
    """What was achieved, for an operator's briefing; empty if nothing was."""
    unsure: bool = False
    """Nobody knows whether it was done: it was stopped, or broke, in the middle."""


class Use(Protocol):
    """Uses a tool once, with its facts: asked for, done, answered.

    `once` goes into the record as the name of what must not be done twice. With a
    `known` result nothing is done: that is the answer.
    """

    def __call__(
        self, once: str = "", known: ToolResult | None = None
    ) -> Coroutine[Any, Any, ToolResult]: ...


async def at_once(written: str, use: Use) -> ToolResult:  # noqa: ARG001  # see Tool
    """Just use it."""
    return await use()


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
    perform: Callable[[str, Use], Awaitable[ToolResult]] = field(
        default=at_once, repr=False
    )
    """Decides whether it is used at all, and whether the end of the call stops it."""
    personal: bool = False
    """Its results tell about a person."""
    agents: tuple[AgentName, ...] = ()
    """Who has it without its being in their card's list."""
