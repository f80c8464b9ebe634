"""session.update: taken whole or refused whole."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.simulator.model import configuration
from callcenter.simulator.model.schema import Refused
from tests.simulator.model.client import client_of, simulator

Json = dict[str, Any]

TOOL = {"type": "function", "name": "t", "parameters": {"type": "object"}}


def update(*, has_spoken: bool = False, serves: str = "m", **change: Any) -> Json:
    session = configuration.created("sess_1", serves, 0)
    change = {"type": "realtime", **change}
    return configuration.updated(session, change, has_spoken=has_spoken)


def refusal(**change: Any) -> tuple[str, str | None]:
    with pytest.raises(Refused) as refused:
        update(**change)
    return refused.value.code, refused.value.param


def test_what_is_not_named_stays_as_it_was() -> None:
    session = update(audio={"output": {"voice": "ash"}})
    assert session["audio"]["output"]["voice"] == "ash"
    assert session["audio"]["output"]["format"]["type"] == "audio/pcm"
    assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"


def test_an_update_leaves_the_settings_before_it_alone() -> None:
    session = configuration.created("sess_1", "m", 0)
    change: Json = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
    configuration.updated(session, change, has_spoken=False)
    assert session["audio"]["input"]["turn_detection"]["type"] == "server_vad"


def test_turn_detection_is_replaced_and_filled_with_its_own_defaults() -> None:
    session = update(audio={"input": {"turn_detection": {"type": "semantic_vad"}}})
    assert session["audio"]["input"]["turn_detection"] == {
        "type": "semantic_vad",
        "eagerness": "auto",
        "create_response": True,
        "interrupt_response": True,
    }


def test_empty_values_clear() -> None:
    assert update(tools=[TOOL])["tools"] == [{"strict": False, **TOOL}]
    assert update(tools=[], instructions="")["instructions"] == ""


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"foo": 1}, "unknown_parameter", "session.foo"),
        ({"voice": "ash"}, "unknown_parameter", "session.voice"),
        ({"instructions": 5}, "invalid_type", "session.instructions"),
        ({"instructions": None}, "invalid_type", "session.instructions"),
        ({"type": "transcription"}, "invalid_value", "session.type"),
        ({"model": "other"}, "invalid_value", "session.model"),
        (
            {"output_modalities": ["smell"]},
            "invalid_value",
            "session.output_modalities[0]",
        ),
        ({"max_output_tokens": 5_000}, "invalid_value", "session.max_output_tokens"),
        ({"max_output_tokens": True}, "invalid_type", "session.max_output_tokens"),
        ({"reasoning": {"effort": "low"}}, "invalid_value", "session.reasoning"),
        ({"parallel_tool_calls": True}, "invalid_value", "session.parallel_tool_calls"),
        (
            {"tools": [{**TOOL, "timeout": 3}]},
            "unknown_parameter",
            "session.tools[0].timeout",
        ),
        (
            {"tools": [{**TOOL, "description": "x" * 1_025}]},
            "string_above_max_length",
            "session.tools[0].description",
        ),
        (
            {"audio": {"output": {"voice": "darth"}}},
            "invalid_value",
            "session.audio.output.voice",
        ),
        (
            {"audio": {"output": {"speed": 2}}},
            "invalid_value",
            "session.audio.output.speed",
        ),
        (
            {"audio": {"input": {"format": {"type": "audio/pcm", "rate": 8_000}}}},
            "invalid_value",
            "session.audio.input.format.rate",
        ),
        (
            {"audio": {"input": {"turn_detection": {"silence_duration_ms": 1}}}},
            "missing_required_parameter",
            "session.audio.input.turn_detection.type",
        ),
    ],
)
def test_what_is_wrong_is_refused_with_its_place(
    change: Json, code: str, param: str
) -> None:
    assert refusal(**change) == (code, param)


def test_reasoning_models_may_reason() -> None:
    session = update(serves="gpt-realtime-2.1", reasoning={"effort": "low"})
    assert session["reasoning"] == {"effort": "low"}


def test_the_type_of_the_session_is_required() -> None:
    session = configuration.created("sess_1", "m", 0)
    with pytest.raises(Refused) as refused:
        configuration.updated(session, {"instructions": ""}, has_spoken=False)
    assert refused.value.param == "session.type"


def test_the_voice_cannot_change_once_it_was_heard_but_may_be_repeated() -> None:
    output = {"output": {"voice": "ash"}}
    assert refusal(has_spoken=True, audio=output)[0] == "cannot_update_voice"
    same = {"output": {"voice": "marin"}}
    assert update(has_spoken=True, audio=same)["audio"]["output"]["voice"] == "marin"


def test_a_tool_description_of_1024_characters_is_just_short_enough() -> None:
    tool = {**TOOL, "description": "x" * 1_024}
    assert update(tools=[tool])["tools"][0]["description"] == tool["description"]


async def test_a_refused_update_changes_nothing_at_all() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure()
        before = model.sessions[0].config
        await client.send(
            "session.update",
            event_id="mine",
            session={"type": "realtime", "instructions": "new", "temperature": 1},
        )
        error = (await client.until("error"))["error"]
        assert (error["code"], error["event_id"]) == ("unknown_parameter", "mine")
        assert model.sessions[0].config == before


async def test_another_voice_after_audio_is_refused_over_the_socket() -> None:
    async with simulator() as model, client_of(model) as client:
        await client.configure()
        await client.answered()
        session = {"type": "realtime", "instructions": "new"}
        await client.send(
            "session.update", session={**session, "audio": {"output": {"voice": "ash"}}}
        )
        error = (await client.until("error"))["error"]
        assert error["code"] == "cannot_update_voice"
        assert model.sessions[0].config["instructions"] != "new"
        await client.send("session.update", session=session)
        updated = await client.until("session.updated")
        assert updated["session"]["instructions"] == "new"
