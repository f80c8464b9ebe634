"""The transport between a caller's media stream and an agent's Realtime session.

`TwilioRealtimeTransportLayer` is a `RealtimeModel`, so the SDK's session, runner, tools
and handoffs work on top of it unchanged. It wraps another one (by default the SDK's own
WebSocket model) and owns the Twilio socket after the handshake. Audio goes from leg to
leg through the pure bridge and never waits in the session's event queue; what the
caller heard is told to the model by us, so the SDK's own guess is switched off.
"""

import asyncio
from collections.abc import Callable
from typing import Any, Final

from agents.realtime import (
    OpenAIRealtimeWebSocketModel,
    RealtimeModel,
    RealtimeModelConfig,
    RealtimeModelEvent,
    RealtimeModelListener,
    RealtimePlaybackTracker,
)
from agents.realtime.model_inputs import (
    RealtimeModelSendAudio,
    RealtimeModelSendEvent,
    RealtimeModelSendInterrupt,
    RealtimeModelSendRawMessage,
    RealtimeModelSendSessionUpdate,
)
from typing_extensions import override
from websockets.exceptions import WebSocketException

from callcenter.bridge import events as b
from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import (
    Clear,
    Command,
    FallSilent,
    Listen,
    Play,
    Report,
    SetMark,
    Truncate,
)
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.errors import ModelError
from callcenter.realtime.acceptance import Acceptance
from callcenter.realtime.outbox import CallerOutbox, ModelOutbox
from callcenter.realtime.turns import Turns
from callcenter.wire import media
from callcenter.wire.sockets import MediaSocket, SocketClosed

ACCEPT_SECONDS: Final = 5.0
"""How long the model may take to accept the session's settings."""

MU_LAW: Final = {"type": "audio/pcmu"}

_NOT_FOR_THE_SESSION: Final = frozenset({"audio", "raw_server_event"})
"""The session would only queue them; we have acted on them already."""


class TwilioRealtimeTransportLayer(RealtimeModel, RealtimeModelListener):
    """One call's transport: connect it through a session, then `serve` the caller."""

    def __init__(
        self,
        turns: Turns,
        *,
        on_key: Callable[[str], None],
        inner: RealtimeModel | None = None,
    ) -> None:
        self._inner = inner or OpenAIRealtimeWebSocketModel()
        self._turns = turns
        self._on_key = on_key
        self._listeners: list[RealtimeModelListener] = []
        self._bridge = Bridge()
        self._acceptance = Acceptance()
        self._to_caller = CallerOutbox()
        self._to_model = ModelOutbox()
        self._quiet = asyncio.Event()
        self._responses_begun = 0
        self.frames = 0
        self.malformed = 0

    @property
    def dropped(self) -> int:
        """Frames of the caller's that the model's socket was too slow to take."""
        return self._to_model.dropped

    # The RealtimeModel, as the session above sees it.

    @override
    async def connect(self, options: RealtimeModelConfig) -> None:
        """Open the inner model and wait until it has accepted the settings.

        Raises ModelError when it refuses them or does not answer in time.
        """
        options = options.copy()
        options["initial_model_settings"] = _telephone(
            options.get("initial_model_settings")
        )
        # One that is told nothing reports nothing, so the SDK truncates nothing.
        options["playback_tracker"] = RealtimePlaybackTracker()
        self._inner.add_listener(self)
        await self._inner.connect(options)
        await self._acceptance.wait(ACCEPT_SECONDS)

    @override
    def add_listener(self, listener: RealtimeModelListener) -> None:
        if listener not in self._listeners:
            self._listeners.append(listener)

    @override
    def remove_listener(self, listener: RealtimeModelListener) -> None:
        if listener in self._listeners:
            self._listeners.remove(listener)

    @override
    async def send_event(self, event: RealtimeModelSendEvent) -> None:
        if isinstance(event, RealtimeModelSendInterrupt):
            await self._handle(b.Interrupted())
        if isinstance(event, RealtimeModelSendSessionUpdate):
            # A handoff sends all settings anew, from before they met this telephone.
            event = RealtimeModelSendSessionUpdate(_telephone(event.session_settings))
        await self._inner.send_event(event)

    @override
    async def send_event_if(
        self, event: RealtimeModelSendEvent, send_if: Callable[[], bool]
    ) -> bool:
        return await self._inner.send_event_if(event, send_if)

    @override
    def _retire_response_audio(self, response_id: str) -> None:
        self._inner._retire_response_audio(response_id)  # noqa: SLF001  # its counterpart

    @override
    async def close(self) -> None:
        """Close the inner model. A silent server makes this take up to 10 s."""
        await self._inner.close()

    # The listener, as the inner model sees it.

    @override
    async def on_event(self, event: RealtimeModelEvent) -> None:
        if event.type == "audio":
            await self._agent_spoke(
                ItemId(event.item_id), ResponseId(event.response_id), event.data
            )
        elif event.type == "raw_server_event":
            await self._read(event.data)
        elif event.type == "exception":
            self._acceptance.refuse(ModelError(f"The model's socket: {event.context}"))
        if event.type not in _NOT_FOR_THE_SESSION:
            for listener in list(self._listeners):
                await listener.on_event(event)

    async def _agent_spoke(
        self, item_id: ItemId, response_id: ResponseId, audio: bytes
    ) -> None:
        self._turns.agent_audio(item_id)
        self._quiet.clear()
        await self._handle(b.AgentAudio(item_id, response_id, audio))

    async def _read(self, event: Any) -> None:  # noqa: ANN401  # any JSON may come
        """Take what the SDK does not tell from the server's own event."""
        if not isinstance(event, dict):
            return
        match event:
            case {"type": "session.updated"}:
                self._acceptance.accept()
            case {"type": "error", "error": {"code": code, "message": text}}:
                self._acceptance.refuse_if_waiting(code, text)
            case {"type": "input_audio_buffer.speech_started"}:
                await self._handle(b.Interrupted())
            case {"type": "response.created", "response": {"id": str(response_id)}}:
                self._responses_begun += 1
                self._quiet.clear()
                await self._handle(b.ResponseBegan(ResponseId(response_id)))
            case {"type": "response.output_audio.done", "item_id": str(item_id)}:
                await self._handle(b.AgentItemEnded(ItemId(item_id)))
            case {"type": "response.done", "response": {"id": str(response_id)}}:
                await self._handle(b.ResponseEnded(ResponseId(response_id)))
            case _:
                pass
        self._turns.read(event)

    # The caller's side.

    async def serve(self, socket: MediaSocket, started: media.Started) -> str:
        """Own the caller's socket until the stream ends; returns why it did.

        Cancelling is safe. What the agent said before the caller came is played first.
        """
        self._turns.caller_arrived()
        async with asyncio.TaskGroup() as tasks:
            writers = [
                tasks.create_task(self._to_caller.run(socket, started.stream_sid)),
                tasks.create_task(self._to_model.run(self._send_audio)),
            ]
            try:
                return await self._read_caller(socket)
            finally:
                for writer in writers:
                    writer.cancel()
                for command in self._bridge.handle(b.StreamClosed()):
                    await self._perform(command)

    async def _read_caller(self, socket: MediaSocket) -> str:
        while True:
            try:
                message = media.parse_from_twilio(await socket.receive())
            except media.Malformed:
                self.malformed += 1
                continue
            except SocketClosed:
                return "the caller's socket closed"
            if isinstance(message, media.Stopped):
                return "the stream stopped"
            await self._take(message)

    async def _take(self, message: media.FromTwilio | None) -> None:
        match message:
            case media.Frame(timestamp_ms=timestamp_ms, audio=audio):
                self.frames += 1
                await self._handle(b.CallerFrame(timestamp_ms, audio))
            case media.MarkEcho(name):
                await self._handle(b.MarkReturned(name))
            case media.Digit(digit):
                self._on_key(digit)
            case _:  # a second start, or something that we don't know
                self.malformed += 1

    async def _send_audio(self, audio: bytes) -> None:
        try:
            await self._inner.send_event(RealtimeModelSendAudio(audio=audio))
        except (AssertionError, WebSocketException) as error:  # "Not connected"
            raise ModelError("The model's socket is closed") from error

    # The bridge between them.

    async def _handle(self, event: b.Event) -> None:
        for command in self._bridge.handle(event):
            await self._perform(command)

    async def _perform(self, command: Command) -> None:
        match command:
            case Listen(audio):
                self._to_model.put(audio)
            case Play(audio):
                self._to_caller.put(media.Media(audio))
            case SetMark(name):
                self._to_caller.put(media.Mark(name))
            case Clear():
                self._to_caller.clear()
            case Truncate(item_id, heard_ms):
                await self._truncate(item_id, heard_ms)
            case Report(heard):
                self._turns.heard(heard)
            case FallSilent():
                self._quiet.set()

    async def _truncate(self, item_id: ItemId, heard_ms: int) -> None:
        self._turns.barged_in(item_id, heard_ms)
        await self.send_raw(
            "conversation.item.truncate",
            item_id=item_id,
            content_index=0,
            audio_end_ms=heard_ms,
        )

    async def send_raw(self, kind: str, **fields: object) -> None:
        """Send one client event of the Realtime protocol as it is."""
        await self._inner.send_event(
            RealtimeModelSendRawMessage(message={"type": kind, "other_data": fields})
        )

    async def last_words(self, *, timeout_s: float) -> None:
        """Wait until the next response has been heard to its end, or the time is up."""
        begun = self._responses_begun
        try:
            async with asyncio.timeout(timeout_s):
                while self._responses_begun == begun or not self._bridge.quiet:
                    self._quiet.clear()
                    await self._quiet.wait()
        except TimeoutError:
            return


def _telephone(settings: Any) -> Any:  # noqa: ANN401  # a TypedDict of the SDK's, and back
    """The same settings, speaking μ-law both ways."""
    audio = dict((settings or {}).get("audio") or {})
    for direction in ("input", "output"):
        audio[direction] = {**(audio.get(direction) or {}), "format": MU_LAW}
    return {**(settings or {}), "audio": audio}
