"""How much the agents of one call may do: whatever a model is talked into, it ends.

A caller who books, asks and changes their mind needs some twenty tools. A model that
calls them for ever costs money, and locks its caller in.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Final

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import Tool, ToolResult
from callcenter.floor.live_call import LiveCall

MINUTE_MS: Final = 60_000

ALWAYS: Final = frozenset({"transfer_to_human", "end_call"})
"""The ways out; they have limits of their own."""

TOO_FAST: Final = (
    '{"error":"Too many tools were called in a minute. Call none now: tell the caller '
    'what you know, or use transfer_to_human."}'
)
TOO_MANY: Final = (
    '{"error":"This call has used up its tools. Call none any more: a colleague is '
    'being called."}'
)


class Allowance:
    """One call's. Handoffs count, too: they are tools to the model."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._latest_ms: deque[int] = deque()
        self._told = False

    @property
    def spent(self) -> bool:
        """Whether no more may be done but to bring the caller to a human being."""
        return self._call.state.tool_calls > self._call.house.rules.tool_calls

    def over(self, tools: Mapping[str, Tool]) -> dict[str, Tool]:
        """The same tools, which refuse when it is enough."""
        return {
            name: replace(tool, run=partial(self._run, tool))
            for name, tool in tools.items()
        }

    async def _run(self, tool: Tool, arguments: str) -> ToolResult:
        too_fast = self._is_too_fast()
        if self.spent:
            if not self._told:
                self._told = True
                self._call.start(self._call.rescue("the agents used too many tools"))
            return ToolResult(TOO_MANY, ToolOutcome.REFUSED)
        if too_fast and tool.name not in ALWAYS:
            return ToolResult(TOO_FAST, ToolOutcome.REFUSED)
        return await tool.run(arguments)

    def _is_too_fast(self) -> bool:
        now_ms = self._call.clock_ms()
        self._latest_ms.append(now_ms)
        while now_ms - self._latest_ms[0] > MINUTE_MS:
            self._latest_ms.popleft()
        return len(self._latest_ms) > self._call.house.rules.tool_calls_a_minute
