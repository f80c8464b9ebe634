"""What tools were asked for and what came of it: the facts, and what they add up to.

Some things must not be done twice, however often an agent asks, and whichever node has
the call by then. What has been done is therefore a fold over facts, like all the rest.
"""

from dataclasses import dataclass, replace
from typing import Final

from callcenter.domain.ids import AgentName, ToolCallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult


@dataclass(frozen=True, slots=True)
class ToolCalled:
    """An agent asked for a tool."""

    tool_call_id: ToolCallId
    agent: AgentName
    tool: str
    arguments: str
    """JSON, as the model wrote it: it may be invalid."""
    once: str = ""
    """Names what must not be done twice in a call; empty when it does not matter."""


@dataclass(frozen=True, slots=True)
class ToolReturned:
    """A tool gave its answer, or an error text that helps the model.

    The outcome of what was begun before a hang-up may come after the call's end.
    """

    tool_call_id: ToolCallId
    tool: str
    outcome: ToolOutcome
    output: str
    took_ms: int
    done: str = ""
    """What was achieved, as a briefing would put it: "booked a service for Friday"."""
    personal: bool = False
    """The output tells about a person."""
    unsure: bool = False
    """Nobody knows whether it was done."""


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that must not be done twice."""

    once: str
    tool: str
    tool_call_id: ToolCallId
    result: ToolResult | None = None
    """None while it is being done; for ever, if its node died over it."""

    @property
    def perhaps_done(self) -> bool:
        """Whether doing it now might be doing it twice."""
        result = self.result
        return result is None or result.unsure or result.outcome is ToolOutcome.OK


Deeds = tuple[Deed, ...]

NOBODY_KNOWS: Final = ToolResult(
    '{"error":"This was begun before the line was interrupted, and nobody knows '
    "whether it was done. It is not done again. Tell the caller so honestly; offer to "
    'have a colleague look into it: take_message or transfer_to_human."}',
    ToolOutcome.FAILED,
    unsure=True,
)


def begin(deeds: Deeds, called: ToolCalled) -> Deeds:
    """After an intent."""
    if not called.once:
        return deeds
    return (*deeds, Deed(called.once, called.tool, called.tool_call_id))


def settle(deeds: Deeds, returned: ToolReturned) -> Deeds:
    """After an outcome. A repetition tells of it without adding to what was done."""
    result = ToolResult(returned.output, returned.outcome, unsure=returned.unsure)
    return tuple(
        replace(deed, result=result)
        if deed.tool_call_id == returned.tool_call_id
        else deed
        for deed in deeds
    )


def known(deeds: Deeds, once: str) -> ToolResult | None:
    """What it came to; None when it may be done (again, if it surely failed)."""
    for deed in reversed(deeds):
        if deed.once == once and deed.perhaps_done:
            return deed.result or NOBODY_KNOWS
    return None


def begun(deeds: Deeds, tool: str) -> int:
    """How many different things this tool has done, may have done, or is doing."""
    return len({deed.once for deed in deeds if deed.tool == tool and deed.perhaps_done})
