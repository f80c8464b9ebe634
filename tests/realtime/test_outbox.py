"""What waits to be sent is bounded, on both sides."""

import asyncio
from collections.abc import Callable

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


class PromptSocket(Socket):
    """Takes what it is sent at once, while it is `open`."""

    def offer(self, take: Callable[[bytes], bool]) -> None:
        pass

    def send_now(self, text: str) -> bool:
        if self.open.is_set():
            self.sent.append(parse_to_twilio(text))
        return self.open.is_set()


async def sent_when_the_socket_opens_again(
    then: Callable[[CallerOutbox], None],
) -> list[object]:
    """What is sent when `then` comes before the writer, which waits, has its turn."""
    box, socket = CallerOutbox(), PromptSocket()
    async with asyncio.TaskGroup() as tasks:
        writing = tasks.create_task(box.run(socket, STREAM))
        await asyncio.sleep(0.01)
        box.put(Media(b"one"))
        await asyncio.sleep(0.01)
        socket.open.set()
        then(box)
        await asyncio.sleep(0.01)
        box.put(Media(b"last"))
        writing.cancel()
    return socket.sent


async def test_no_audio_overtakes_the_audio_that_is_being_sent() -> None:
    sent = await sent_when_the_socket_opens_again(lambda box: box.put(Media(b"two")))
    assert sent == [Media(b"one"), Media(b"two"), Media(b"last")]


async def test_no_old_audio_follows_a_clear() -> None:
    sent = await sent_when_the_socket_opens_again(CallerOutbox.clear)
    assert sent == [Media(b"one"), Clear(), Media(b"last")]


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
