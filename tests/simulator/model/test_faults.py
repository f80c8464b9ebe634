"""Each fault, once switched on, is seen by the client."""

from __future__ import annotations

import asyncio
import json

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

from callcenter.errors import ConfigurationError
from callcenter.simulator.model import Faults, ModelSimulator
from callcenter.simulator.model.reply import Pace
from tests.simulator.model.client import Beep, client_of, simulator

HELLO = {"instructions": "Say “Hello there.”"}


@pytest.mark.parametrize("status", [401, 403, 429, 503])
async def test_the_handshake_may_be_refused(status: int) -> None:
    async with simulator(faults=Faults(handshake_status=status)) as model:
        with pytest.raises(InvalidStatus) as refused:
            await connect(model.url)
        assert refused.value.response.status_code == status
        assert (model.connections, model.sessions) == (1, [])


async def test_only_the_right_key_opens_a_session() -> None:
    async with ModelSimulator(recognise=False, api_key="sk-test") as model:
        for headers in ({}, {"Authorization": "Bearer sk-wrong"}):
            with pytest.raises(InvalidStatus) as refused:
                await connect(model.url, additional_headers=headers)
            assert refused.value.response.status_code == 401
        right = {"Authorization": "Bearer sk-test"}
        async with connect(model.url, additional_headers=right):
            pass


async def test_only_the_realtime_path_is_served() -> None:
    async with simulator() as model:
        with pytest.raises(InvalidStatus) as refused:
            await connect(model.url + "/calls")
        assert refused.value.response.status_code == 404


async def test_the_handshake_may_hang() -> None:
    async with simulator(faults=Faults(handshake_hangs=True)) as model:
        with pytest.raises(TimeoutError):
            await connect(model.url, open_timeout=0.2)


async def test_a_hanging_handshake_does_not_keep_the_simulator_from_ending(
    caplog: pytest.LogCaptureFixture,
) -> None:
    hanging = simulator(faults=Faults(handshake_hangs=True))
    async with asyncio.TaskGroup() as knocking, hanging as model:
        knock = knocking.create_task(_knock(model.url))
        while not model.connections:  # noqa: ASYNC110  # nothing tells
            await asyncio.sleep(0)
    assert isinstance(knock.result(), OSError | EOFError | InvalidMessage)
    assert caplog.records == []


async def _knock(url: str) -> Exception | None:
    try:
        await connect(url)
    except (OSError, EOFError, InvalidMessage) as error:
        return error
    return None


async def test_accepting_may_take_its_time() -> None:
    async with ModelSimulator(recognise=False, accept_ms=300) as model:
        with pytest.raises(TimeoutError):
            await connect(model.url, open_timeout=0.1)


@pytest.mark.parametrize("code", [1000, 1001, 1011, 1006])
async def test_the_line_may_break_after_a_response(code: int) -> None:
    faults = Faults(close_after_responses=2, close_code=code)
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.answered()
        await client.answered()
        with pytest.raises(ConnectionClosed):
            await client.receive()
        assert client.socket.close_code == code


async def test_the_line_may_break_in_the_middle_of_a_word() -> None:
    faults = Faults(close_mid_delta=True)
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.send("response.create", response=HELLO)
        with pytest.raises(ConnectionClosed):
            await client.until("response.done")
        assert client.socket.close_code == 1011
        assert client.kinds()[-1] == "response.output_audio.delta"


async def test_the_line_may_break_before_anything_was_said() -> None:
    faults = Faults(close_before_created=True)
    async with simulator(faults=faults) as model, connect(model.url) as socket:
        with pytest.raises(ConnectionClosed):
            await socket.recv()


async def test_one_update_may_be_refused_and_the_next_taken() -> None:
    faults = Faults(reject_update=1)
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.send("session.update", session={"type": "realtime"})
        assert (await client.until("error"))["error"]["code"] == "invalid_value"
        await client.configure()


async def test_updates_may_go_unanswered() -> None:
    faults = Faults(ignore_updates=True)
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.send("session.update", session={"type": "realtime"})
        await client.say("anybody there?")
        assert "session.updated" not in client.kinds()


async def test_responses_may_fail_without_an_error_event() -> None:
    faults = Faults(fail_code="rate_limit_exceeded", fail_responses=2)
    async with simulator(faults=faults) as model, client_of(model) as client:
        for _ in range(2):
            done = await client.answered()
            assert done["status"] == "failed"
            assert done["status_details"]["error"]["code"] == "rate_limit_exceeded"
            assert done["output"] == []
        assert (await client.answered())["status"] == "completed"
        assert "error" not in client.kinds()


async def test_the_model_may_stall_before_it_speaks() -> None:
    faults = Faults(stall_s=30)
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.send("response.create")
        await client.until("response.content_part.added")
        await client.send("response.cancel")
        done = await client.until("response.done")
        assert done["response"]["status"] == "cancelled"
        assert "response.output_audio.delta" not in client.kinds()


async def test_audio_may_still_come_after_the_caller_has_begun_to_speak() -> None:
    faults = Faults(late_deltas=3)
    slow = simulator("x", faults=faults, times_real=1)
    async with slow as model, client_of(model) as client:
        await client.configure()
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.speak()
        await client.until("input_audio_buffer.speech_started")
        client.events.clear()
        await client.until("response.done")
        kinds = [event["type"] for event in client.events]
        assert kinds.count("response.output_audio.delta") == 3


async def test_a_frame_may_be_malformed() -> None:
    faults = Faults(malformed_frame=True)
    async with simulator(faults=faults) as model, client_of(model) as client:
        with pytest.raises(json.JSONDecodeError):
            await client.answered()


TOOL = {"type": "function", "name": "get_current_time", "parameters": {}}


async def test_the_model_may_invent_a_tool() -> None:
    faults = Faults(invented_tool="open_pod_bay_doors")
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.configure(tools=[TOOL])
        await client.say("what time is it")
        [call] = (await client.answered())["output"]
        assert call["name"] == "open_pod_bay_doors"


async def test_arguments_may_not_be_json() -> None:
    faults = Faults(broken_arguments=True)
    async with simulator(faults=faults) as model, client_of(model) as client:
        await client.configure(tools=[TOOL])
        await client.say("what time is it")
        [call] = (await client.answered())["output"]
        with pytest.raises(json.JSONDecodeError):
            json.loads(call["arguments"])


async def test_transcriptions_may_be_missing() -> None:
    faults = Faults(no_transcription=True)
    async with simulator("x", faults=faults) as model, client_of(model) as client:
        await client.configure()
        await client.speak()
        await client.until("response.done")
        await client.say("fence")
        assert not any("transcription" in kind for kind in client.kinds())


async def test_the_clients_close_may_go_unanswered() -> None:
    async with simulator(faults=Faults(refuse_close=True)) as model:
        socket = await connect(model.url, close_timeout=0.1)
        await socket.close()
        assert socket.close_code == 1006  # it gave up waiting
    async with simulator() as model:
        socket = await connect(model.url, close_timeout=0.1)
        await socket.close()
        assert socket.close_code == 1000


async def test_faults_hold_for_the_sessions_that_are_opened_next() -> None:
    async with simulator() as model:
        model.faults = Faults(handshake_status=503)
        with pytest.raises(InvalidStatus):
            await connect(model.url)
        model.faults = Faults()
        async with client_of(model) as client:
            await client.configure()


async def test_without_the_extra_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pocketsphinx", None)
    with pytest.raises(ConfigurationError, match=r"callcenter\[demo\]"):
        await ModelSimulator(voice=Beep(), pace=Pace()).__aenter__()
