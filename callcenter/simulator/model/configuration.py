"""A session's settings: what it starts with, and what an update may change.

An update is partial. It is taken whole or refused whole.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Final

from callcenter.domain.voices import VOICES
from callcenter.simulator.model.schema import (
    Json,
    Refused,
    anything,
    boolean,
    either,
    integer,
    listed,
    nullable,
    number,
    one_of,
    record,
    text,
    text_up_to,
)

DEFAULT_MODEL: Final = "gpt-realtime-2.1"
TOOL_DESCRIPTION_LIMIT: Final = 1024
_REASONING: Final = "gpt-realtime-2"
"""Models whose name starts like this reason: 2, 2.1 and 2.1-mini."""

_SERVER_VAD: Final[Json] = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
_SEMANTIC_VAD: Final[Json] = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}

_VOICE = either(record({"id": text}, ("id",)), one_of(*VOICES))
_FORMAT = record(
    {"type": one_of("audio/pcm", "audio/pcmu"), "rate": integer(24_000, 24_000)},
    ("type",),
)
_TURN_DETECTION = record(
    {
        "type": one_of("server_vad", "semantic_vad"),
        "threshold": number(0, 1),
        "prefix_padding_ms": integer(),
        "silence_duration_ms": integer(),
        "idle_timeout_ms": nullable(integer(1)),
        "create_response": boolean,
        "interrupt_response": boolean,
        "eagerness": one_of("low", "medium", "high", "auto"),
    },
    ("type",),
)
_TRANSCRIPTION = record(
    {
        "model": text,
        "language": text,
        "prompt": text,
        "keywords": listed(text),
        "languages": listed(text),
        "delay": anything,
    }
)
_AUDIO = record(
    {
        "input": record(
            {
                "format": _FORMAT,
                "transcription": nullable(_TRANSCRIPTION),
                "noise_reduction": nullable(
                    record({"type": one_of("near_field", "far_field")}, ("type",))
                ),
                "turn_detection": nullable(_TURN_DETECTION),
            }
        ),
        "output": record(
            {"format": _FORMAT, "voice": _VOICE, "speed": number(0.25, 1.5)}
        ),
    }
)
_TOOL = record(
    {
        "type": one_of("function", "mcp"),
        "name": text,
        "description": text_up_to(TOOL_DESCRIPTION_LIMIT),
        "parameters": anything,
        "strict": boolean,
    },
    ("type",),
)
_TOOL_CHOICE = either(
    one_of("none", "auto", "required"),
    record({"type": one_of("function"), "name": text}, ("type", "name")),
)
_FIELDS: Final = {
    "type": one_of("realtime"),
    "model": text,
    "output_modalities": listed(one_of("audio", "text")),
    "instructions": text,
    "audio": _AUDIO,
    "tools": listed(_TOOL),
    "tool_choice": _TOOL_CHOICE,
    "max_output_tokens": either(one_of("inf"), integer(1, 4096)),
    "tracing": nullable(anything),
    "prompt": nullable(anything),
    "include": nullable(listed(text)),
    "truncation": anything,
    "reasoning": nullable(
        record({"effort": one_of("minimal", "low", "medium", "high", "xhigh")})
    ),
    "parallel_tool_calls": boolean,
}
_SESSION = record(_FIELDS, ("type",))


def created(session_id: str, model: str, expires_at: int) -> Json:
    """The settings of a new session, in full."""
    audio_format = {"type": "audio/pcm", "rate": 24_000}
    return {
        "type": "realtime",
        "object": "realtime.session",
        "id": session_id,
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "Your knowledge cutoff is 2023-10.",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {
            "input": {
                "format": audio_format,
                "transcription": None,
                "noise_reduction": None,
                "turn_detection": dict(_SERVER_VAD),
            },
            "output": {"format": dict(audio_format), "voice": "marin", "speed": 1.0},
        },
        "include": None,
    }


def updated(session: Json, change: Json, *, has_spoken: bool) -> Json:
    """The settings after an update; the old ones stay as they are.

    Raises Refused, for the first thing that is wrong with it.
    """
    _SESSION(change, "session")
    _refuse_other_model(session, change)
    _refuse_reasoning(session, change)
    _refuse_other_tracing(session, change)
    merged = deepcopy(session)
    merged.update({name: value for name, value in change.items() if name != "audio"})
    for side in ("input", "output"):
        merged["audio"][side].update(change.get("audio", {}).get(side, {}))
    merged["tools"] = [_tool(tool) for tool in merged["tools"]]
    sound = merged["audio"]["input"]
    sound["turn_detection"] = _turn_detection(sound["turn_detection"])
    voice = session["audio"]["output"]["voice"]
    if has_spoken and merged["audio"]["output"]["voice"] != voice:
        raise Refused(
            "cannot_update_voice",
            "Cannot update a conversation's voice if assistant audio is present.",
            "session.audio.output.voice",
        )
    return merged


def _refuse_other_model(session: Json, change: Json) -> None:
    if change.get("model", session["model"]) != session["model"]:
        raise Refused(
            "invalid_value",
            f"The model of a session cannot change from '{session['model']}'.",
            "session.model",
        )


def _refuse_reasoning(session: Json, change: Json) -> None:
    """Only reasoning models take these two; others refuse the whole update."""
    for name in ("reasoning", "parallel_tool_calls"):
        if name in change and not session["model"].startswith(_REASONING):
            raise Refused(
                "invalid_value",
                f"'{name}' is not supported with the model '{session['model']}'.",
                f"session.{name}",
            )


def _refuse_other_tracing(session: Json, change: Json) -> None:
    before = session["tracing"]
    if before is not None and change.get("tracing", before) != before:
        raise Refused(
            "invalid_value",
            "Tracing cannot be changed once it is enabled.",
            "session.tracing",
        )


def _tool(tool: Json) -> Json:
    return {"strict": False, **tool} if tool.get("type") == "function" else tool


def _turn_detection(given: Json | None) -> Json | None:
    if given is None:
        return None
    defaults = _SERVER_VAD if given["type"] == "server_vad" else _SEMANTIC_VAD
    return {**defaults, **given}
