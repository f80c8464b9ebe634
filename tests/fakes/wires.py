"""A caller's socket in the hands of a test."""

import asyncio

from callcenter.domain.ids import CallSid, StreamSid
from callcenter.wire.media import (
    FromTwilio,
    Started,
    parse_to_twilio,
    render_from_twilio,
)
from callcenter.wire.sockets import SocketClosed

STREAM = StreamSid("MZ1")
STARTED = Started(STREAM, CallSid("CA1"), "AC1", {})


class Socket:
    """A caller's socket that says what it is told to say."""

    def __init__(self, *messages: str) -> None:
        self.sent: list[object] = []
        self._messages: asyncio.Queue[str | None] = asyncio.Queue()
        for message in messages:
            self._messages.put_nowait(message)

    async def receive(self) -> str:
        if (message := await self._messages.get()) is None:
            raise SocketClosed
        return message

    async def send(self, text: str) -> None:
        self.sent.append(parse_to_twilio(text))

    def hears(self, message: FromTwilio) -> None:
        self._messages.put_nowait(render_from_twilio(message, STREAM))

    async def close(self, code: int, reason: str = "") -> None:
        self._messages.put_nowait(None)
