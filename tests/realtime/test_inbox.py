"""What comes from the caller, whether a reader had to wake up for it or not."""

import asyncio
from collections.abc import Callable

from callcenter.bridge import events as b
from callcenter.realtime.inbox import CallerInbox
from callcenter.wire.media import (
    Digit,
    Frame,
    FromTwilio,
    MarkEcho,
    Stopped,
    render_from_twilio,
)
from tests.fakes.wires import STARTED

SOUND = b"\x10" * 160


def text(message: FromTwilio) -> bytes:
    return render_from_twilio(message, STARTED.stream_sid).encode()


class Prompt:
    """A socket that offers what comes, and keeps what nobody takes."""

    def __init__(self) -> None:
        self.left: asyncio.Queue[str | bytes] = asyncio.Queue()
        self.take: Callable[[bytes], bool] = lambda _: False

    def offer(self, take: Callable[[bytes], bool]) -> None:
        self.take = take

    def says(self, message: bytes) -> None:
        if not self.take(message):
            self.left.put_nowait(message.decode())

    async def receive(self) -> str | bytes:
        return await self.left.get()

    def send_now(self, text: str) -> bool:
        raise AssertionError(text)

    async def send(self, text: str) -> None:
        raise AssertionError(text)

    async def close(self, code: int, reason: str = "") -> None:
        raise AssertionError(code)


async def test_frames_and_marks_need_no_reader_and_all_else_does() -> None:
    events: list[b.Event] = []
    keys: list[str] = []
    inbox, socket = CallerInbox(events.append, keys.append), Prompt()
    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(inbox.run(socket))
        await asyncio.sleep(0)
        socket.says(text(Frame(20, SOUND)))
        socket.says(text(MarkEcho("1")))
        assert events == [b.CallerFrame(20, SOUND), b.MarkReturned("1")]
        for message in (text(Digit("5")), b"no json", text(Stopped())):
            socket.says(message)
        assert not keys  # nobody has read yet
    assert reading.result() == "the stream stopped"
    assert keys == ["5"]
    assert (inbox.frames, inbox.malformed) == (1, 1)


async def test_a_flood_is_not_passed_on_by_either_way() -> None:
    events: list[b.Event] = []
    inbox = CallerInbox(events.append, lambda _: None)
    for at in range(400):
        assert inbox.take_now(text(Frame(20 * at, SOUND)))
    assert inbox.frames == len(events) < 400
    assert inbox.frames + inbox.malformed == 400
