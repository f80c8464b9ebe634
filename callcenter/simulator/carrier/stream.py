"""The carrier's end of a Media Stream: a line whose other end is the server."""

import asyncio
import random
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from aiohttp import WSMessage, WSMsgType
from typing_extensions import override

from callcenter.domain.ids import CallSid, StreamSid
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.faults import Ending, StreamFaults
from callcenter.simulator.carrier.handshake import (
    BROKEN_PIPE,
    CLOSE_TIMEOUT_S,
    CLOSED_WITH_ERROR,
    StreamSocket,
)
from callcenter.simulator.carrier.leg import Leg
from callcenter.simulator.carrier.lines import Line
from callcenter.simulator.carrier.marks import Marks
from callcenter.simulator.carrier.playback import Playback
from callcenter.simulator.carrier.records import Happening, Source, new_sid
from callcenter.simulator.carrier.stream_text import read_strictly, stop_text
from callcenter.wire.media import (
    Clear,
    Connected,
    Digit,
    Frame,
    FromTwilio,
    Malformed,
    Mark,
    MarkEcho,
    Media,
    Started,
    Stopped,
    ToTwilio,
    render_from_twilio,
)
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_MS

OVERFLOW: Final = 31930
BINARY_MESSAGE: Final = 31950
INVALID_MESSAGE: Final = 31951
OUTBOX_MESSAGES: Final = 500
"""Ten seconds of frames: a server that reads more slowly loses the caller's audio."""
_NORMAL_CLOSURES: Final = frozenset({1000, 1001, 1005})
_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class StreamEnd:
    """Why the server's end is gone. `error` is empty for an orderly close."""

    error: str = ""


class MediaStream(Line):
    """Connect its `exchange` to a leg's clock, and `converse` to its socket."""

    source = Source.STREAM

    def __init__(
        self,
        exchange: Exchange,
        leg: Leg,
        socket: StreamSocket,
        parameters: dict[str, str],
        faults: StreamFaults,
    ) -> None:
        self.sid = StreamSid(new_sid("MZ"))
        self._shared = exchange
        self._leg = leg
        self._socket = socket
        self._parameters = parameters
        self._faults = faults
        options = exchange.options
        limit_ms = options.playback_limit_ms
        self.playback = Playback(None if limit_ms is None else limit_ms * BYTES_PER_MS)
        self._outbox: asyncio.Queue[str | bytes | None] = asyncio.Queue(OUTBOX_MESSAGES)
        self._up: deque[tuple[int, Frame]] = deque()
        self._down: deque[tuple[int, ToTwilio]] = deque()
        self._marks = Marks(faults, options.mark_delay_ms)
        self._complained: set[int] = set()
        self._sequence = 0
        self._chunk = 0
        self.now_ms = 0
        """Stream time: 20 ms for each frame of the caller."""

    async def converse(self) -> StreamEnd:
        """Say hello, then relay until the server closes. Cancelling ends the stream."""
        self._greet()
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(self._send())
            self._leg.line = self
            self._leg.phone.happen(Happening.STREAM_STARTED, self.sid)
            try:
                return await self._listen()
            finally:
                if self._leg.line is self:
                    self._leg.line = Line()
                self._leg.phone.happen(Happening.STREAM_STOPPED, self.sid)
                await self._part(sending)

    @override
    def exchange(self, spoken: bytes) -> bytes:
        self.now_ms += FRAME_MS
        self._chunk += 1
        frame = Frame(self.now_ms, spoken, self._chunk)
        self._up.append((self._due(self._shared.network.delay_ms_up), frame))
        self._inject_faults()
        if not self._stalled():
            while self._up and self._up[0][0] <= self.now_ms:
                self._tell(self._up.popleft()[1])
        while self._down and self._down[0][0] <= self.now_ms:
            self._obey(self._down.popleft()[1])
        heard, reached = self.playback.tick()
        self._echo(reached)
        return heard

    @override
    def press(self, digit: str) -> None:
        self._tell(Digit(digit))

    def _greet(self) -> None:
        for frame in self._faults.before_start:
            self._queue(frame)
        self._queue(render_from_twilio(Connected(), self.sid))
        call_sid = CallSid(self._faults.call_sid or self._leg.sid)
        started = Started(
            self.sid, call_sid, self._shared.account_sid, self._parameters
        )
        for _ in range(2 if self._faults.duplicate_start else 1):
            self._tell(started)

    def _tell(self, message: FromTwilio) -> None:
        self._sequence += 1
        if isinstance(message, Stopped):
            self._queue(
                stop_text(
                    self.sid,
                    self._sequence,
                    self._shared.account_sid,
                    self._leg.sid,
                )
            )
        else:
            self._queue(render_from_twilio(message, self.sid, self._sequence))

    def _queue(self, frame: str | bytes) -> None:
        try:
            self._outbox.put_nowait(frame)
        except asyncio.QueueFull:
            self._complain(OVERFLOW, "Stream media buffer overflow")

    async def _send(self) -> None:
        """Write what is queued, until told that nothing will follow."""
        ws = self._socket.ws
        while (frame := await self._outbox.get()) is not None:
            try:
                await (
                    ws.send_str(frame)
                    if isinstance(frame, str)
                    else ws.send_bytes(frame)
                )
            except ConnectionError:
                return

    async def _listen(self) -> StreamEnd:
        while True:
            limit_ms = self._faults.stop_reading_after_ms
            while limit_ms is not None and self.now_ms >= limit_ms:
                await asyncio.sleep(FRAME_MS / _MS)
                if self._socket.ws.closed:
                    break
            message = await self._socket.ws.receive()
            match message.type:
                case WSMsgType.TEXT:
                    self._take(str(message.data))
                case WSMsgType.BINARY:
                    self._complain(BINARY_MESSAGE, "A binary message; ignored")
                case _:
                    return self._end(message)

    def _end(self, message: WSMessage) -> StreamEnd:
        """Judge how the server left."""
        if message.type is not WSMsgType.CLOSE:
            self._complain(BROKEN_PIPE, "The stream's connection broke")
            return StreamEnd("Stream connection broken")
        code = message.data
        if code not in _NORMAL_CLOSURES:
            self._complain(CLOSED_WITH_ERROR, f"The server closed with code {code}")
            return StreamEnd(f"Stream closed by the server with code {code}")
        return StreamEnd()

    def _take(self, text: str) -> None:
        try:
            message = read_strictly(text, self.sid)
        except Malformed as error:
            self._complain(INVALID_MESSAGE, f"Invalid message, ignored: {error}")
            return
        delay_ms = self._shared.network.delay_ms_down
        if delay_ms or self._down:
            self._down.append((self._due(delay_ms), message))
        else:
            self._obey(message)

    def _obey(self, message: ToTwilio) -> None:
        match message:
            case Media(audio):
                if not self.playback.play(audio):
                    self._complain(OVERFLOW, "Too much unplayed audio; dropped")
            case Mark(name):
                self._echo(self.playback.mark(name))
            case Clear():
                self._leg.phone.happen(
                    Happening.CLEARED,
                    f"{self.playback.queued_bytes // BYTES_PER_MS} ms unheard",
                )
                self._echo(self.playback.clear())

    def _echo(self, names: list[str]) -> None:
        self._marks.reach(names, self.now_ms)
        for name in self._marks.due(self.now_ms):
            self._tell(MarkEcho(name))

    def _due(self, delay_ms: int) -> int:
        return (
            self.now_ms + delay_ms + random.randint(0, self._shared.network.jitter_ms)
        )

    def _stalled(self) -> bool:
        begin_ms = self._faults.stall_at_ms
        if begin_ms is None:
            return False
        return begin_ms <= self.now_ms < begin_ms + self._faults.stall_ms

    def _inject_faults(self) -> None:
        before_ms = self.now_ms - FRAME_MS
        cut_ms = self._faults.reset_after_ms
        if cut_ms is not None and before_ms < cut_ms <= self.now_ms:
            self._shared.spawn(self._socket.reset())
        for at_ms, frame in self._faults.inject.items():
            if before_ms < at_ms <= self.now_ms:
                self._queue(frame)

    def _complain(self, code: int, text: str) -> None:
        """Twilio logs each kind of warning once for a stream."""
        if code not in self._complained:
            self._complained.add(code)
            self._shared.warn(code, text, self._leg)

    async def _part(self, sending: asyncio.Task[None]) -> None:
        """End our side, in the way the faults ask for."""
        if self._faults.ending is Ending.RESET:
            sending.cancel()
            await self._socket.reset()
            return
        if self._socket.ws.closed:
            sending.cancel()
        else:
            self._tell(Stopped())
            await _drain(self._outbox, sending)
        if self._faults.ending is Ending.LINGER:
            self._shared.spawn(self._linger())
        else:
            await self._socket.close(self._faults.close_code)

    async def _linger(self) -> None:
        """Keep a stopped stream's socket open until the server closes it."""
        async for _ in self._socket.ws:
            pass
        await self._socket.close()


async def _drain(
    outbox: asyncio.Queue[str | bytes | None], sending: asyncio.Task[None]
) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(CLOSE_TIMEOUT_S):
            await outbox.put(None)
            await asyncio.wait({sending})
    sending.cancel()
