"""A caller's socket after the handshake, read directly or through Quart: the same."""

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit

import pytest
from hypercorn.asyncio import serve
from quart import Quart, websocket
from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode

from callcenter.assembly.server import hypercorn_config
from callcenter.web import media_socket
from callcenter.web.media_socket import DirectSocket, QuartSocket, accept
from callcenter.wire.sockets import MediaSocket, SocketClosed

View = Callable[[MediaSocket], Awaitable[None]]
Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def served(view: View) -> AsyncIterator[str]:
    app = Quart(__name__)

    @app.websocket("/")
    async def _() -> None:
        await view(await accept(websocket._get_current_object()))  # type: ignore[attr-defined]

    async with served_by(app) as address:
        yield address


@asynccontextmanager
async def served_by(app: Quart) -> AsyncIterator[str]:
    door, stop = socket.create_server(("127.0.0.1", 0)), asyncio.Event()
    address = f"ws://127.0.0.1:{door.getsockname()[1]}/"

    async def stopped() -> None:
        await stop.wait()

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(serve(app, hypercorn_config(door), shutdown_trigger=stopped))
        try:
            yield address
        finally:
            stop.set()


HANDSHAKE = (
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDAwMDAwMDAwMDAwMDAwMA==\r\n\r\n"
)


@asynccontextmanager
async def raw(address: str) -> AsyncIterator[Stream]:
    """A connection that says what no library would."""
    place = urlsplit(address)
    read, write = await asyncio.open_connection(place.hostname, place.port, limit=2**26)
    try:
        yield read, write
    finally:
        write.close()
        await write.wait_closed()


@pytest.fixture(params=[DirectSocket, QuartSocket])
def kind(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> type:
    if request.param is QuartSocket:
        monkeypatch.setattr(media_socket, "_server", lambda _: None)
    return request.param  # type: ignore[no-any-return]


async def code_of(client: ClientConnection) -> int | None:
    await client.wait_closed()
    return client.close_code


async def test_what_is_said_arrives_both_ways(kind: type) -> None:
    async def echo(here: MediaSocket) -> None:
        assert type(here) is kind
        while True:
            message = await here.receive()
            await here.send(f"{type(message).__name__} {len(message)}")

    async with served(echo) as address, connect(address) as client:
        for size in (1, 125, 126, 65_536):
            await client.send("x" * size)
            assert await client.recv() == f"str {size}"
        await client.send(b"\x00\x01")
        assert await client.recv() == "bytes 2"
        assert await (await client.ping("still there?")) >= 0


async def test_we_may_close_and_say_why(kind: type) -> None:
    async def refuse(here: MediaSocket) -> None:
        assert type(here) is kind
        await here.close(1008, "no stream was started")

    async with served(refuse) as address, connect(address) as client:
        assert await code_of(client) == 1008
        assert client.close_reason == "no stream was started"


async def test_whoever_reads_is_told_when_the_caller_is_gone() -> None:
    told = asyncio.Event()

    async def read(here: MediaSocket) -> None:
        try:
            await here.receive()
        except (SocketClosed, asyncio.CancelledError):
            told.set()
            raise

    async with served(read) as address:
        async with connect(address):
            pass
        await asyncio.wait_for(told.wait(), 5)
        told.clear()
        async with connect(address) as client:
            client.transport.abort()
            await asyncio.wait_for(told.wait(), 5)


async def test_a_caller_may_say_one_thing_and_leave() -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()

    async def read(here: MediaSocket) -> None:
        while True:
            heard.put_nowait(await here.receive())

    async with served(read) as address:
        async with connect(address) as client:
            await client.send("stop")
        assert await asyncio.wait_for(heard.get(), 5) == "stop"


async def test_nothing_is_compressed_even_when_the_client_would_like_to() -> None:
    async def wait(here: MediaSocket) -> None:
        await here.receive()

    async with served(wait) as address, connect(address, compression="deflate") as one:
        assert one.protocol.extensions == []


async def test_what_is_no_websocket_is_closed_with_its_code() -> None:
    async def read(here: MediaSocket) -> None:
        await here.receive()

    async with served(read) as address:
        async with connect(address) as client:
            client.transport.write(Frame(Opcode.TEXT, b"bare").serialize(mask=False))
            assert await code_of(client) == 1002
        async with connect(address) as client:
            client.transport.write(Frame(Opcode.TEXT, b"\xff").serialize(mask=True))
            assert await code_of(client) == 1007


async def test_nothing_is_sent_to_a_caller_who_is_gone() -> None:
    outcome: asyncio.Queue[bool] = asyncio.Queue()

    async def talk(here: MediaSocket) -> None:
        assert isinstance(here, DirectSocket)
        assert here.send_now("hello")
        try:
            await here.receive()
        except SocketClosed:
            outcome.put_nowait(here.send_now("anybody?"))
            with pytest.raises(SocketClosed):
                await here.send("anybody?")
            await here.close(1000)  # harmless

    async with served(talk) as address:
        async with connect(address) as client:
            assert await client.recv() == "hello"
        assert await asyncio.wait_for(outcome.get(), 5) is False


async def test_what_came_while_we_answered_is_received_and_first() -> None:
    heard: asyncio.Queue[str | bytes] = asyncio.Queue()

    early, later = (
        Frame(Opcode.TEXT, words).serialize(mask=True) for words in (b"one", b"two")
    )
    app = Quart(__name__)

    @app.websocket("/")
    async def _() -> None:
        inner = websocket._get_current_object()  # type: ignore[attr-defined]
        found = media_socket._server(inner)
        assert found is not None
        # As when the event loop reads it in the same round in which we answer.
        protocol = found[1].writer.transport.get_protocol()
        assert isinstance(protocol, asyncio.Protocol)
        protocol.data_received(early + later[:7])
        here = await accept(inner)
        assert type(here) is DirectSocket
        with suppress(SocketClosed):
            while True:
                heard.put_nowait(await here.receive())

    async with served_by(app) as address, raw(address) as (read, write):
        write.write(HANDSHAKE)
        assert b" 101 " in await read.readuntil(b"\r\n\r\n")
        assert await asyncio.wait_for(heard.get(), 5) == "one"
        write.write(later[7:])
        assert await asyncio.wait_for(heard.get(), 5) == "two"


async def test_who_talks_before_the_handshake_is_refused_and_let_go() -> None:
    over = asyncio.Event()

    async def listen(here: MediaSocket) -> None:
        assert type(here) is DirectSocket
        with pytest.raises(SocketClosed):
            await here.receive()
        await here.close(1008)  # harmless
        over.set()

    async with served(listen) as address, raw(address) as (read, write):
        write.write(HANDSHAKE + Frame(Opcode.TEXT, b"early").serialize(mask=True))
        answer = await asyncio.wait_for(read.read(), 5)  # to its end
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert answer.endswith(b"\r\n\r\n")
        await asyncio.wait_for(over.wait(), 5)


@pytest.mark.parametrize("first", ["ours", "theirs"])
async def test_nothing_is_taken_or_received_after_a_close(first: str) -> None:
    taken: list[bytes] = []
    left: list[str | bytes] = []
    over = asyncio.Event()

    def take(text: bytes) -> bool:
        taken.append(text)
        return text != b"not taken"

    async def listen(here: MediaSocket) -> None:
        assert isinstance(here, DirectSocket)
        here.offer(take)
        if first == "ours":
            assert await here.receive() == "not taken"
            await here.close(1000)
        with suppress(SocketClosed):
            while True:
                left.append(await here.receive())
        over.set()

    def text(words: bytes) -> bytes:
        return Frame(Opcode.TEXT, words).serialize(mask=True)

    close = Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True)
    async with served(listen) as address, raw(address) as (read, write):
        write.write(HANDSHAKE)
        await read.readuntil(b"\r\n\r\n")
        if first == "ours":
            write.write(text(b"before") + text(b"not taken"))
            await read.readuntil(b"\x88\x02\x03\xe8")
            write.write(text(b"after") + text(b"not taken") + close)
        else:
            write.write(text(b"before") + text(b"not taken"))
            write.write(close + text(b"after") + text(b"not taken"))
        await asyncio.wait_for(over.wait(), 5)
    assert taken == [b"before", b"not taken"]
    assert left == (["not taken"] if first == "theirs" else [])


async def test_pings_of_a_caller_who_reads_nothing_fill_no_memory() -> None:
    sockets: asyncio.Queue[DirectSocket] = asyncio.Queue()

    async def wait(here: MediaSocket) -> None:
        assert isinstance(here, DirectSocket)
        sockets.put_nowait(here)
        with suppress(SocketClosed):
            await here.receive()

    async with served(wait) as address, raw(address) as (read, write):
        write.write(HANDSHAKE)
        await read.readuntil(b"\r\n\r\n")
        write.transport.pause_reading()  # type: ignore[attr-defined]
        here = await sockets.get()
        transport = here._transport
        while here.send_now("x" * 60_000):
            pass
        size = transport.get_write_buffer_size()
        for name in [b"early"] * 1000 + [b"late"]:
            here.data_received(Frame(Opcode.PING, name).serialize(mask=True))
        assert transport.get_write_buffer_size() == size
        write.transport.resume_reading()  # type: ignore[attr-defined]
        late = Frame(Opcode.PONG, b"late").serialize(mask=False)
        assert b"early" not in await asyncio.wait_for(read.readuntil(late), 5)
        here.data_received(Frame(Opcode.PING, b"now").serialize(mask=True))
        now = Frame(Opcode.PONG, b"now").serialize(mask=False)
        assert await asyncio.wait_for(read.readuntil(now), 5) == now


async def test_a_caller_who_reads_nothing_is_soon_rid_of() -> None:
    gone: asyncio.Queue[DirectSocket] = asyncio.Queue()

    async def stuff(here: MediaSocket) -> None:
        assert isinstance(here, DirectSocket)
        while here.send_now("x" * 60_000):
            pass
        await here.close(1011, "too slow")
        gone.put_nowait(here)

    async with served(stuff) as address, raw(address) as (read, write):
        write.transport.pause_reading()  # type: ignore[attr-defined]
        write.write(HANDSHAKE)
        here = await asyncio.wait_for(gone.get(), 3)
        assert here._transport.is_closing()
        write.transport.resume_reading()  # type: ignore[attr-defined]
        with suppress(ConnectionError):
            await read.read()


async def test_what_is_offered_and_taken_is_not_received_and_order_is_kept() -> None:
    taken: list[bytes] = []
    left: asyncio.Queue[str | bytes] = asyncio.Queue()
    read_on = asyncio.Event()

    def take(text: bytes) -> bool:
        if text.startswith(b"frame"):
            taken.append(text)
            return True
        return False

    async def listen(here: MediaSocket) -> None:
        assert isinstance(here, DirectSocket)
        here.offer(take)
        await here.send("go on")
        await read_on.wait()
        while True:
            left.put_nowait(await here.receive())

    async with served(listen) as address, connect(address) as client:
        await client.recv()
        for text in ("frame 1", "key", "frame 2"):
            await client.send(text)
        await client.send(b"frame 3")  # bytes, which are offered to nobody
        await (await client.ping())
        assert taken == [b"frame 1"]  # the second one waits behind the key
        read_on.set()
        got = [await asyncio.wait_for(left.get(), 5) for _ in range(3)]
        assert got == ["key", "frame 2", b"frame 3"]
        await client.send("frame 4")
        await (await client.ping())
        assert taken == [b"frame 1", b"frame 4"]
