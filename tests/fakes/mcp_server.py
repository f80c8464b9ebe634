"""The customer file over Streamable HTTP, on loopback."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from hypercorn.asyncio import serve

from callcenter.assembly.server import hypercorn_config
from callcenter.domain.mcp import McpServer
from tests.fakes.customer_file import customer_file


@dataclass
class HttpServer:
    """Where it is, and who has asked."""

    port: int
    headers: list[dict[str, str]] = field(default_factory=list)
    """Of each request."""
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/mcp"

    @property
    def card(self) -> McpServer:
        """As an agent's card names it."""
        return McpServer("customers", url=self.url)

    async def stop(self) -> None:
        self.ended.set()
        await self.gone.wait()


@asynccontextmanager
async def over_http(port: int = 0) -> AsyncIterator[HttpServer]:
    door = socket.create_server(("127.0.0.1", port))
    here = HttpServer(door.getsockname()[1])
    app: Any = customer_file().streamable_http_app()

    async def noting(
        scope: dict[str, Any],
        receive: Callable[[], Awaitable[Any]],
        send: Callable[[Any], Awaitable[None]],
    ) -> None:
        if scope["type"] == "http":
            sent = {name.decode(): value.decode() for name, value in scope["headers"]}
            here.headers.append(sent)
        await app(scope, receive, send)

    config = hypercorn_config(door)
    config.graceful_timeout = 0.1
    door.detach()  # the server closes it
    async with asyncio.TaskGroup() as tasks:

        async def serving() -> None:
            await serve(noting, config, shutdown_trigger=here.ended.wait)  # type: ignore[arg-type]
            here.gone.set()

        tasks.create_task(serving())
        try:
            yield here
        finally:
            here.ended.set()
