"""Questions over the bus: the one who knows answers, and nonsense hurts nobody."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.bus.local import LocalBus
from callcenter.floor.post import Post, Respond
from callcenter.wire.bus import Bus
from callcenter.wire.orders import Nonsense
from tests.bus.test_valkey import node
from tests.fakes.valkey import Server, valkey

__all__ = ["valkey"]  # a fixture, of tests that need a server


@asynccontextmanager
async def working(post: Post, **responds: Respond) -> AsyncIterator[Post]:
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(post.run(responds))
        while not set(responds) <= set(getattr(post.bus, "channels", responds)):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        yield post
        running.cancel()


async def knows(body: bytes) -> bytes | None:
    return b"I have it" if body == b"ours" else None


async def test_whoever_has_it_answers_and_nobody_else_does() -> None:
    bus = LocalBus()
    async with working(Post(bus)) as asks, working(Post(bus), whose=knows):
        assert await asks.ask("whose", b"ours", 2) == b"I have it"
        assert await asks.ask("whose", b"theirs", 0.05) is None
        assert await asks.ask("nobody's", b"ours", 0.05) is None


async def test_a_question_that_is_nonsense_leaves_the_ears_open() -> None:
    async def strict(body: bytes) -> bytes | None:
        if body == b"broken":
            raise ZeroDivisionError
        if body != b"ours":
            raise Nonsense(body.decode())
        return b"yes"

    bus = LocalBus()
    async with working(Post(bus)) as asks, working(Post(bus), whose=strict):
        bus.publish("whose", b"not even a letter")
        assert await asks.ask("whose", b"what", 0.05) is None
        assert await asks.ask("whose", b"broken", 0.05) is None
        assert await asks.ask("whose", b"ours", 2) == b"yes"


async def test_it_is_the_same_between_processes(valkey: Server) -> None:
    async with node(valkey) as here, node(valkey) as there:
        buses: tuple[Bus, Bus] = (here, there)
        asks, answers = (Post(bus) for bus in buses)
        async with working(asks), working(answers, whose=knows):
            async with asyncio.timeout(5):
                while await asks.ask("whose", b"ours", 0.5) != b"I have it":
                    pass
            assert await asks.ask("whose", b"theirs", 0.05) is None
