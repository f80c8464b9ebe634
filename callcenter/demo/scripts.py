"""Calls that can be rehearsed: what the caller says, and what must have happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final


@dataclass(frozen=True, slots=True)
class Script:
    """One call."""

    name: str
    title: str
    shows: str
    """What a reader should look for, in Markdown."""
    number: str
    """Who calls. Those of different scripts differ: they know nothing of each other."""
    says: tuple[str, ...]
    """Clips, one after each answer."""
    tools: tuple[str, ...]
    """What must have been done for the caller, in this order, and nothing else."""
    disposition: str = "resolved"
    sky: Mapping[str, float] = field(default_factory=dict)
    """How the simulated weather is meanwhile; see `WeatherSimulator.always`."""


SCRIPTS: Final = (
    Script(
        "weather",
        "Weather: which Springfield, and a storm",
        "The tool asks which of several towns is meant, the agent passes the question "
        "on, and the answer comes back as `region`. The caller's number is American, "
        "so the numbers are in Fahrenheit. The storm is announced as our own reading "
        "of the forecast, not as a warning of the authorities.",
        "+13125550147",
        ("weather-springfield", "one-in-illinois", "at-four", "goodbye"),
        ("get_weather", "get_weather", "get_weather", "end_call"),
        sky={"wind_gusts_10m_max": 110.0, "wind_gusts_10m": 95.0}
        | {"wind_speed_10m_max": 70.0, "wind_speed_10m": 60.0},
    ),
    Script(
        "scheduling",
        "Scheduling: nothing after five, but at four",
        "The house closes at five, so the tool says that, and brings what comes "
        "nearest. A name is spelled back before anything is booked, the code is "
        "spelled out, and the text goes out only after a yes.",
        "+4755512346",
        (
            *("book-service", "after-five", "four-anna-berg-spelled", "yes-please"),
            *("repeat", "yes-please", "goodbye"),
        ),
        (
            *("find_free_slots", "find_free_slots", "book_appointment"),
            *("repeat_slowly", "text_confirmation", "end_call"),
        ),
    ),
    Script(
        "support",
        "Support: an answer, and none",
        "The first question is answered from an article, whose name comes back with "
        "the passage. On the second, nothing is written: the agent does not "
        "guess, and offers a ticket.",
        "+4755512347",
        ("return-bicycle", "repair-boat", "yes-please", "goodbye"),
        ("search_knowledge", "search_knowledge", "open_ticket", "end_call"),
    ),
    Script(
        "person",
        "To a person, with the ticket",
        "A complaint becomes a ticket, and then the caller wants a person. Ada's "
        "telephone rings, and before she presses 1 she hears who calls, why, and which "
        "ticket was opened.",
        "+4755512348",
        ("broken-gear", "person-refund"),
        ("open_ticket", "transfer_to_human"),
        "escalated",
    ),
)
"""In the order of docs/conversations.md."""
