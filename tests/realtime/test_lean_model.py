"""The SDK's model without the work that a call has no use for."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from agents.realtime import (
    OpenAIRealtimeWebSocketModel,
    RealtimeModelListener,
    openai_realtime as sdk,
)
from agents.realtime.items import RealtimeMessageItem
from agents.realtime.model_events import RealtimeModelEvent
from agents.realtime.model_inputs import RealtimeModelSendRawMessage
from pydantic import TypeAdapter
from typing_extensions import override
from websockets.asyncio.server import ServerConnection, serve

from callcenter.realtime.lean_model import LeanModel

SOUND = b"\x01\x02" * 80


class Ear(RealtimeModelListener):
    def __init__(self) -> None:
        self.heard: list[RealtimeModelEvent] = []

    @override
    async def on_event(self, event: RealtimeModelEvent) -> None:
        self.heard.append(event)

    def kinds(self) -> list[str]:
        return [event.type for event in self.heard]


@asynccontextmanager
async def connected() -> AsyncIterator[tuple[LeanModel, ServerConnection]]:
    sockets: list[ServerConnection] = []

    async def keep(socket: ServerConnection) -> None:
        sockets.append(socket)
        await socket.wait_closed()

    async with serve(keep, "127.0.0.1", 0) as server:
        model = LeanModel()
        port = server.sockets[0].getsockname()[1]
        await model.connect(
            {
                "api_key": "k",
                "url": f"ws://127.0.0.1:{port}/v1/realtime",
                "initial_model_settings": {"tracing": None},
            }
        )
        await sockets[0].recv()  # the session's settings
        try:
            yield model, sockets[0]
        finally:
            await model.close()


def delta(**fields: Any) -> dict[str, Any]:
    return {
        "type": "response.output_audio.delta",
        "event_id": "e",
        "response_id": "resp_1",
        "item_id": "item_1",
        "output_index": 0,
        "content_index": 0,
        "delta": b64encode(SOUND).decode(),
    } | fields


@pytest.mark.parametrize("name", ["_create_websocket_connection", "_handle_ws_event"])
def test_what_we_replace_is_still_called_so(name: str) -> None:
    assert name in vars(OpenAIRealtimeWebSocketModel)
    assert name in vars(LeanModel)


def test_a_validator_is_built_once() -> None:
    one, other = (
        sdk.TypeAdapter(RealtimeMessageItem)  # type: ignore[attr-defined]
        for _ in range(2)
    )
    assert one is other
    assert isinstance(one, TypeAdapter)


async def test_the_callers_audio_leaves_at_once_and_in_order() -> None:
    async with connected() as (model, service):
        assert model.append_now(SOUND)
        await model.send_event(
            RealtimeModelSendRawMessage(message={"type": "input_audio_buffer.commit"})
        )
        first, second = [json.loads(await service.recv()) for _ in range(2)]
    assert first == {
        "type": "input_audio_buffer.append",
        "audio": b64encode(SOUND).decode(),
    }
    assert second["type"] == "input_audio_buffer.commit"
    assert not model.append_now(SOUND)  # it is closed


async def test_nothing_is_compressed() -> None:
    async with connected() as (_, service):
        assert service.protocol.extensions == []


async def test_the_agents_audio_is_told_once_and_as_it_was() -> None:
    model, ear = LeanModel(), Ear()
    model.add_listener(ear)
    await model._handle_ws_event(delta())
    (audio,) = ear.heard
    assert audio.type == "audio"
    assert (audio.data, audio.item_id, audio.response_id) == (SOUND, "item_1", "resp_1")


async def test_a_delta_that_is_none_is_left_to_the_sdk() -> None:
    model, ear = LeanModel(), Ear()
    model.add_listener(ear)
    await model._handle_ws_event(delta(delta=None))
    assert ear.kinds() == ["raw_server_event", "error"]


async def test_what_only_the_sdks_history_needs_stays_raw() -> None:
    model, ear = LeanModel(), Ear()
    model.add_listener(ear)
    await model._handle_ws_event(
        {"type": "conversation.item.truncated", "item_id": "i", "audio_end_ms": 1}
    )
    assert ear.kinds() == ["raw_server_event"]
