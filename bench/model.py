"""The model's far end: a Realtime server that says two seconds, then listens for two.

Every answer is cut short by its caller: `speech_started` comes with its last frame. So
each cycle has one barge-in, and the agent speaks half of the time.
"""

import asyncio
from typing import Final

import msgspec
from picows import (
    WSCloseCode,
    WSFrame,
    WSListener,
    WSMsgType,
    WSTransport,
    WSUpgradeRequest,
    ws_create_server,
)
from typing_extensions import override

from bench.model_events import Turn, event, session
from bench.samples import NS_PER_MS, Samples
from bench.stamps import between, now_ns, payload, read
from bench.wheel import Wheel

SPEAKS: Final = 100
"""Ticks of 20 ms in which the agent speaks; it then listens for as long."""

WORDS_EVERY: Final = 15
STOPPED_AT: Final = SPEAKS + 70
TRANSCRIBED_AT: Final = SPEAKS + 80


class ModelSession(WSListener):
    """One connection."""

    def __init__(self, far_end: "Model", number: int) -> None:
        self._far_end = far_end
        self._number = number
        self._transport: WSTransport | None = None
        self._turns = 0
        self._turn = Turn(number, 0)
        self._tick = -1
        self._call: int | None = None
        self._session = session(number)

    @override
    def on_ws_connected(self, transport: WSTransport) -> None:
        self._transport = transport
        self._send(event("session.created", session=self._session))

    @override
    def on_ws_disconnected(self, _: WSTransport) -> None:
        self._transport = None
        self._far_end.left(self)

    @override
    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        if frame.msg_type == WSMsgType.CLOSE:
            transport.send_close(WSCloseCode.OK)
            transport.disconnect()
        if frame.msg_type != WSMsgType.TEXT:
            return
        text = frame.get_payload_as_bytes()
        if b'"input_audio_buffer.append"' in text:
            self._hear(text)
        else:
            self._answer(msgspec.json.decode(text, type=dict[str, msgspec.Raw]))

    def tick(self) -> None:
        """Do what comes next in the cycle."""
        if self._tick < 0:
            return
        at, self._tick = self._tick, (self._tick + 1) % (2 * SPEAKS)
        if at == 0:
            self._turns += 1
            self._turn = Turn(self._number, self._turns)
            self._send(*self._turn.begin())
        if at < SPEAKS:
            if at % WORDS_EVERY == 0:
                self._send(self._turn.words())
            self._far_end.samples.sent_down += 1
            self._send(self._turn.audio(payload(0, now_ns())))
        elif at == SPEAKS:
            self._far_end.barged_in(self._call, now_ns())
            self._send(self._turn.caller_started(), *self._turn.cut_off())
        elif at == STOPPED_AT:
            self._send(*self._turn.caller_stopped())
        elif at == TRANSCRIBED_AT:
            self._send(self._turn.caller_transcribed())

    def _hear(self, text: bytes) -> None:
        at_ns = now_ns()
        for call, sent_ns in read(between(text, b'"audio":"')):
            self._call = call
            self._far_end.samples.up.append((at_ns - sent_ns) / NS_PER_MS)

    def _answer(self, asked: dict[str, msgspec.Raw]) -> None:
        match msgspec.json.decode(asked["type"]):
            case "session.update":
                self._session |= msgspec.json.decode(asked["session"])
                self._send(event("session.updated", session=self._session))
            case "conversation.item.create":
                item = {"id": "item_note", **msgspec.json.decode(asked["item"])}
                self._send(event("conversation.item.added", item=item))
                self._send(event("conversation.item.done", item=item))
            case "conversation.item.truncate":
                item_id = msgspec.json.decode(asked["item_id"])
                heard_ms = msgspec.json.decode(asked["audio_end_ms"])
                self._send(
                    event(
                        "conversation.item.truncated",
                        item_id=item_id,
                        content_index=0,
                        audio_end_ms=heard_ms,
                    )
                )
            case "conversation.item.retrieve":
                item = self._turn.item("incomplete")
                self._send(event("conversation.item.retrieved", item=item))
            case "response.create" if self._tick < 0:
                self._tick = 0
            case _:
                pass

    def _send(self, *texts: bytes) -> None:
        for text in texts:
            if self._transport is not None:
                self._transport.send(WSMsgType.TEXT, text)


class Model:
    """The server; its sessions tick on the wheel."""

    def __init__(self, samples: Samples, wheel: Wheel) -> None:
        self.samples = samples
        self.url = ""
        self._wheel = wheel
        self._sessions = 0
        self._barged: dict[int, int] = {}
        self._server: asyncio.Server | None = None

    async def open(self) -> None:
        self._server = await ws_create_server(self._session, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/v1/realtime"

    def close(self) -> None:
        if self._server is not None:
            self._server.close()

    def left(self, one: ModelSession) -> None:
        self._wheel.remove(one.tick)

    def barged_in(self, call: int | None, at_ns: int) -> None:
        if call is not None:
            self._barged[call] = at_ns

    def clear_arrived(self, call: int, at_ns: int) -> None:
        """Its phone was told to be silent."""
        if said_ns := self._barged.pop(call, None):
            self.samples.clear.append((at_ns - said_ns) / NS_PER_MS)

    def _session(self, _: WSUpgradeRequest) -> ModelSession:
        self._sessions += 1
        one = ModelSession(self, self._sessions)
        self._wheel.add(one.tick)
        return one
