"""The protocol over a socket. The client checks each event against OpenAI's types."""

from __future__ import annotations

import asyncio
from base64 import b64decode

import pytest
from websockets.asyncio.client import connect

from callcenter.simulator.model import ModelSimulator
from callcenter.wire import mulaw
from tests.simulator.model.client import client_of, simulator, tone

SPOKEN_TURN = [
    "input_audio_buffer.speech_started",
    "input_audio_buffer.speech_stopped",
    "input_audio_buffer.committed",
    "conversation.item.added",
    "conversation.item.done",
    "response.created",
    "rate_limits.updated",
    "response.output_item.added",
    "conversation.item.added",
    "response.content_part.added",
    "response.output_audio_transcript.delta",
    "response.output_audio.delta",
    "response.output_audio.done",
    "response.output_audio_transcript.done",
    "response.content_part.done",
    "response.output_item.done",
    "conversation.item.done",
    "response.done",
]

TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather.",
    "parameters": {
        "type": "object",
        "properties": {"place": {"type": "string"}, "day": {"type": "string"}},
        "required": ["place"],
    },
}


async def test_a_spoken_turn_has_its_events_in_the_order_of_the_protocol() -> None:
    async with simulator("hello") as model, client_of(model) as client:
        await client.configure()
        client.events.clear()
        await client.speak()
        await client.until("response.done")
        kinds = [kind for kind in client.kinds() if "transcription" not in kind]
        assert list(dict.fromkeys(kinds)) == list(dict.fromkeys(SPOKEN_TURN))


async def test_the_transcription_comes_when_it_comes() -> None:
    async with simulator("hello") as model, client_of(model) as client:
        await client.configure()
        await client.speak()
        kind = "conversation.item.input_audio_transcription.completed"
        transcription = await client.until(kind)
        [user] = [item for item in model.sessions[0].items if item.role == "user"]
        assert transcription["item_id"] == user.id
        assert transcription["transcript"] == "hello"


async def test_the_times_of_speech_count_from_the_first_audio_ever() -> None:
    async with simulator("hello", "hello") as model, client_of(model) as client:
        await client.configure()
        await client.hear(mulaw.silence(1_000))
        await client.speak(300)
        started = await client.until("input_audio_buffer.speech_started")
        stopped = await client.until("input_audio_buffer.speech_stopped")
        assert 680 <= started["audio_start_ms"] <= 1_000
        assert stopped["audio_end_ms"] == 1_300
        await client.until("response.done")
        await client.speak(300)
        stopped = await client.until("input_audio_buffer.speech_stopped")
        assert stopped["audio_end_ms"] == 1_900 + 300


async def test_deltas_join_to_the_whole_and_to_the_length_of_the_speech() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure()
        words = "One two three four five six seven."
        done = await client.answered(instructions=f"Say: “{words}”")
        [item] = done["output"]
        deltas = [e for e in client.events if e["type"].endswith("transcript.delta")]
        sounds = [e for e in client.events if e["type"].endswith("output_audio.delta")]
        assert "".join(e["delta"] for e in deltas) == words
        assert item["content"] == [{"type": "output_audio", "transcript": words}]
        audio = b"".join(b64decode(e["delta"]) for e in sounds)
        assert mulaw.milliseconds(audio) == 50 * len(words)
        assert len(sounds) == -(-50 * len(words) // 200)


async def test_the_output_format_in_force_decides_what_is_sent() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.answered(instructions="Say: “Yes.”")
        sounds = [e for e in client.events if e["type"].endswith("output_audio.delta")]
        audio = b"".join(b64decode(e["delta"]) for e in sounds)
        assert len(audio) == 200 * 24 * 2  # 200 ms of 24 kHz PCM16


async def test_pcm_from_the_caller_is_heard_too() -> None:
    async with simulator("hello") as model, client_of(model) as client:
        await client.configure(audio={"input": {"transcription": {"model": "m"}}})
        samples = mulaw.decode(tone(400) + mulaw.silence(600))
        await client.hear(
            b"".join(s.to_bytes(2, "little", signed=True) * 3 for s in samples)
        )
        done = await client.until("response.done")
        assert done["response"]["status"] == "completed"


async def test_a_text_session_answers_in_text() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure(output_modalities=["text"])
        await client.say("hello")
        done = await client.answered()
        content = done["output"][0]["content"]
        assert content == [
            {"type": "output_text", "text": "Hello. How can I help you?"}
        ]
        assert "response.output_text.done" in client.kinds()
        assert "response.output_audio.delta" not in client.kinds()


async def test_a_tool_is_called_and_its_answer_is_spoken_when_asked() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure(tools=[TOOL])
        await client.say("what is the weather in bergen tomorrow")
        [call] = (await client.answered())["output"]
        assert (call["type"], call["status"]) == ("function_call", "completed")
        assert call["arguments"] == '{"place": "Bergen", "day": "tomorrow"}'
        arguments = [e for e in client.events if "arguments" in e["type"]]
        assert [e["type"].rpartition(".")[2] for e in arguments] == ["delta", "done"]
        output = {"call_id": call["call_id"], "output": '{"say": "Rain."}'}
        await client.send(
            "conversation.item.create", item={"type": "function_call_output", **output}
        )
        await client.until("conversation.item.done")
        [message] = (await client.answered())["output"]
        assert message["content"][0]["transcript"] == "Rain."


async def test_only_one_response_at_a_time() -> None:
    async with simulator(times_real=1) as model, client_of(model) as client:
        await client.configure()
        await client.send("response.create")
        active = (await client.until("response.created"))["response"]["id"]
        await client.send("response.create", event_id="mine")
        error = (await client.until("error"))["error"]
        assert error["code"] == "conversation_already_has_active_response"
        assert error["event_id"] == "mine"
        assert active in error["message"]


async def test_a_response_out_of_band_runs_beside_and_leaves_no_trace() -> None:
    async with simulator(times_real=1) as model, client_of(model) as client:
        await client.configure()
        await client.send("response.create")
        await client.until("response.created")
        wish = {"conversation": "none", "metadata": {"for": "summary"}}
        wish |= {"output_modalities": ["text"], "instructions": "Say “Aside.”"}
        done = await client.answered(**wish)
        assert done["conversation_id"] is None
        assert done["metadata"] == {"for": "summary"}
        [session] = model.sessions
        assert [item.text for item in session.items if item.text == "Aside."] == []


async def test_the_next_response_may_be_asked_for_the_moment_one_is_done() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure()
        for _ in range(5):
            assert (await client.answered())["status"] == "completed"
        assert "error" not in client.kinds()


async def test_speech_cancels_the_response_that_is_being_spoken() -> None:
    async with simulator("hello", times_real=1) as model, client_of(model) as client:
        await client.configure()
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.speak()
        done = (await client.until("response.done"))["response"]
        assert done["status"] == "cancelled"
        assert done["status_details"] == {
            "type": "cancelled",
            "reason": "turn_detected",
        }
        assert done["output"][0]["status"] == "incomplete"
        assert done["usage"]["output_token_details"]["audio_tokens"] > 0
        after = await client.until("response.created")
        assert after["response"]["id"] != done["id"]


async def test_speech_does_not_cancel_when_the_session_says_so() -> None:
    async with simulator("hello", times_real=1) as model, client_of(model) as client:
        detection = {"type": "server_vad", "interrupt_response": False}
        phone = {"format": {"type": "audio/pcmu"}}
        await client.configure(
            audio={"input": {**phone, "turn_detection": detection}, "output": phone}
        )
        await client.send("response.create")
        await client.until("response.output_audio.delta")
        await client.speak()
        error = (await client.until("error"))["error"]
        assert error["code"] == "conversation_already_has_active_response"
        assert error["event_id"] is None
        done = await client.until("response.done")
        assert done["response"]["status"] == "completed"


async def test_a_client_may_cancel_its_response_but_not_one_that_is_over() -> None:
    async with simulator(times_real=1) as model, client_of(model) as client:
        await client.configure()
        await client.send("response.create")
        await client.until("response.created")
        await client.send("response.cancel")
        done = (await client.until("response.done"))["response"]
        assert done["status_details"]["reason"] == "client_cancelled"
        await client.send("response.cancel", event_id="late")
        error = (await client.until("error"))["error"]
        assert (error["code"], error["event_id"]) == (
            "response_cancel_not_active",
            "late",
        )


async def test_truncation_forgets_the_transcript_and_keeps_what_was_heard() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure()
        done = await client.answered(instructions="Say “one two three four”")
        item_id = done["output"][0]["id"]  # 18 letters: 900 ms
        at = {"item_id": item_id, "content_index": 0}
        await client.send("conversation.item.truncate", **at, audio_end_ms=901)
        error = (await client.until("error"))["error"]
        assert error["code"] == "invalid_value"
        assert (
            error["message"] == "Audio content of 900ms is already shorter than 901ms"
        )
        await client.send("conversation.item.truncate", **at, audio_end_ms=450)
        assert (await client.until("conversation.item.truncated"))[
            "audio_end_ms"
        ] == 450
        await client.send("conversation.item.retrieve", item_id=item_id)
        [content] = (await client.until("conversation.item.retrieved"))["item"][
            "content"
        ]
        assert content["type"] == "output_audio"
        assert content["transcript"] is None
        assert len(b64decode(content["audio"])) == 450 * mulaw.BYTES_PER_MS
        [item] = model.sessions[0].items
        assert item.heard_text == "one two"


async def test_a_deleted_item_is_gone() -> None:
    async with simulator() as model, client_of(model) as client:
        item_id = await client.say("hello")
        await client.send("conversation.item.delete", item_id=item_id)
        await client.until("conversation.item.deleted")
        assert model.sessions[0].items == []
        for verb in ("delete", "retrieve"):
            await client.send(f"conversation.item.{verb}", item_id=item_id)
            code = (await client.until("error"))["error"]["code"]
            assert code == f"item_{verb}_invalid_item_id"


async def test_items_go_where_the_client_puts_them() -> None:
    async with simulator() as model, client_of(model) as client:
        second = await client.say("second")
        content = [{"type": "input_text", "text": "note"}]
        item = {"type": "message", "role": "system", "content": content}
        for previous, own_id in (("root", "item_first"), (second, "item_third")):
            await client.send(
                "conversation.item.create",
                previous_item_id=previous,
                item={**item, "id": own_id},
            )
            added = await client.until("conversation.item.added")
            assert added["previous_item_id"] == (None if previous == "root" else second)
        order = [item.id for item in model.sessions[0].items]
        assert order == ["item_first", second, "item_third"]


async def test_without_turn_detection_the_client_commits_and_asks() -> None:
    async with simulator("hello") as model, client_of(model) as client:
        phone = {"format": {"type": "audio/pcmu"}}
        audio = {"input": {**phone, "turn_detection": None}, "output": phone}
        await client.configure(audio=audio)
        await client.hear(tone(80))
        await client.send("input_audio_buffer.commit")
        error = (await client.until("error"))["error"]
        assert error["code"] == "input_audio_buffer_commit_empty"
        await client.hear(tone(400) + mulaw.silence(1_000))
        await client.send("input_audio_buffer.commit")
        await client.until("conversation.item.done")
        assert "input_audio_buffer.speech_started" not in client.kinds()
        done = await client.answered()
        assert done["output"][0]["content"][0]["transcript"].startswith("Hello")


IDLE = {
    "format": {"type": "audio/pcmu"},
    "turn_detection": {"type": "server_vad", "idle_timeout_ms": 30},
}


async def test_a_silent_caller_is_spoken_to_once_the_words_have_played() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure(audio={"input": IDLE})
        await client.hear(mulaw.silence(1_000))
        done = await client.answered(instructions="Say “Hm.”")
        timeout = await client.until("input_audio_buffer.timeout_triggered")
        assert (timeout["audio_start_ms"], timeout["audio_end_ms"]) == (970, 1_000)
        committed = await client.until("input_audio_buffer.committed")
        assert committed["item_id"] == timeout["item_id"]
        assert committed["previous_item_id"] == done["output"][0]["id"]
        asked = (await client.until("response.done"))["response"]["output"][0]
        assert asked["content"][0]["transcript"] == "Are you still there?"
        [session] = model.sessions
        at_s = {recorded.kind: recorded.at_s for recorded in reversed(session.sent)}
        began_s = at_s["response.output_audio.delta"]
        silent_s = at_s["input_audio_buffer.timeout_triggered"] - began_s
        assert silent_s > 0.15  # three letters of 50 ms were to be played before


async def test_a_caller_who_speaks_is_not_asked_whether_they_are_there() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure(audio={"input": IDLE})
        await client.answered(instructions="Say “Hm.”")
        await client.hear(tone(200))
        await client.until("input_audio_buffer.speech_started")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.4):
                await client.receive()


async def test_cleared_audio_was_never_said() -> None:
    async with simulator("hello") as model, client_of(model) as client:
        await client.configure()
        await client.hear(tone(300))
        await client.until("input_audio_buffer.speech_started")
        await client.send("input_audio_buffer.clear")
        await client.until("input_audio_buffer.cleared")
        await client.hear(mulaw.silence(2_000))
        await client.say("ping")
        assert "input_audio_buffer.committed" not in client.kinds()


@pytest.mark.parametrize(
    ("event", "code", "param"),
    [
        ({"type": "response.make"}, "invalid_value", "type"),
        ({"kind": "response.create"}, "invalid_event", "type"),
        (
            {"type": "conversation.item.truncate", "item_id": "i", "content_index": 0},
            "missing_required_parameter",
            "audio_end_ms",
        ),
        (
            {"type": "input_audio_buffer.append", "audio": 5},
            "invalid_type",
            "audio",
        ),
        (
            {"type": "input_audio_buffer.append", "audio": "not base64!"},
            "invalid_value",
            "audio",
        ),
        (
            {"type": "response.create", "response": {"voice": "ash"}},
            "unknown_parameter",
            "response.voice",
        ),
        (
            {
                "type": "conversation.item.create",
                "item": {
                    "type": "function_call_output",
                    "call_id": "call_nobody_made",
                    "output": "",
                },
            },
            "invalid_tool_call_id",
            "item.call_id",
        ),
    ],
)
async def test_a_wrong_event_is_answered_by_an_error_and_the_session_goes_on(
    event: dict[str, object], code: str, param: str
) -> None:
    async with simulator() as model, client_of(model) as client:
        kind = event.pop("type", None)
        fields = {"event_id": "mine", **event}
        if kind is None:
            await client.socket.send('{"event_id": "mine"}')
        else:
            await client.send(str(kind), **fields)
        error = (await client.until("error"))["error"]
        assert (error["code"], error["param"]) == (code, param)
        assert error["event_id"] == "mine"
        await client.say("still there")


async def test_what_is_not_json_is_an_error_too() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.socket.send("{")
        assert (await client.until("error"))["error"]["code"] == "invalid_event"


async def test_tokens_follow_the_price_list() -> None:
    async with simulator("x") as model, client_of(model) as client:
        await client.configure(tools=[], instructions="a" * 40)
        await client.hear(tone(1_000) + mulaw.silence(600))
        usage = (await client.until("response.done"))["response"]["usage"]
        caller_ms = mulaw.milliseconds(model.sessions[0].items[0].audio)
        reply_ms = mulaw.milliseconds(model.sessions[0].items[1].audio)
        read, written = usage["input_token_details"], usage["output_token_details"]
        assert read["text_tokens"] == 10
        assert read["audio_tokens"] == -(-caller_ms // 100) >= 10
        assert written["audio_tokens"] == -(-reply_ms // 50)
        assert usage["input_tokens"] == read["text_tokens"] + read["audio_tokens"]
        assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


async def test_the_conversation_is_read_again_each_time_and_partly_from_the_cache() -> (
    None
):
    async with simulator() as model, client_of(model) as client:
        await client.configure(instructions="a" * 4_000)
        first = (await client.answered())["usage"]
        second = (await client.answered())["usage"]
        assert second["input_tokens"] > first["input_tokens"] >= 1_000
        assert first["input_token_details"]["cached_tokens"] == 0
        cached = second["input_token_details"]["cached_tokens_details"]
        assert cached["text_tokens"] == 960  # whole blocks of 64


async def test_the_simulator_remembers_everything_with_its_time() -> None:
    async with simulator() as model, client_of(model, "gpt-realtime-2.1") as client:
        await client.configure()
        assert model.open_sessions == 1
        [session] = model.sessions
        assert session.config["model"] == "gpt-realtime-2.1"
        assert [r.kind for r in session.received] == ["session.update"]
        assert session.kinds_sent() == ["session.created", "session.updated"]
        assert session.sent[0].at_s <= session.sent[1].at_s
    assert (model.open_sessions, model.connections) == (0, 1)


async def test_a_session_ends_after_its_hour() -> None:
    model = ModelSimulator(recognise=False, session_s=0.05)
    async with model, connect(model.url) as socket:
        async with asyncio.timeout(2):
            frames = [frame async for frame in socket]
        assert "session_expired" in str(frames[-1])
        assert socket.close_code == 1001
