"""The bus between nodes, over Valkey or Redis (their PUBLISH and SUBSCRIBE).

Within the node messages go straight to whoever listens, so that what one node does for
itself needs no server. While the server is away, the others hear nothing; what was said
meanwhile is lost, as on any bus.
"""

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final

import structlog
from redis.asyncio import Redis
from redis.asyncio.client import PubSub
from redis.exceptions import RedisError
from typing_extensions import override

from callcenter.bus.local import LocalBus

PREFIX: Final = "callcenter:"
"""Others may use the same server."""

NODE_BYTES: Final = 8
MOST_UNSENT: Final = 5_000
CONNECT_SECONDS: Final = 3.0
RETRY_SECONDS: Final = 1.0
ACCEPT_SECONDS: Final = 1.0
"""How long a listener waits for the server to know of them."""

LOOK_SECONDS: Final = 1.0
HEALTH_SECONDS: Final = 10
NO_SERVER: Final = (RedisError, OSError, TimeoutError)

logger = structlog.get_logger()


class ValkeyBus(LocalBus):
    """See callcenter.wire.bus.Bus. `run` it as a task."""

    shared = True

    def __init__(self, url: str) -> None:
        """Raises ValueError for a URL that is none."""
        super().__init__()
        self.problem = "The bus between the nodes is not connected yet."
        self._node = secrets.token_bytes(NODE_BYTES)
        self._redis = Redis.from_url(
            url,
            socket_connect_timeout=CONNECT_SECONDS,
            health_check_interval=HEALTH_SECONDS,
        )
        self._unsent: deque[tuple[str, bytes]] = deque(maxlen=MOST_UNSENT)
        self._said = asyncio.Event()
        self._accepted: dict[str, asyncio.Event] = {}
        self._ears: PubSub | None = None

    @override
    def publish(self, channel: str, message: bytes) -> None:
        """Tell everybody on the channel, here and at the other nodes."""
        super().publish(channel, message)
        if not self.problem:
            self._unsent.append((PREFIX + channel, self._node + message))
            self._said.set()

    @override
    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """What is said on the channel from now on, at any node.

        Returns when the server knows it, or does not answer.
        """
        async with super().subscribe(channel) as mailbox:
            accepted = self._accepted.setdefault(channel, asyncio.Event())
            if self._ears is not None and not accepted.is_set():
                with suppress(*NO_SERVER):
                    async with asyncio.timeout(ACCEPT_SECONDS):
                        await self._ears.subscribe(PREFIX + channel)
                        await accepted.wait()
            yield mailbox
        if channel not in self._mailboxes:
            self._accepted.pop(channel, None)
            if self._ears is not None:
                with suppress(*NO_SERVER):
                    await self._ears.unsubscribe(PREFIX + channel)

    async def run(self) -> None:
        """Keep the connection until cancelled."""
        try:
            while True:
                try:
                    await self._serve()
                except* NO_SERVER as group:
                    self._lost(group)
                await asyncio.sleep(RETRY_SECONDS)
        finally:
            with suppress(*NO_SERVER):
                await self._redis.aclose()

    async def _serve(self) -> None:
        async with self._redis.pubsub() as ears:
            channels = [PREFIX + channel for channel in self.channels]
            # It needs one channel to have a connection at all; nobody speaks on this.
            await ears.subscribe(PREFIX, *channels)
            self._ears = ears
            if self.problem:
                logger.info("bus_connected")
            self.problem = ""
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._speak())
                tasks.create_task(self._hear(ears))

    def _lost(self, group: BaseExceptionGroup[BaseException]) -> None:
        self._ears = None
        self._unsent.clear()
        for accepted in self._accepted.values():
            accepted.clear()
        if not self.problem:
            logger.error("bus_lost", error=repr(group.exceptions[0]))
        self.problem = (
            "The bus between the nodes is down (REDIS_URL): supervisors reach only the "
            "calls of the node that they are connected to."
        )

    async def _speak(self) -> None:
        while True:
            self._said.clear()
            while self._unsent:
                channel, message = self._unsent.popleft()
                await self._redis.publish(channel, message)
            await self._said.wait()

    async def _hear(self, ears: PubSub) -> None:
        while True:
            told = await ears.get_message(timeout=LOOK_SECONDS)
            if told is not None:
                self._take(told)

    def _take(self, told: dict[str, Any]) -> None:
        channel = bytes(told["channel"]).decode().removeprefix(PREFIX)
        if told["type"] == "subscribe" and channel in self._accepted:
            self._accepted[channel].set()
        elif told["type"] == "message":
            message = bytes(told["data"])
            if not message.startswith(self._node):
                super().publish(channel, message[NODE_BYTES:])
