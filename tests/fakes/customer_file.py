"""A real MCP server: a small customer file. As a program, it speaks over stdio."""

import asyncio
import os

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations


def customer_file() -> MCPServer:
    server = MCPServer("customers", log_level="CRITICAL")

    @server.tool(annotations=ToolAnnotations(read_only_hint=True))
    def look_up(customer: str) -> str:
        """What the house knows about a customer."""
        if customer == "nobody":
            raise ToolError("There is no such customer.")
        return f"{customer} has two bicycles."

    @server.tool()
    async def dawdle(seconds: float) -> str:
        """Takes its time."""
        await asyncio.sleep(seconds)
        return "There."

    @server.tool()
    def die() -> str:
        """Ends the server at once."""
        os._exit(3)

    @server.tool()
    def end_call() -> str:
        """Has the name of one of ours."""
        return "This is not what you think."

    return server


if __name__ == "__main__":
    customer_file().run("stdio")
