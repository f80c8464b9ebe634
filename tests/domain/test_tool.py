"""How a tool is used, unless the call has its own way."""

from callcenter.domain.tool import ToolResult, at_once


async def test_a_tool_is_just_used_once() -> None:
    uses = []

    async def use(once: str = "", known: ToolResult | None = None) -> ToolResult:
        uses.append((once, known))
        return ToolResult('{"ok": true}')

    assert await at_once('{"city": "Oslo"}', use) == ToolResult('{"ok": true}')
    assert uses == [("", None)]
