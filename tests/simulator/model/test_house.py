"""The simulated model and the agents of the house understand each other."""

from __future__ import annotations

from typing import Any

import pytest

from callcenter.simulator.model.brain import decide
from callcenter.simulator.model.conversation import Item
from callcenter.simulator.model.scene import CallTool, Scene
from callcenter.simulator.speech import clips
from callcenter.tools.registry import DEFINITIONS

TOOLS: tuple[dict[str, Any], ...] = tuple(
    {
        "type": "function",
        "name": each.name,
        "description": each.description,
        "parameters": dict(each.parameters),
    }
    for each in DEFINITIONS.values()
)


@pytest.mark.parametrize(
    ("slug", "tool"),
    [
        ("weather-bergen", "get_weather"),
        ("weather-paris", "get_weather"),
        ("weather-springfield", "get_weather"),
        ("time-tokyo", "get_current_time"),
        ("book-service", "find_free_slots"),
        ("services", "list_services"),
        ("opening-hours", "search_knowledge"),
        ("broken-gear", "open_ticket"),
        ("person-refund", "transfer_to_human"),
        ("operator", "transfer_to_human"),
        ("message-late", "take_message"),
        ("call-me-back", "request_callback"),
        ("cancel-appointment", "find_my_appointments"),
        ("goodbye", "end_call"),
    ],
)
def test_each_clip_calls_a_tool_of_the_house_with_arguments_that_it_takes(
    slug: str, tool: str
) -> None:
    said = Item("u", role="user", text=clips.clip(slug).text)
    [call] = decide(Scene(TOOLS, [said]))
    assert isinstance(call, CallTool)
    assert call.name == tool
    DEFINITIONS[tool].arguments.model_validate(call.arguments)
