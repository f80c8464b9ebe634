"""The port that a caller's stream is served through."""

from collections import deque

import pytest

from callcenter.wire.sockets import MediaSocket, SocketClosed


class Tape:
    """The least that satisfies the port; the type checker shakes hands."""

    def __init__(self, *messages: str) -> None:
        self._messages = deque(messages)

    async def receive(self) -> str | bytes:
        if not self._messages:
            raise SocketClosed
        return self._messages.popleft()

    async def send(self, text: str) -> None:
        self._messages.append(text)

    async def close(self, code: int, reason: str = "") -> None:
        self._messages.clear()


async def test_a_socket_is_read_until_it_says_that_it_is_closed() -> None:
    socket: MediaSocket = Tape("one")
    await socket.send("two")

    assert [await socket.receive(), await socket.receive()] == ["one", "two"]
    with pytest.raises(SocketClosed):
        await socket.receive()
