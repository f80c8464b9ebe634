"""The bus between nodes, on a real server."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from callcenter.assembly.bus import connected
from callcenter.bus.valkey import ValkeyBus
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings
from callcenter.wire.bus import Bus
from tests.fakes.valkey import Server, valkey

__all__ = ["valkey"]


@asynccontextmanager
async def node(valkey: Server) -> AsyncIterator[Bus]:
    async with connected(Settings(redis_url=valkey.url)) as bus:
        await until(bus, works=True)
        yield bus


async def until(bus: Bus, *, works: bool) -> None:
    async with asyncio.timeout(5):
        while bool(bus.problem) is works:  # noqa: ASYNC110  # nobody tells
            await asyncio.sleep(0.01)


async def said(listening: AsyncIterator[bytes]) -> bytes:
    async with asyncio.timeout(5):
        return await anext(listening)


async def test_every_node_hears_what_one_says_once_and_in_its_order(
    valkey: Server,
) -> None:
    async with (
        node(valkey) as here,
        node(valkey) as there,
        here.subscribe("a") as ours,
        there.subscribe("a") as theirs,
    ):
        for word in (b"1", b"2", b"3"):
            here.publish("a", word)

        assert [await said(theirs) for _ in range(3)] == [b"1", b"2", b"3"]
        there.publish("a", b"4")  # behind whatever might have come twice
        assert [await said(ours) for _ in range(4)] == [b"1", b"2", b"3", b"4"]


async def test_who_listens_hears_whatever_is_said_after_they_began(
    valkey: Server,
) -> None:
    """A question may be asked as soon as one listens for its answer."""
    async with node(valkey) as here, node(valkey) as there:
        for number in range(20):
            async with there.subscribe(f"answer {number}") as answers:
                here.publish(f"answer {number}", b"yes")

                assert await said(answers) == b"yes"


async def test_the_nodes_hear_each_other_again_when_the_server_is_back(
    valkey: Server,
) -> None:
    async with (
        node(valkey) as here,
        node(valkey) as there,
        here.subscribe("a") as ours,
        there.subscribe("a") as theirs,
    ):
        await valkey.stop()
        await until(here, works=False)
        await until(there, works=False)
        assert "REDIS_URL" in here.problem
        here.publish("a", b"only here")
        assert await said(ours) == b"only here"

        await valkey.start()
        await until(here, works=True)
        await until(there, works=True)
        here.publish("a", b"everywhere")

        assert await said(theirs) == b"everywhere"


async def test_a_node_starts_while_the_server_is_down(valkey: Server) -> None:
    await valkey.stop()

    async with connected(Settings(redis_url=valkey.url)) as bus:
        async with bus.subscribe("a") as listening:
            bus.publish("a", b"here")

            assert await said(listening) == b"here"
        assert bus.problem


async def test_one_node_needs_no_server() -> None:
    async with connected(Settings(redis_url="")) as bus:
        assert not bus.shared
        assert not bus.problem


def test_an_address_that_is_none_is_said_so() -> None:
    async def start() -> None:
        async with connected(Settings(redis_url="valkey.example.com")):
            pass

    with pytest.raises(ConfigurationError, match="REDIS_URL"):
        asyncio.run(start())


def test_a_bus_that_nobody_runs_says_that_it_is_not_connected() -> None:
    assert ValkeyBus("redis://localhost").problem
