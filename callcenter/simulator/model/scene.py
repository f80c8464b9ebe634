"""What the simulated model decides on, and what it may decide."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from callcenter.simulator.model.arguments import Known
from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.schema import Json

HANDOFF: Final = "transfer_to_"
HUMAN: Final = "transfer_to_human"
_ORDER: Final = re.compile(r"use tool (\w+)(?: with (\{.*\}))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this."""

    text: str


@dataclass(frozen=True, slots=True)
class CallTool:
    """Call this tool."""

    name: str
    arguments: Json = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Called:
    """A tool that was called, and with what."""

    name: str
    given: Json


Part: TypeAlias = Speak | CallTool


@dataclass(frozen=True, slots=True)
class Scene:
    """A conversation at the moment when a response is wanted."""

    tools: tuple[Json, ...]
    items: Sequence[Item]
    request: str = ""
    """Instructions for this response alone."""

    @property
    def offered(self) -> dict[str, Json]:
        """The session's tools by name."""
        return {str(tool.get("name")): tool for tool in self.tools}

    @property
    def fresh(self) -> list[Item]:
        """Everything since the agent last spoke: nobody has reacted to it in words."""
        return _after(self.items, lambda item: item.role == "assistant")

    @property
    def utterances(self) -> list[str]:
        """What the caller said, turn by turn."""
        return [item.text.lower() for item in self.items if item.role == "user"]

    @property
    def order(self) -> CallTool | None:
        """What a rehearsed caller orders word for word: `use tool X with {…}`."""
        words = [item.text for item in self.items if item.role == "user"]
        order = _ORDER.fullmatch(words[-1]) if words else None
        if order is None:
            return None
        try:
            given = json.loads(order[2] or "{}")
        except ValueError:
            return None
        return CallTool(order[1], given) if isinstance(given, dict) else None

    @property
    def is_silent(self) -> bool:
        """Whether the caller's last turn was to say nothing for too long."""
        latest = [item for item in self.items if item.role == "user"][-1:]
        return any(i.spoken and not i.audio and not i.text for i in latest)

    @property
    def last_words(self) -> str:
        """What the agent said last; it is asked for a reply to that."""
        spoken = [item.text for item in self.items if item.role == "assistant"]
        return spoken[-1] if spoken else ""

    @property
    def handed(self) -> set[str]:
        """The handoffs since the caller last spoke: taking one again is a circle."""
        recent = _after(self.items, lambda item: item.role == "user")
        return {item.name for item in recent if item.name.startswith(HANDOFF)}

    @property
    def calls(self) -> list[Called]:
        """The tools that were called, in order; handoffs are none."""
        return [
            Called(item.name, _object(item.arguments))
            for item in self.items
            if item.kind == "function_call" and not item.name.startswith(HANDOFF)
        ]

    def known(self, wish: str) -> Known:
        """Where a tool's arguments may be found."""
        outputs = [i for i in self.items if i.kind == "function_call_output"]
        results = [result_of(item) for item in reversed(outputs)]
        answered = _after(
            self.items,
            lambda item: item.kind == "function_call_output" and not _handed(item),
        )
        said = " ".join(i.text.lower() for i in answered if i.role == "user")
        return Known(wish, said, [r for r in results if "assistant" not in r])

    def called(self, output: Item) -> str:
        """The name of the tool that this is the output of."""
        calls = (i for i in self.items if i.kind == "function_call")
        return next((i.name for i in calls if i.call_id == output.call_id), "")


def result_of(item: Item) -> Json:
    """A tool's output as an object; plain text is something to say."""
    try:
        result = json.loads(item.output)
    except ValueError:
        result = None
    if isinstance(result, dict):
        return result
    return {"say": item.output} if item.output.strip() else {}


def _object(text: str) -> Json:
    """The arguments of a call; none if they make no sense."""
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return given if isinstance(given, dict) else {}


def _handed(item: Item) -> bool:
    return "assistant" in result_of(item)


def _after(items: Iterable[Item], last: Callable[[Item], bool]) -> list[Item]:
    """The items after the last one of that kind; all if there is none."""
    found: list[Item] = []
    for item in items:
        found = [] if last(item) else [*found, item]
    return found
