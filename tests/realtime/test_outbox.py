"""What waits to be sent is bounded, on both sides."""

import asyncio

import pytest

from callcenter.domain.ids import StreamSid
from callcenter.realtime import outbox
from callcenter.realtime.outbox import CallerOutbox, ModelOutbox
from callcenter.wire.media import Clear, Mark, Media, parse_to_twilio
from callcenter.wire.sockets import SocketClosed

STREAM = StreamSid("MZ1")


class Socket:
    """Takes what it is sent, once it is `open`; it may be closed."""

    def __init__(self, *, gone: bool = False) -> None:
        self.sent: list[object] = []
        self.open = asyncio.Event()
        self.gone = gone
        self.closed_with: int | None = None

    async def receive(self) -> str:
        raise SocketClosed

    async def send(self, text: str) -> None:
        if self.gone:
            raise SocketClosed
        await self.open.wait()
        self.sent.append(parse_to_twilio(text))

    async def close(self, code: int, reason: str = "") -> None:
        self.closed_with = code


async def test_a_clear_overtakes_what_was_not_sent_yet() -> None:
    box, socket = CallerOutbox(), Socket()
    box.put(Media(b"old"))
    box.put(Mark("1"))
    box.clear()
    box.put(Media(b"new"))
    socket.open.set()
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(box.run(socket, STREAM))
        await asyncio.sleep(0.01)
        writing.cancel()
    assert socket.sent == [Clear(), Media(b"new")]


async def test_a_socket_that_takes_nothing_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbox, "SEND_SECONDS", 0.05)
    box, socket = CallerOutbox(), Socket()
    box.put(Media(b"x"))
    async with asyncio.timeout(1):
        await box.run(socket, STREAM)
    assert socket.closed_with == 1011


async def test_a_socket_that_is_gone_ends_the_writing() -> None:
    box = CallerOutbox()
    box.put(Media(b"x"))
    async with asyncio.timeout(1):
        await box.run(Socket(gone=True), STREAM)


async def test_a_slow_model_loses_the_oldest_of_the_callers_frames() -> None:
    box = ModelOutbox()
    frames = [bytes([number]) for number in range(3 + outbox.MAX_FRAMES % 250)]
    for frame in frames[:1] + [b"m"] * outbox.MAX_FRAMES:
        box.put(frame)
    heard: list[bytes] = []

    async def send(audio: bytes) -> None:
        heard.append(audio)

    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(box.run(send))
        await asyncio.sleep(0.01)
        writing.cancel()
    assert box.dropped == 1
    assert heard == [b"m" * outbox.MAX_FRAMES]
