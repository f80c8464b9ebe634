"""The bare relay: audio between two sockets, and nothing else.

No signature, no token, no barge-in, no transcript, no record, no reconnect. It finds
the base64 in one message and puts it into the other, on picows and uvloop.

Run it as `python -m bench.relay PORT MODEL_URL`.
"""

import asyncio
import gc
import sys

import uvloop
from picows import (
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    ws_connect,
    ws_create_server,
)
from typing_extensions import override

from bench.stamps import between

_FORMAT = b'"format":{"type":"audio/pcmu"}'
_OPEN = (
    b'{"type":"session.update","session":{"type":"realtime","audio":{"input":{'
    + _FORMAT
    + b'},"output":{'
    + _FORMAT
    + b"}}}}",
    b'{"type":"response.create"}',
)


class ModelLeg(WSListener):
    """The socket to the model."""

    def __init__(self, phone: "PhoneLeg") -> None:
        self._phone = phone

    @override
    def on_ws_connected(self, transport: WSTransport) -> None:
        for text in _OPEN:
            transport.send(WSMsgType.TEXT, text)

    @override
    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        text = frame.get_payload_as_bytes()
        if b'"response.output_audio.delta"' in text:
            self._phone.play(between(text, b'"delta":"'))


class PhoneLeg(WSListener):
    """The caller's socket."""

    def __init__(self, arrivals: "asyncio.Queue[PhoneLeg]") -> None:
        self.model: WSTransport | None = None
        self._arrivals = arrivals
        self._transport: WSTransport | None = None
        self._head = b""

    @override
    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._arrivals.put_nowait(self)

    @override
    def on_ws_disconnected(self, _: WSTransport) -> None:
        self._transport = None
        if self.model is not None:
            self.model.disconnect()

    @override
    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        text = frame.get_payload_as_bytes()
        audio = between(text, b'"payload":"')
        if audio and self.model is not None:
            self.model.send(
                WSMsgType.TEXT,
                b'{"type":"input_audio_buffer.append","audio":"' + audio + b'"}',
            )
        elif b'"start"' in text:
            sid = between(text, b'"streamSid":"')
            self._head = (
                b'{"event":"media","streamSid":"' + sid + b'","media":{"payload":"'
            )

    def play(self, audio: bytes) -> None:
        if self._transport is not None:
            self._transport.send(WSMsgType.TEXT, self._head + audio + b'"}}')


async def relay(port: int, model_url: str) -> None:
    """Serve until cancelled."""
    arrivals: asyncio.Queue[PhoneLeg] = asyncio.Queue()

    def arrived(_: WSUpgradeRequest) -> PhoneLeg:
        return PhoneLeg(arrivals)

    server = await ws_create_server(arrived, "127.0.0.1", port)
    async with server:
        while True:
            phone = await arrivals.get()
            phone.model, _ = await ws_connect(
                lambda phone=phone: ModelLeg(phone), model_url
            )


if __name__ == "__main__":
    gc.freeze()
    uvloop.run(relay(int(sys.argv[1]), sys.argv[2]))
