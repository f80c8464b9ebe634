"""A tool in the hands of a session's agents."""

from typing import Any

import pytest
from agents.realtime import RealtimeAgent
from agents.tool_context import ToolContext

from callcenter.domain.deeds import ToolCalled
from callcenter.domain.events import Event
from callcenter.domain.tool import Tool, ToolResult
from callcenter.realtime.hands import Hands


async def lists(_: str) -> ToolResult:
    return ToolResult('{"services":[]}')


LIST = Tool(name="list_services", description="", parameters={}, filler="", run=lists)


@pytest.mark.parametrize("name", ["triage", "scheduling"])
async def test_agents_share_a_tool_and_its_facts_say_who_used_it(name: str) -> None:
    facts: list[Event] = []
    hands = Hands(facts.append, lambda: 0, [])
    held = hands.holding(LIST)
    assert hands.holding(LIST) is held
    agent: RealtimeAgent[Any] = RealtimeAgent(name=name)
    context = ToolContext[Any](
        context=None,
        tool_name="list_services",
        tool_call_id="call_1",
        tool_arguments="{}",
        agent=agent,
    )
    assert await held.on_invoke_tool(context, "{}") == '{"services":[]}'
    called = facts[0]
    assert isinstance(called, ToolCalled)
    assert (called.agent, called.tool) == (name, "list_services")
