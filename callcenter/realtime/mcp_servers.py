"""All MCP servers that the cards name: each connected once, whoever uses it."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Final

from callcenter.domain.mcp import McpServer
from callcenter.realtime.mcp import McpConnection

LOOK_SECONDS: Final = 1.0
"""Between looks at whether the cards name other servers than before."""


class McpServers:
    """`run` it; ask `connection_of` for one at any time."""

    def __init__(
        self,
        wanted: Callable[[], Iterable[McpServer]],
        environment: Mapping[str, str],
    ) -> None:
        self._wanted = wanted
        self._environment = environment
        self._running: dict[McpServer, asyncio.Task[None]] = {}
        self._connections: dict[McpServer, McpConnection] = {}

    def connection_of(self, server: McpServer) -> McpConnection | None:
        """None when the cards have only just begun to name this server."""
        return self._connections.get(_address(server))

    async def run(self) -> None:
        """Keep exactly the servers connected that are wanted, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            while True:
                self._match(tasks)
                await asyncio.sleep(LOOK_SECONDS)

    async def tried(self, timeout_s: float) -> None:
        """Wait until each has been tried once, but not for long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                for connection in tuple(self._connections.values()):
                    await connection.tried.wait()

    def _match(self, tasks: asyncio.TaskGroup) -> None:
        wanted = {_address(one): one.name for one in self._wanted()}
        for gone in self._running.keys() - wanted.keys():
            self._running.pop(gone).cancel()
            del self._connections[gone]
        for address in wanted.keys() - self._running.keys():
            connection = McpConnection(address, self._environment, name=wanted[address])
            self._connections[address] = connection
            self._running[address] = tasks.create_task(connection.run())


def _address(server: McpServer) -> McpServer:
    """What makes a connection: not the name on a card, and not the allow-list."""
    return replace(server, name="", tools=())
