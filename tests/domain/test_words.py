"""The smaller words: facts by name, slots, tickets, tools."""

from dataclasses import FrozenInstanceError, is_dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from callcenter.domain import events as e
from callcenter.domain.events import EVENTS
from callcenter.domain.prices import Tokens
from callcenter.domain.recording import RecordingEvent
from callcenter.domain.schedule import Slot
from callcenter.domain.supervision import SupervisionEvent
from callcenter.domain.tickets import Ticket, TicketStatus
from callcenter.domain.tool import Tool, ToolResult
from callcenter.domain.voicemail import VoicemailEvent


def test_every_fact_that_is_told_has_a_name() -> None:
    told = {
        kind
        for kind in vars(e).values()
        if is_dataclass(kind) and isinstance(kind, type) and kind is not e.Fact
    } - {Tokens}
    unions = [
        union
        for name, union in vars(e).items()
        if name.endswith("Event") and name != "Event" and hasattr(union, "__args__")
    ]
    assert len(unions) >= len((RecordingEvent, SupervisionEvent, VoicemailEvent))
    for union in unions:
        told |= set(union.__args__)

    assert set(EVENTS.values()) == told
    assert all(name == kind.__name__ for name, kind in EVENTS.items())


def test_a_fact_does_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        e.KeyPressed(1).at_ms = 2  # type: ignore[misc]


def test_a_slot_ends_after_its_minutes_in_the_time_of_the_house() -> None:
    nine = datetime(2026, 3, 3, 9, tzinfo=ZoneInfo("Europe/Oslo"))

    assert Slot("service", "stand 1", nine, 45).ends_at == nine.replace(minute=45)


def test_a_ticket_may_come_from_no_call() -> None:
    now = datetime(2026, 3, 3, tzinfo=UTC)
    ticket = Ticket("B-7", "broken", "very", "+47", TicketStatus.OPEN, now)

    assert ticket.call_id is None


async def test_a_tools_result_is_good_unless_it_says_otherwise() -> None:
    async def run(arguments: str) -> ToolResult:
        return ToolResult(arguments)

    tool = Tool("echo", "Says it again.", {"type": "object"}, "", run)

    assert (await tool.run("{}")).outcome == "ok"
    assert "run" not in repr(tool)
