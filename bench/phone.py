"""The caller's far end: a Media Streams client, as light as can be.

It sends a frame every 20 ms, plays what it gets on a clock, and returns marks when
they have played, or at once when there was a clear, as Twilio does.
"""

from collections import deque
from collections.abc import Callable

from picows import WSCloseCode, WSFrame, WSListener, WSMsgType, WSTransport
from typing_extensions import override

from bench.samples import NS_PER_MS, Samples
from bench.stamps import between, now_ns, payload, read
from callcenter.domain.ids import CallSid, StreamSid
from callcenter.wire.media import Connected, Started, render_from_twilio
from callcenter.wire.mulaw import BYTES_PER_MS, FRAME_MS


class Phone(WSListener):
    """One caller."""

    def __init__(
        self,
        number: int,
        call_sid: str,
        token: str,
        samples: Samples,
        clear_arrived: Callable[[int, int], None],
    ) -> None:
        self.number = number
        self.gone = False
        self._call_sid, self._token = call_sid, token
        self._sid = StreamSid(f"MZ{number:032x}")
        self._samples = samples
        self._clear_arrived = clear_arrived
        self._transport: WSTransport | None = None
        self._started_ns = 0
        self._frames = 0
        self._heard = False
        self._played_ns = 0
        self._marks: deque[tuple[int, bytes]] = deque()
        self._tail = f'"}},"streamSid":"{self._sid}"}}'.encode()

    @override
    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        started = Started(
            self._sid, CallSid(self._call_sid), parameters={"token": self._token}
        )
        self._send(render_from_twilio(Connected(), self._sid).encode())
        self._started_ns = now_ns()
        self._send(render_from_twilio(started, self._sid).encode())

    @override
    def on_ws_disconnected(self, _: WSTransport) -> None:
        self.gone = True
        self._transport = None

    @override
    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        if frame.msg_type != WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        if encoded := between(text, b'"payload":"'):
            self._play(encoded)
        elif mark := between(text, b'"name":"'):
            self._mark(mark)
        elif b'"clear"' in text:
            self._clear()

    def tick(self) -> None:
        """Send the next 20 ms of the caller's voice, and the marks that are due."""
        if self._transport is None:
            return
        at_ns = now_ns()
        self._frames += 1
        self._samples.sent_up += 1
        head = (
            f'{{"event":"media","sequenceNumber":"{self._frames + 1}","media":'
            f'{{"track":"inbound","chunk":"{self._frames}",'
            f'"timestamp":"{self._frames * FRAME_MS}","payload":"'
        )
        self._send(head.encode() + payload(self.number, at_ns) + self._tail)
        while self._marks and self._marks[0][0] <= at_ns:
            self._return(self._marks.popleft()[1])

    def hang_up(self) -> None:
        if self._transport is not None:
            self._transport.disconnect()

    def _play(self, encoded: bytes) -> None:
        at_ns = now_ns()
        if not self._heard:
            self._heard = True
            self._samples.first_audio.append((at_ns - self._started_ns) / NS_PER_MS)
        for _, sent_ns in read(encoded):
            if sent_ns > self._started_ns:  # else it waited for the caller to come
                self._samples.down.append((at_ns - sent_ns) / NS_PER_MS)
        length_ns = len(encoded) * 3 // 4 * NS_PER_MS // BYTES_PER_MS
        self._played_ns = max(self._played_ns, at_ns) + length_ns

    def _mark(self, name: bytes) -> None:
        if self._played_ns <= now_ns():
            self._return(name)
        else:
            self._marks.append((self._played_ns, name))

    def _clear(self) -> None:
        at_ns = now_ns()
        self._clear_arrived(self.number, at_ns)
        self._played_ns = at_ns
        while self._marks:
            self._return(self._marks.popleft()[1])

    def _return(self, name: bytes) -> None:
        self._send(b'{"event":"mark","mark":{"name":"' + name + self._tail)

    def _send(self, text: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, text)
