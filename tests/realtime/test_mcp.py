"""The client of MCP servers, against real ones: over stdio, and over HTTP."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from callcenter.domain.mcp import Came, McpServer, Reply
from callcenter.realtime import mcp, mcp_servers
from callcenter.realtime.mcp import McpConnection
from callcenter.realtime.mcp_servers import McpServers
from tests.fakes import customer_file
from tests.fakes.mcp_server import over_http

COMMAND = (sys.executable, "-m", customer_file.__name__)
STDIO = McpServer("customers", command=COMMAND)
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mcp, "FIRST_WAIT_S", 0.02)
    monkeypatch.setattr(mcp, "LONGEST_WAIT_S", 0.05)
    monkeypatch.setattr(mcp_servers, "LOOK_SECONDS", 0.02)
    monkeypatch.chdir(ROOT)


@asynccontextmanager
async def connected(
    server: McpServer, environment: Mapping[str, str] | None = None
) -> AsyncIterator[McpConnection]:
    connection = McpConnection(server, environment or {})
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(connection.run())
        try:
            async with asyncio.timeout(20):
                await connection.tried.wait()
            yield connection
        finally:
            running.cancel()


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not true():  # noqa: ASYNC110  # anything may be waited for
            await asyncio.sleep(0.01)


async def look_up(connection: McpConnection, customer: str = "Ada") -> Reply:
    return await connection.ask("look_up", {"customer": customer})


FOUND = Reply(Came.ANSWER, "Ada has two bicycles.")


async def test_a_program_is_asked_over_its_standard_input_and_output() -> None:
    async with connected(STDIO) as connection:
        offers = {offer.name: offer for offer in connection.offers}
        assert list(offers) == ["look_up", "dawdle", "die", "end_call"]
        assert offers["look_up"].description == (
            "What the house knows about a customer."
        )
        assert offers["look_up"].parameters["required"] == ["customer"]
        assert (offers["look_up"].read_only, offers["die"].read_only) == (True, False)
        assert await look_up(connection) == FOUND


async def test_a_server_s_own_error_is_told_in_its_words() -> None:
    async with connected(STDIO) as connection:
        nobody = await look_up(connection, "nobody")
        assert nobody.came is Came.ERROR
        assert nobody.text.endswith("There is no such customer.")
        wanting = await connection.ask("look_up", {})
        assert wanting.came is Came.ERROR
        assert "customer" in wanting.text
        unknown = await connection.ask("invented", {})
        assert unknown.came is Came.ERROR
        assert await look_up(connection) == FOUND


async def test_a_program_that_dies_answers_nothing_and_is_started_again() -> None:
    async with connected(STDIO) as connection:
        assert await connection.ask("die", {}) == Reply(Came.UNKNOWN)
        await until(lambda: not connection.connected)
        assert len(connection.offers) == 4
        await until(lambda: connection.connected)
        assert await look_up(connection) == FOUND


async def test_while_a_server_is_gone_nobody_waits_for_it() -> None:
    gone = McpServer("customers", command=("/nowhere/at/all",))
    async with connected(gone) as connection, asyncio.timeout(1):
        assert await look_up(connection) == Reply(Came.NOT_CONNECTED)
        assert connection.offers == ()


async def test_a_slow_answer_keeps_no_other_waiting_and_can_be_left() -> None:
    async with over_http() as server, connected(server.card) as connection:
        async with asyncio.TaskGroup() as tasks:
            slow = tasks.create_task(connection.ask("dawdle", {"seconds": 30}))
            async with asyncio.timeout(5):
                assert await look_up(connection) == FOUND
            slow.cancel()
        assert await look_up(connection) == FOUND


async def test_an_answer_that_never_comes_is_unknown_and_costs_no_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(mcp, "REQUEST_SECONDS", 0.5)
    async with over_http() as server, connected(server.card) as connection:
        late = await connection.ask("dawdle", {"seconds": 30})
        assert late == Reply(Came.UNKNOWN)
        assert await look_up(connection) == FOUND
        assert connection.connected


async def test_an_address_is_asked_with_headers_whose_secrets_are_not_on_the_card() -> (
    None
):
    async with over_http() as server:
        card = McpServer(
            "customers", url=server.url, headers=("Authorization: Bearer ${CRM_TOKEN}",)
        )
        async with connected(card, {"CRM_TOKEN": "s3cret"}) as connection:
            assert await look_up(connection) == FOUND
    assert {sent.get("authorization") for sent in server.headers} == {"Bearer s3cret"}


async def test_a_secret_that_is_not_set_is_a_server_that_is_not_there() -> None:
    card = McpServer(
        "customers",
        url="http://127.0.0.1:9/mcp",
        headers=("Authorization: Bearer ${CRM_TOKEN}",),
    )
    async with connected(card) as connection:
        assert await look_up(connection) == Reply(Came.NOT_CONNECTED)


async def test_a_server_that_comes_back_is_found_again() -> None:
    async with over_http() as first:
        connection = McpConnection(first.card, {})
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(connection.run())
            await until(lambda: connection.connected)
            await first.stop()
            assert (await look_up(connection)).came in {Came.UNKNOWN, Came.ERROR}
            await until(lambda: not connection.connected)
            assert await look_up(connection) == Reply(Came.NOT_CONNECTED)
            async with over_http(first.port):
                await until(lambda: connection.connected)
                assert await look_up(connection) == FOUND
                running.cancel()


async def test_each_server_is_connected_once_and_let_go_when_no_card_names_it() -> None:
    async with over_http() as http:
        crm = McpServer("crm", url=http.url, tools=("look_up",))
        same = McpServer("customers", url=http.url)
        wanted = [crm, same]
        servers = McpServers(lambda: wanted, {})
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(servers.run())
            await until(lambda: servers.connection_of(crm))
            await servers.tried(5)
            connection = servers.connection_of(crm)
            assert connection is servers.connection_of(same)
            assert connection is not None
            assert await look_up(connection) == FOUND
            wanted.clear()
            await until(lambda: servers.connection_of(crm) is None)
            await until(lambda: not connection.connected)
            running.cancel()
