"""The roster's cards as the SDK's agents, with one call's tools in their hands."""

from collections.abc import Callable, Mapping
from typing import Any

from agents import FunctionTool
from agents.realtime import RealtimeAgent, realtime_handoff
from agents.tool_context import ToolContext

from callcenter.domain.card import Card
from callcenter.domain.events import Event, ToolCalled, ToolReturned
from callcenter.domain.ids import AgentName, ToolCallId
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool


def staff(
    roster: Roster,
    tools: Mapping[str, Tool],
    *,
    briefing: str,
    record: Callable[[Event], None],
    clock: Callable[[], int],
    working: list[str],
) -> dict[AgentName, RealtimeAgent[Any]]:
    """One agent for each card.

    `briefing` is what all of them know of this call. While a tool runs, its filler
    stands in `working`.
    """
    hands = {
        name: _function_tool(tool, record, clock, working)
        for name, tool in tools.items()
    }
    agents: dict[AgentName, RealtimeAgent[Any]] = {
        card.name: RealtimeAgent(
            name=card.name,
            handoff_description=card.description,
            instructions=_instructions(roster, card, briefing),
            tools=[hands[name](card.name) for name in card.tools],
        )
        for card in roster.cards
    }
    for card in roster.cards:  # all agents exist by now, so cycles are ordinary
        agents[card.name].handoffs = [
            realtime_handoff(agents[AgentName(name)]) for name in card.handoffs
        ]
    return agents


def _instructions(roster: Roster, card: Card, briefing: str) -> str:
    parts = (roster.house_style, card.instructions, briefing)
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _function_tool(
    tool: Tool,
    record: Callable[[Event], None],
    clock: Callable[[], int],
    working: list[str],
) -> Callable[[AgentName], FunctionTool]:
    def held_by(agent: AgentName) -> FunctionTool:
        async def invoke(context: ToolContext[Any], arguments: str) -> str:
            call_id, began_ms = ToolCallId(context.tool_call_id), clock()
            record(ToolCalled(call_id, agent, tool.name, arguments))
            working.append(tool.filler)
            try:
                result = await tool.run(arguments)
            finally:
                working.remove(tool.filler)
            record(
                ToolReturned(
                    call_id,
                    tool.name,
                    result.outcome,
                    result.output,
                    clock() - began_ms,
                    result.done,
                )
            )
            return result.output

        return FunctionTool(
            name=tool.name,
            description=tool.description,
            params_json_schema=dict(tool.parameters),
            on_invoke_tool=invoke,
            strict_json_schema=False,
        )

    return held_by
