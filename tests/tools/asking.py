"""How a model asks for a tool: by name, with JSON."""

import json
from typing import Any

from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult
from callcenter.tools.registry import toolbox
from tests.tools.fakes import House


async def call(house: House, tool: str, **arguments: object) -> ToolResult:
    return await toolbox(house.desk)[tool].run(json.dumps(arguments))


async def ask(house: House, tool: str, **arguments: object) -> dict[str, Any]:
    """What the model reads; it must have gone well."""
    result = await call(house, tool, **arguments)
    assert result.outcome is ToolOutcome.OK, result.output
    return read(result)


async def fail(house: House, tool: str, **arguments: object) -> dict[str, Any]:
    """What the model reads; it must not have worked."""
    result = await call(house, tool, **arguments)
    assert result.outcome in {ToolOutcome.FAILED, ToolOutcome.REFUSED}, result.output
    assert not result.done
    return read(result)


def read(result: ToolResult) -> dict[str, Any]:
    shown: dict[str, Any] = json.loads(result.output)
    return shown
