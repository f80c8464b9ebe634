"""The bus of a single process."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final, Self

MOST_UNREAD: Final = 2_000
"""Of one listener: 20 s of both sides of a call, or the facts of a busy second."""


class Mailbox:
    """What one listener has not read yet; the oldest is dropped when it is full."""

    def __init__(self, most: int = MOST_UNREAD) -> None:
        self.dropped = 0
        self._messages: deque[bytes] = deque(maxlen=most)
        self._arrived = asyncio.Event()

    def put(self, message: bytes) -> None:
        if len(self._messages) == self._messages.maxlen:
            self.dropped += 1
        self._messages.append(message)
        self._arrived.set()

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        while not self._messages:
            self._arrived.clear()
            await self._arrived.wait()
        return self._messages.popleft()


class LocalBus:
    """See callcenter.wire.bus.Bus. Use it in one event loop."""

    shared = False
    problem = ""

    def __init__(self) -> None:
        self._mailboxes: dict[str, set[Mailbox]] = {}

    @property
    def channels(self) -> list[str]:
        """Those that somebody listens to."""
        return list(self._mailboxes)

    def publish(self, channel: str, message: bytes) -> None:
        """Tell everybody on the channel."""
        for mailbox in self._mailboxes.get(channel, ()):
            mailbox.put(message)

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """What is said on the channel from now on."""
        mailbox = Mailbox()
        self._mailboxes.setdefault(channel, set()).add(mailbox)
        try:
            yield mailbox
        finally:
            listening = self._mailboxes[channel]
            listening.discard(mailbox)
            if not listening:
                del self._mailboxes[channel]
