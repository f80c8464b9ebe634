"""The SDK's own WebSocket model, without the work that a telephone call has no use for.

Everything here only leaves something out, or does the same in less time; take it away
and calls go on as before, but slower. What it brings is in docs/performance.md. Names
with an underscore are the SDK's own: when a version has other ones, our methods are
simply never called, and tests/realtime/test_lean_model.py says so.
"""

from base64 import b64decode
from functools import cache
from typing import Any, Final

import websockets
from agents.realtime import (
    OpenAIRealtimeWebSocketModel,
    openai_realtime as sdk,
)
from agents.realtime.model_events import (
    RealtimeModelAudioEvent,
    RealtimeModelRawServerEvent,
)
from pydantic import TypeAdapter
from typing_extensions import override

from callcenter.realtime.model_socket import ModelSocket, Play

# The SDK builds a validator anew for every raw message (27 ms in which no caller on
# this node hears anything) and for every item (0.4 ms). One for each type will do.
sdk.TypeAdapter = cache(TypeAdapter)  # type: ignore[assignment, attr-defined]

_OURS: Final = frozenset(
    {
        "conversation.item.added",
        "conversation.item.done",
        "conversation.item.input_audio_transcription.completed",
        "conversation.item.input_audio_transcription.delta",
        "conversation.item.truncated",
        "input_audio_buffer.committed",
        "input_audio_buffer.speech_stopped",
        "rate_limits.updated",
        "response.content_part.added",
        "response.content_part.done",
        "response.function_call_arguments.delta",
        "response.output_audio.done",
        "response.output_audio_transcript.delta",
        "response.output_audio_transcript.done",
    }
)
"""Events that serve only the SDK's own history and playback. We keep both ourselves;
the SDK would also ask for every item with all its audio, and keep it to the end."""

MAX_MESSAGE_BYTES: Final = 8 * 1024 * 1024
"""The SDK's own limit."""


class LeanModel(OpenAIRealtimeWebSocketModel):
    """Listeners get each audio delta as `audio` only, and the rest as raw events.

    With `play`, set before it is connected, audio goes there and needs no event.
    """

    play: Play | None = None

    @override
    async def _create_websocket_connection(
        self, url: str, headers: dict[str, str], transport_config: Any = None
    ) -> Any:
        """Connect without compression: base64 of μ-law does not get smaller by it.

        zlib's two windows would take some 300 KB a call, and time on every frame.
        """
        socket = await websockets.connect(
            url,
            additional_headers=headers,
            user_agent_header=sdk._USER_AGENT,  # noqa: SLF001
            max_size=MAX_MESSAGE_BYTES,
            compression=None,
            create_connection=ModelSocket,
        )
        socket.play = self.play  # type: ignore[attr-defined]  # it is a ModelSocket
        return socket

    def append_now(self, audio: bytes) -> bool:
        """Send the caller's audio at once; False when the socket cannot take it now."""
        socket = self._websocket
        return isinstance(socket, ModelSocket) and socket.append_now(audio)

    @override
    async def _handle_ws_event(self, event: dict[str, Any]) -> None:
        try:
            await self._handle(event)
        finally:
            if isinstance(self._websocket, ModelSocket):
                self._websocket.handled()

    async def _handle(self, event: dict[str, Any]) -> None:
        match event:
            case {
                "type": "response.output_audio.delta",
                "delta": str(delta),
                "item_id": str(item_id),
                "response_id": str(response_id),
            }:
                await self._hear(delta, item_id, response_id)
            case {"type": str(kind)} if kind in _OURS:
                await self._emit_event(RealtimeModelRawServerEvent(data=event))
            case _:
                await super()._handle_ws_event(event)

    async def _hear(self, delta: str, item_id: str, response_id: str) -> None:
        audio = b64decode(delta)
        await self._emit_event(
            RealtimeModelAudioEvent(
                data=audio, response_id=response_id, item_id=item_id, content_index=0
            )
        )
