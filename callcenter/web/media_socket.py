"""A caller's WebSocket after Quart has accepted it.

Through Quart and Hypercorn each frame passes two queues, three tasks and a parser in
Python: more processor time than all that we do with it (docs/performance.md). So once
the handshake is done, and it is plain HTTP/1.1 on Hypercorn, we read and write its
transport ourselves. Whatever is not as we know it leaves us with Quart's own WebSocket,
which does the same, only slower.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final, cast

from hypercorn.asyncio.tcp_server import TCPServer
from hypercorn.protocol.h11 import H11Protocol
from hypercorn.protocol.ws_stream import WSStream
from quart.wrappers import Websocket
from typing_extensions import override

from callcenter.web.frames import Arrived, BadFrame, FrameReader, Opcode, render
from callcenter.wire.sockets import MediaSocket, SocketClosed

CLOSE_SECONDS: Final = 1.0
"""For the other side to say goodbye, too (7.1.1): before it does, the server would tear
the connection, and our close might be lost with it."""

MAX_UNREAD: Final = 1000
"""Twenty seconds of frames: whoever is so far behind should not read on."""


class QuartSocket:
    """Quart's WebSocket as a MediaSocket. Quart cancels the view when it closes."""

    def __init__(self, inner: Websocket) -> None:
        self._inner = inner

    async def receive(self) -> str | bytes:
        return await self._inner.receive()

    async def send(self, text: str) -> None:
        await self._inner.send(text)

    async def close(self, code: int, reason: str = "") -> None:
        await self._inner.close(code, reason)


async def accept(websocket: Websocket) -> MediaSocket:
    """Answer the handshake, and return the quickest way to talk."""
    found = _server(websocket)
    if found is None:
        await websocket.accept()
        return QuartSocket(websocket)
    stream, server = found
    stream.handshake.extensions = (
        None  # no compression: it would cost more than it saves
    )
    await websocket.accept()
    here = DirectSocket(websocket, server)
    if stream.closed:  # Hypercorn answers 400 to whoever talks before the handshake
        here.abandon()
    else:
        here.data_received(_came_early(server))
    return here


def _server(websocket: Websocket) -> tuple[WSStream, TCPServer] | None:
    """Hypercorn's own objects behind this WebSocket, if they are the ones we know."""
    try:
        stream = websocket._send.args[0].__self__  # type: ignore[attr-defined]  # noqa: SLF001
        protocol = stream.send.__self__
        server = protocol.send.__self__
    except (AttributeError, IndexError):
        return None
    known = (
        type(stream) is WSStream
        and type(protocol) is H11Protocol
        and type(server) is TCPServer
    )
    return (stream, server) if known else None


def _came_early(server: TCPServer) -> bytes:
    """Take what has come, and has not been read yet; nobody will now read it there."""
    waiting = cast("bytearray", server.reader._buffer)  # type: ignore[attr-defined]  # noqa: SLF001
    early = bytes(waiting)
    waiting.clear()
    return early


class DirectSocket(asyncio.Protocol):
    """A MediaSocket on the transport itself.

    Hypercorn's protocol stays behind it: it still sends pings and our close, is told
    of the connection's end, and then ends Quart's view as ever.
    """

    def __init__(self, inner: Websocket, server: TCPServer) -> None:
        self._inner = inner
        self._transport = cast("asyncio.Transport", server.writer.transport)
        self._behind = cast("asyncio.Protocol", self._transport.get_protocol())
        self._reader = FrameReader()
        self._unread: deque[str | bytes] = deque()
        self._offered: Callable[[bytes], bool] = _nobody_takes
        self._waiter: asyncio.Future[None] | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._owed: bytes | None = None
        self._over = False
        self._parted = asyncio.Event()
        self._transport.set_protocol(self)

    async def receive(self) -> str | bytes:
        while not self._unread:
            if self._over:
                raise SocketClosed
            self._waiter = asyncio.get_running_loop().create_future()
            await self._waiter
        return self._unread.popleft()

    def offer(self, take: Callable[[bytes], bool]) -> None:
        self._offered = take

    def send_now(self, text: str) -> bool:
        if self._over or not self._writable.is_set():
            return False
        self._transport.write(render(text.encode()))
        return True

    async def send(self, text: str) -> None:
        await self._writable.wait()
        if self._over:
            raise SocketClosed
        self._transport.write(render(text.encode()))

    async def close(self, code: int, reason: str = "") -> None:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                if not self._over:
                    self._end()
                    await self._inner.close(code, reason)
                await self._parted.wait()
        except TimeoutError:
            if self._transport.get_write_buffer_size():
                self._transport.abort()  # it reads nothing: it would never be rid of

    def abandon(self) -> None:
        """End what has been refused already: neither side says goodbye."""
        self._part()
        self._transport.close()

    # What the transport calls.

    @override
    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._reader.feed(data):
                self._take(frame)
        except BadFrame as bad:
            self._answer_close(bad.code.to_bytes(2))
        if len(self._unread) > MAX_UNREAD:
            self._answer_close((1008).to_bytes(2))

    @override
    def pause_writing(self) -> None:
        self._writable.clear()
        self._behind.pause_writing()

    @override
    def resume_writing(self) -> None:
        self._writable.set()
        if self._owed is not None and not self._over:
            self._pong(self._owed)
        self._behind.resume_writing()

    @override
    def eof_received(self) -> bool | None:
        self._part()
        return self._behind.eof_received()

    @override
    def connection_lost(self, exc: Exception | None) -> None:
        self._part()
        self._behind.connection_lost(exc)

    def _take(self, frame: Arrived) -> None:
        match frame.opcode:
            case kind if self._over and kind is not Opcode.CLOSE:
                pass  # after a close, theirs or ours, nobody listens (5.5.1, 7.1.7)
            case Opcode.TEXT if not self._unread and self._offered(frame.payload):
                pass
            case Opcode.TEXT | Opcode.BINARY:
                self._unread.append(_message(frame))
                self._wake()
            case Opcode.PING:
                self._pong(frame.payload)
            case Opcode.CLOSE:
                self._answer_close(frame.payload[:2])
            case _:
                pass  # a pong says nothing that a frame every 20 ms does not

    def _pong(self, payload: bytes) -> None:
        """Only the latest ping needs an answer (5.5.3), and that when it is read."""
        if self._writable.is_set():
            self._owed = None
            self._transport.write(render(payload, Opcode.PONG))
        else:
            self._owed = payload

    def _answer_close(self, code: bytes) -> None:
        if not self._over:
            self._transport.write(render(code, Opcode.CLOSE))
        self._part()
        self._transport.close()

    def _part(self) -> None:
        """The other side has said goodbye, or needs none."""
        self._end()
        self._parted.set()

    def _end(self) -> None:
        """Nothing more will be received or sent; whoever waits is told."""
        self._over = True
        self._writable.set()
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)


def _nobody_takes(_: bytes) -> bool:
    return False


def _message(frame: Arrived) -> str | bytes:
    """Raises BadFrame: text has to be UTF-8 (8.1)."""
    if frame.opcode is Opcode.BINARY:
        return frame.payload
    try:
        return frame.payload.decode()
    except UnicodeDecodeError:
        raise BadFrame(1007, "text that is not UTF-8") from None
