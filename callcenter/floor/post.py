"""Questions to all nodes, and the one that knows answers: over the bus.

Nobody answers for a thing that they know nothing of, so silence is an answer, too. A
node also gets its own questions.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Final

import structlog

from callcenter.wire.bus import Bus
from callcenter.wire.orders import Letter, Nonsense, Reply, dump, load

ID_BYTES: Final = 8
MOST_AT_ONCE: Final = 100
"""Questions that a node answers at one time; more than that is a fault somewhere."""

Respond = Callable[[bytes], Awaitable[bytes | None]]
"""Answers a question; None if it is not ours to answer."""

logger = structlog.get_logger()


class Post:
    """One node's. `run` it as a task, with what it answers to."""

    def __init__(self, bus: Bus) -> None:
        self.bus = bus
        self._replies = f"replies:{secrets.token_hex(ID_BYTES)}"
        self._waiting: dict[str, asyncio.Future[bytes]] = {}
        self._at_once = asyncio.Semaphore(MOST_AT_ONCE)
        self._ready = asyncio.Event()

    async def run(self, responds: Mapping[str, Respond]) -> None:
        """Answer on these channels, and take the answers to our own questions."""
        async with asyncio.TaskGroup() as tasks:
            for channel, respond in responds.items():
                tasks.create_task(self._answer(tasks, channel, respond))
            async with self.bus.subscribe(self._replies) as replies:
                self._ready.set()
                async for message in replies:
                    self._take(message)

    async def ask(self, channel: str, body: bytes, within_s: float) -> bytes | None:
        """The first answer; None when there is none in time."""
        letter = Letter(secrets.token_hex(ID_BYTES), self._replies, body)
        waited: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[letter.id] = waited
        try:
            async with asyncio.timeout(within_s):
                await self._ready.wait()
                self.bus.publish(channel, dump(letter))
                return await waited
        except TimeoutError:
            return None
        finally:
            del self._waiting[letter.id]

    def _take(self, message: bytes) -> None:
        with suppress(Nonsense):
            reply = load(message, Reply)
            waited = self._waiting.get(reply.id)
            if waited is not None and not waited.done():
                waited.set_result(reply.body)

    async def _answer(
        self, tasks: asyncio.TaskGroup, channel: str, respond: Respond
    ) -> None:
        async with self.bus.subscribe(channel) as letters:
            async for message in letters:
                try:
                    letter = load(message, Letter)
                except Nonsense as error:
                    logger.warning("nonsense_on_the_bus", reason=str(error))
                    continue
                tasks.create_task(self._respond(letter, respond))

    async def _respond(self, letter: Letter, respond: Respond) -> None:
        """A fault in one answer must not cost the node its ears."""
        async with self._at_once:
            try:
                answer = await respond(letter.body)
            except Nonsense as error:
                logger.warning("nonsense_on_the_bus", reason=str(error))
            except Exception:  # whatever it is, the next question is another matter
                logger.exception("no_answer")
            else:
                if answer is not None:
                    self.bus.publish(letter.reply_to, dump(Reply(letter.id, answer)))
