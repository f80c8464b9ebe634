"""What the simulated model says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.schema import Json


@dataclass(frozen=True, slots=True)
class Speak:
    """Say this."""

    text: str


@dataclass(frozen=True, slots=True)
class CallTool:
    """Call this tool."""

    name: str
    arguments: Json = field(default_factory=dict)


Part: TypeAlias = Speak | CallTool


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to decide on."""

    tools: tuple[Json, ...]
    items: Sequence[Item]
    request: str = ""


def decide(scene: Scene) -> list[Part]:
    quoted = re.search(r'["“]([^"”]+)["”]', scene.request)
    if quoted:
        return [Speak(quoted[1])]
    return [Speak("Hello. How can I help you?")]
