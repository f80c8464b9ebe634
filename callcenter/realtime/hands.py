"""Our tools as the SDK's function tools, with their facts."""

from collections.abc import Callable
from typing import Any, Final

import structlog
from agents import FunctionTool
from agents.tool_context import ToolContext

from callcenter.domain.deeds import ToolCalled, ToolReturned
from callcenter.domain.events import Event
from callcenter.domain.ids import AgentName, ToolCallId
from callcenter.domain.tool import MAX_ARGUMENTS_CHARACTERS, Tool, ToolResult

LAST_RESORT: Final = (
    '{"error":"This did not work, because of a fault on our side. Do not invent a '
    'result; offer to take a message, or transfer_to_human.",'
    '"say":"I am sorry, that is not working just now."}'
)

logger = structlog.get_logger()


class Hands:
    """What one session's agents use tools with."""

    def __init__(
        self,
        record: Callable[[Event], None],
        clock: Callable[[], int],
        working: list[str],
    ) -> None:
        self._record = record
        self._clock = clock
        self._working = working
        self._held: dict[str, FunctionTool] = {}

    def holding(self, tool: Tool) -> FunctionTool:
        """A tool in the hands of whichever agent uses it; one for all saves 80 KB."""
        if tool.name not in self._held:
            self._held[tool.name] = self._hold(tool)
        return self._held[tool.name]

    def _hold(self, tool: Tool) -> FunctionTool:
        async def invoke(context: ToolContext[Any], arguments: str) -> str:
            agent = AgentName(context.agent.name if context.agent else "")
            call_id = ToolCallId(context.tool_call_id)
            return await self._use(tool, agent, call_id, arguments)

        return FunctionTool(
            name=tool.name,
            description=tool.description,
            params_json_schema=dict(tool.parameters),
            on_invoke_tool=invoke,
            strict_json_schema=False,
        )

    async def _use(
        self, tool: Tool, agent: AgentName, call_id: ToolCallId, arguments: str
    ) -> str:
        """While it works, its filler stands among those of the session."""

        async def use(once: str = "", known: ToolResult | None = None) -> ToolResult:
            began_ms = self._clock()
            shown = arguments[:MAX_ARGUMENTS_CHARACTERS]
            self._record(ToolCalled(call_id, agent, tool.name, shown, once))
            result = known or await tool.run(arguments)
            took_ms = self._clock() - began_ms
            self._record(_returned(tool, call_id, result, took_ms, known is not None))
            return result

        self._working.append(tool.filler)
        try:
            return (await tool.perform(arguments, use)).output
        except Exception:  # the SDK would end the session for it
            logger.exception("tool_broke_through", tool=tool.name)
            return LAST_RESORT
        finally:
            self._working.remove(tool.filler)


def _returned(
    tool: Tool, call_id: ToolCallId, result: ToolResult, took_ms: int, again: bool
) -> ToolReturned:
    """What was achieved once is told once, however often it is asked for."""
    return ToolReturned(
        call_id,
        tool.name,
        result.outcome,
        result.output,
        took_ms,
        "" if again else result.done,
        personal=tool.personal,
        unsure=result.unsure,
    )
