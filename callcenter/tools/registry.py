"""All tools by name: what a card may list, and what the agents of a call may use."""

from typing import Final

from callcenter.domain.tool import Tool
from callcenter.tools import (
    call_control,
    scheduling,
    support,
    tickets,
    verification,
    weather,
)
from callcenter.tools.definition import ToolDefinition
from callcenter.tools.desk import Desk

DEFINITIONS: Final[dict[str, ToolDefinition]] = {
    definition.name: definition
    for definition in (
        weather.get_weather,
        weather.get_current_time,
        scheduling.list_services,
        scheduling.find_free_slots,
        scheduling.book_appointment,
        scheduling.move_appointment,
        scheduling.cancel_appointment,
        scheduling.find_my_appointments,
        support.search_knowledge,
        tickets.open_ticket,
        tickets.look_up_ticket,
        tickets.add_ticket_note,
        tickets.close_ticket,
        verification.verify_caller,
        verification.verify_by_facts,
        call_control.transfer_to_human,
        call_control.end_call,
        call_control.take_message,
        call_control.request_callback,
    )
}


def toolbox(desk: Desk) -> dict[str, Tool]:
    """Every tool, bound to one call; an agent gets those that its card names."""
    return {name: each.bind(desk) for name, each in DEFINITIONS.items()}


def descriptions() -> dict[str, str]:
    """What the model reads of each tool, for the check of the cards."""
    return {name: each.description for name, each in DEFINITIONS.items()}


def fillers() -> dict[str, str]:
    """What an agent may say while a slow tool works."""
    return {name: each.filler for name, each in DEFINITIONS.items() if each.filler}
