"""More nodes than one: a second on the same database, and a balancer before them."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, replace

from hypercorn.asyncio import serve

from callcenter.assembly.node import running
from callcenter.assembly.server import hypercorn_config
from callcenter.domain import events as e
from callcenter.simulator.carrier import CarrierSimulator, Leg
from callcenter.simulator.carrier.stream import MediaStream
from tests.fakes.center import Center

PUBLIC = "https://calls.example.test"
"""What Twilio believes; where it leads may change at any time."""


def lead(carrier: CarrierSimulator, address: str) -> None:
    """Have Twilio's requests end up there from now on."""
    carrier._exchange.webhooks._reroute = {
        PUBLIC: address,
        PUBLIC.replace("http", "ws", 1): address.replace("http", "ws", 1),
    }


async def tear(leg: Leg) -> None:
    """Cut a call's stream as the death of its node does."""
    if isinstance(leg.line, MediaStream):
        await leg.line._socket.reset()


@asynccontextmanager
async def second_node(here: Center) -> AsyncIterator[Center]:
    """Another node with the same settings; all its calls end before it does."""
    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    config = hypercorn_config(door)
    config.graceful_timeout = 0.1
    facts: list[e.Fact] = []
    ended = asyncio.Event()
    async with (
        running(here.settings, watchers=[facts.append]) as node,
        asyncio.TaskGroup() as tasks,
    ):
        tasks.create_task(serve(node.app, config, shutdown_trigger=ended.wait))
        try:
            yield replace(here, node=node, address=address, facts=facts)
            await here.hang_up_all()
            await here.until(lambda: not node.floor._calls)
        finally:
            ended.set()


async def dies(here: Center, other: Center, leg: Leg) -> None:
    """As near to kill -9 as it gets in one process: nothing is said to anybody."""
    assert await here.node.ledger.flush(5)
    here.lets_go = True
    lead(here.carrier, other.address)
    here.node.floor.stop()
    await tear(leg)


@dataclass(slots=True)
class Balancer:
    """Passes connections on to `port`; while nobody listens there, they wait."""

    port: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._pass_on, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            server.close()

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        their_reader, their_writer = await self._connect()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(_pipe(reader, their_writer))
            tasks.create_task(_pipe(their_reader, writer))

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while True:
            with suppress(OSError):
                return await asyncio.open_connection("127.0.0.1", self.port)
            await asyncio.sleep(0.05)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
    writer.close()
