"""The client's events: their names, and what each must and may carry."""

from __future__ import annotations

from typing import Final

from callcenter.simulator.model.schema import (
    Check,
    Json,
    Refused,
    anything,
    boolean,
    integer,
    listed,
    nullable,
    one_of,
    record,
    text,
)

_ALWAYS: Final = {"type": text, "event_id": text}


def _event(required: dict[str, Check], optional: dict[str, Check]) -> Check:
    return record({**_ALWAYS, **required, **optional}, tuple(required))


_OBJECT: Final[Check] = anything
_EVENTS: Final = {
    "session.update": _event({"session": _OBJECT}, {}),
    "input_audio_buffer.append": _event({"audio": text}, {}),
    "input_audio_buffer.commit": _event({}, {}),
    "input_audio_buffer.clear": _event({}, {}),
    "conversation.item.create": _event({"item": _OBJECT}, {"previous_item_id": text}),
    "conversation.item.retrieve": _event({"item_id": text}, {}),
    "conversation.item.delete": _event({"item_id": text}, {}),
    "conversation.item.truncate": _event(
        {"item_id": text, "content_index": integer(), "audio_end_ms": integer()}, {}
    ),
    "response.create": _event({}, {"response": _OBJECT}),
    "response.cancel": _event({}, {"response_id": text}),
}


_RESPONSE: Final = record(
    {
        "conversation": one_of("auto", "none"),
        "input": listed(anything),
        "instructions": nullable(text),
        "output_modalities": listed(one_of("audio", "text")),
        "tools": listed(anything),
        "tool_choice": anything,
        "metadata": nullable(anything),
        "max_output_tokens": anything,
        "audio": anything,
        "prompt": anything,
        "reasoning": anything,
        "parallel_tool_calls": boolean,
    }
)


def check(event: Json) -> str:
    """The event's type. Raises Refused for what is not a client event."""
    kind = event.get("type")
    if not kind:
        raise Refused("invalid_event", "The 'type' field is missing.", "type")
    if kind not in _EVENTS:
        raise Refused("invalid_value", f"Invalid value: '{kind}'.", "type")
    _EVENTS[kind](event, "")
    return str(kind)


def check_response(wish: Json) -> None:
    """What a `response.create` asks for. Raises Refused."""
    _RESPONSE(wish, "response")
