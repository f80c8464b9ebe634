"""The SDK's model without the work that a call has no use for."""

import asyncio
import json
from base64 import b64decode, b64encode
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
from callcenter.realtime.model_socket import Play

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
async def connected(
    play: Play | None = None,
) -> AsyncIterator[tuple[LeanModel, ServerConnection]]:
    sockets: list[ServerConnection] = []

    async def keep(socket: ServerConnection) -> None:
        sockets.append(socket)
        await socket.wait_closed()

    async with serve(keep, "127.0.0.1", 0) as server:
        model = LeanModel()
        model.play = play
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


class Slow(Ear):
    """It takes its time over everything but audio, and writes down what came when."""

    def __init__(self, went_on: asyncio.Event) -> None:
        super().__init__()
        self.order: list[str] = []
        self._went_on = went_on

    def play(self, item_id: str, response_id: str, audio: bytes) -> None:
        assert (response_id, audio) == ("resp_1", SOUND)
        self.order.append(item_id)

    @override
    async def on_event(self, event: RealtimeModelEvent) -> None:
        if event.type == "audio":
            self.play(event.item_id, event.response_id, event.data)
        elif event.type == "raw_server_event":
            await self._went_on.wait()
            self.order.append(event.data["type"])


async def test_audio_passes_the_queue_but_nothing_that_came_before_it() -> None:
    went_on = asyncio.Event()
    ear = Slow(went_on)
    async with connected(ear.play) as (model, service):
        model.add_listener(ear)
        await service.send(json.dumps(delta(item_id="a")))
        await (await service.ping())
        assert ear.order == ["a"]
        await service.send(json.dumps({"type": "rate_limits.updated"}))
        await service.send(json.dumps(delta(item_id="b")))
        await (await service.ping())
        assert ear.order == ["a"]  # the limits are still being thought about
        went_on.set()
        async with asyncio.timeout(5):
            while "b" not in ear.order:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await service.send(json.dumps(delta(item_id="c")))
        await (await service.ping())
    assert ear.order == ["a", "rate_limits.updated", "b", "c"]


@pytest.mark.parametrize("length", [1, 60, 160, 16_000, 60_000])
async def test_audio_of_any_length_arrives_whole(length: int) -> None:
    async with connected() as (model, service):
        audio = bytes(range(256)) * (length // 256 + 1)
        if not model.append_now(audio[:length]):
            assert length == 60_000  # too long for one frame: the SDK may have it
            return
        sent = json.loads(await service.recv())
        assert b64decode(sent["audio"]) == audio[:length]
