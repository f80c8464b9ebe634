"""Changes to a center that a test makes before anybody calls."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from callcenter.domain.call import CallState
from callcenter.domain.ids import CallId
from callcenter.domain.tool import Tool, ToolResult
from callcenter.floor.ports import CallControl
from tests.fakes.center import Center


def with_tool(
    here: Center,
    name: str,
    run: Callable[[str], Awaitable[ToolResult]],
    filler: str = "",
) -> None:
    """Have this tool do something else, in calls from now on."""
    house = here.node.floor.house
    bind = house.toolbox

    def toolbox(
        call_id: CallId, caller_number: str, control: CallControl
    ) -> Mapping[str, Tool]:
        tools = dict(bind(call_id, caller_number, control))
        return tools | {name: replace(tools[name], run=run, filler=filler)}

    here.node.floor.house = replace(house, toolbox=toolbox)


def with_broken_briefing(here: Center) -> None:
    """Have the next calls fail before they begin."""

    async def briefing(_: CallState) -> str:
        raise ZeroDivisionError

    here.node.floor.house = replace(here.node.floor.house, briefing=briefing)
