"""What was said and done in a session, as the model sees it."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field
from typing import Final, Literal

from callcenter.simulator.model.schema import (
    Json,
    Refused,
    anything,
    listed,
    one_of,
    record,
    text,
)
from callcenter.wire import mulaw

Kind = Literal["message", "function_call", "function_call_output"]

_ITEM: Final = record(
    {
        "id": text,
        "object": text,
        "type": one_of("message", "function_call", "function_call_output"),
        "status": text,
        "role": one_of("user", "assistant", "system"),
        "content": listed(anything),
        "call_id": text,
        "name": text,
        "arguments": text,
        "output": text,
    },
    ("type",),
)
_NEEDS: Final = {
    "message": ("role", "content"),
    "function_call": ("call_id", "name", "arguments"),
    "function_call_output": ("call_id", "output"),
}


@dataclass(slots=True)
class Item:
    """One message, tool call or tool result."""

    id: str
    kind: Kind = "message"
    role: str = ""
    spoken: bool = False
    text: str = ""
    """The words, or the transcript of what was spoken."""
    audio: bytes = b""
    status: str = "completed"
    heard_ms: int | None = None
    """Where the client truncated it; None while it counts as heard to the end."""
    spoken_ms: int = 0
    name: str = ""
    call_id: str = ""
    arguments: str = ""
    output: str = ""

    @property
    def heard_text(self) -> str:
        """About as many of its words as were heard before it was truncated."""
        if self.heard_ms is None or not self.spoken_ms:
            return self.text
        words = self.text.split()
        return " ".join(words[: len(words) * self.heard_ms // self.spoken_ms])

    def truncate(self, heard_ms: int) -> None:
        """Forget what comes after; raises Refused beyond its end."""
        length_ms = mulaw.milliseconds(self.audio)
        if heard_ms > length_ms:
            raise Refused(
                "invalid_value",
                f"Audio content of {length_ms}ms is already shorter than {heard_ms}ms",
                "audio_end_ms",
            )
        self.spoken_ms = self.spoken_ms or length_ms
        self.heard_ms = heard_ms
        self.audio = self.audio[: heard_ms * mulaw.BYTES_PER_MS]

    def to_json(self, *, with_audio: bool = False) -> Json:
        common = {
            "id": self.id,
            "object": "realtime.item",
            "type": self.kind,
            "status": self.status,
        }
        match self.kind:
            case "message":
                content = [self._content(with_audio=with_audio)] if self._filled else []
                return {**common, "role": self.role, "content": content}
            case "function_call":
                call = {"name": self.name, "arguments": self.arguments}
                return {**common, "call_id": self.call_id, **call}
            case "function_call_output":
                return {**common, "call_id": self.call_id, "output": self.output}

    @property
    def _filled(self) -> bool:
        return self.role != "assistant" or bool(self.text or self.audio)

    def _content(self, *, with_audio: bool) -> Json:
        side = "output" if self.role == "assistant" else "input"
        if not self.spoken:
            return {"type": f"{side}_text", "text": self.text}
        # Truncation removes the transcript: nobody knows which words were heard.
        transcript = self.text if self.heard_ms is None else None
        content: Json = {"type": f"{side}_audio", "transcript": transcript or None}
        if with_audio:
            content["audio"] = b64encode(self.audio).decode()
        return content


def parse_item(given: Json, new_id: str) -> Item:
    """An item that the client wrote. Raises Refused."""
    _ITEM(given, "item")
    for name in _NEEDS[given["type"]]:
        if name not in given:
            raise Refused(
                "missing_required_parameter",
                f"Missing required parameter: 'item.{name}'.",
                f"item.{name}",
            )
    parts = [part for part in given.get("content", []) if isinstance(part, dict)]
    words = [str(part.get("text") or part.get("transcript") or "") for part in parts]
    return Item(
        id=given.get("id") or new_id,
        kind=given["type"],
        role=given.get("role", ""),
        spoken=any("audio" in str(part.get("type")) for part in parts),
        text=" ".join(filter(None, words)),
        name=given.get("name", ""),
        call_id=given.get("call_id", ""),
        arguments=given.get("arguments", ""),
        output=given.get("output", ""),
    )


@dataclass(slots=True)
class Conversation:
    """The items in order."""

    items: list[Item] = field(default_factory=list)

    def add(self, item: Item, after: str | None = None) -> str | None:
        """Put it last, or after that item (`root`: first); answers what precedes it."""
        if item.kind == "function_call_output":
            self._expect_call(item.call_id)
        position = len(self.items)
        if after is not None:
            position = 0 if after == "root" else self._position(after) + 1
        self.items.insert(position, item)
        return self.items[position - 1].id if position else None

    def get(self, item_id: str, verb: str = "retrieve") -> Item:
        """Raises Refused with the code that belongs to the verb."""
        return self.items[self._position(item_id, verb)]

    def delete(self, item_id: str) -> None:
        del self.items[self._position(item_id, "delete")]

    @property
    def has_spoken(self) -> bool:
        return any(i.role == "assistant" and i.spoken and i.audio for i in self.items)

    def _position(self, item_id: str, verb: str = "create") -> int:
        for position, item in enumerate(self.items):
            if item.id == item_id:
                return position
        raise Refused(
            f"item_{verb}_invalid_item_id",
            f"Error with item: the item with id '{item_id}' does not exist.",
            "item_id",
        )

    def _expect_call(self, call_id: str) -> None:
        calls = [i for i in self.items if i.kind == "function_call"]
        if all(call.call_id != call_id for call in calls):
            raise Refused(
                "invalid_tool_call_id",
                f"Tool call ID '{call_id}' not found in conversation.",
                "item.call_id",
            )
