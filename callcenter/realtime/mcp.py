"""One server of the Model Context Protocol: kept connected, asked, never waited for.

A call never waits for a connection: the server is connected when the node starts, and
again, ever more patiently, when it was lost. Between, its tools answer that they do not
work just now.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final, TypeAlias

import structlog
from agents.exceptions import AgentsException
from agents.mcp import MCPServerStdio, MCPServerStreamableHttp
from mcp import MCPError

from callcenter.domain.mcp import Came, McpServer, Offer, Reply

CONNECT_SECONDS: Final = 15.0
"""A command may have to start an interpreter; nobody waits for it."""

REQUEST_SECONDS: Final = 10.0
"""For one answer. The tool that asks is less patient; this ends what it left behind."""

PROBE_SECONDS: Final = 30.0
"""Between looks at a server that is not asked: is it there, what does it offer?"""

FIRST_WAIT_S: Final = 0.5
LONGEST_WAIT_S: Final = 60.0
"""Between tries to connect, each wait twice the one before."""

CLOSE_SECONDS: Final = 5.0

logger = structlog.get_logger()


class _HttpServer(MCPServerStreamableHttp):
    """The SDK's own, without its queue: one slow answer must not keep others waiting.

    It is there for retries in a session of their own, and we retry nothing.
    """

    def __init__(self, url: str, headers: dict[str, str], name: str) -> None:
        super().__init__(
            {"url": url, "headers": headers},
            name=name,
            client_session_timeout_seconds=REQUEST_SECONDS,
        )
        self._serialize_session_requests = False


Client: TypeAlias = MCPServerStdio | _HttpServer


class McpConnection:
    """`run` it for as long as it may be asked."""

    def __init__(
        self, server: McpServer, environment: Mapping[str, str], *, name: str = ""
    ) -> None:
        self.offers: Sequence[Offer] = ()
        """As last seen; they stay when the server goes, and then do not work."""
        self.tried = asyncio.Event()
        """Set when the first try to connect has ended, well or not."""
        self._server = server
        self._environment = environment
        self._name = name or server.name
        self._client: Client | None = None
        self._doubted = asyncio.Event()

    @property
    def connected(self) -> bool:
        """Whether asking makes sense."""
        return self._client is not None

    async def run(self) -> None:
        """Stay connected until cancelled."""
        wait_s = FIRST_WAIT_S
        async with asyncio.TaskGroup() as tasks:
            while True:
                # In a task of its own: what the transport cancels must not be us.
                holding = tasks.create_task(self._hold())
                await asyncio.wait([holding])
                self.tried.set()
                was_there = not holding.cancelled() and holding.result()
                wait_s = FIRST_WAIT_S if was_there else min(2 * wait_s, LONGEST_WAIT_S)
                await asyncio.sleep(wait_s)

    async def ask(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        """Use a tool. Cancelling is safe; it never raises."""
        client = self._client
        if client is None:
            return Reply(Came.NOT_CONNECTED)
        try:
            result = await client.call_tool(tool, dict(arguments))
        except AgentsException as error:  # the SDK found the arguments wanting
            return Reply(Came.ERROR, str(error))
        except Exception as error:  # noqa: BLE001  # whatever the transport raises
            logger.warning("mcp_silent", server=self._name, reason=_kind(error))
            self._doubted.set()
            return Reply(Came.UNKNOWN)
        texts = [getattr(part, "text", "") for part in result.content]
        came = Came.ERROR if result.is_error else Came.ANSWER
        return Reply(came, "\n".join(filter(None, texts)))

    async def _hold(self) -> bool:
        """Connect, and look after the connection until it is lost.

        Returns whether it was ever there.
        """
        client, was_there = None, False
        try:
            client = self._new_client()
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect()  # type: ignore[no-untyped-call]  # the SDK's
                await self._look(client)
            self._client, was_there = client, True
            self.tried.set()
            logger.info("mcp_connected", server=self._name, tools=len(self.offers))
            await self._follow(client)
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # as in ask
            logger.warning("mcp_lost", server=self._name, reason=_kind(error))
        finally:
            self._client = None
            if client is not None:
                await self._close(client)
        return was_there

    async def _follow(self, client: Client) -> None:
        """Look at the server now and then, and at once when it did not answer."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(PROBE_SECONDS):
                    await self._doubted.wait()
            self._doubted.clear()
            await self._look(client)

    async def _look(self, client: Client) -> None:
        listed = await client.list_tools()
        self.offers = tuple(
            Offer(
                tool.name,
                tool.description or "",
                tool.input_schema,
                bool(tool.annotations and tool.annotations.read_only_hint),
            )
            for tool in listed
        )

    async def _close(self, client: Client) -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await client.cleanup()  # type: ignore[no-untyped-call]  # as above
        except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001  # as above
            logger.warning("mcp_not_closed", server=self._name, reason=_kind(error))

    def _new_client(self) -> Client:
        server = self._server
        if server.command:
            command, *arguments = server.command
            return MCPServerStdio(
                {"command": command, "args": arguments},
                name=self._name,
                client_session_timeout_seconds=REQUEST_SECONDS,
            )
        headers = server.filled_in(self._environment)
        return _HttpServer(server.url, headers, self._name)


def _kind(error: BaseException) -> str:
    """Kinds only: a transport's own text may quote an address or a header."""
    if isinstance(error, BaseExceptionGroup):
        return ", ".join(_kind(one) for one in error.exceptions)
    if isinstance(error, MCPError | KeyError):
        return f"{type(error).__name__}: {error}"  # a protocol's error; a name not set
    return type(error).__name__
