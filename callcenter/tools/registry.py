"""All tools by name: what a card may list, and what the agents of a call may use."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import Final

from callcenter.domain.tool import Tool
from callcenter.tools import (
    appointment_texts,
    call_control,
    free_times,
    keypad,
    scheduling,
    slowly,
    support,
    texting,
    tickets,
    verification,
    waiting_list,
    weather,
)
from callcenter.tools.definition import ToolDefinition
from callcenter.tools.desk import Desk
from callcenter.tools.keypad import Purpose

DEFINITIONS: Final[dict[str, ToolDefinition]] = {
    definition.name: definition
    for definition in (
        weather.get_weather,
        weather.get_current_time,
        scheduling.list_services,
        free_times.find_free_slots,
        scheduling.book_appointment,
        scheduling.move_appointment,
        scheduling.cancel_appointment,
        scheduling.find_my_appointments,
        appointment_texts.text_confirmation,
        waiting_list.join_waiting_list,
        waiting_list.take_offered_time,
        waiting_list.leave_waiting_list,
        support.search_knowledge,
        tickets.open_ticket,
        tickets.look_up_ticket,
        tickets.add_ticket_note,
        tickets.close_ticket,
        verification.verify_caller,
        verification.verify_by_facts,
        call_control.transfer_to_human,
        call_control.stop_transfer,
        call_control.end_call,
        call_control.take_message,
        call_control.leave_voicemail,
        call_control.request_callback,
        call_control.switch_language,
        texting.send_sms,
        slowly.repeat_slowly,
    )
}
PURPOSES: Final[dict[str, Purpose]] = {
    keypad.callback_number.name: keypad.callback_number
}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every tool of a house: ours, and its own (callcenter.tools.extensions)."""

    definitions: Mapping[str, ToolDefinition]
    modules: tuple[ModuleType, ...] = field(default=(), repr=False)
    """Of the house's own tools; they may bring resources."""

    def toolbox(self, desk: Desk) -> dict[str, Tool]:
        """All of them, bound to one call; an agent gets those that its card names."""
        return {name: each.bind(desk) for name, each in self.definitions.items()}

    def descriptions(self) -> dict[str, str]:
        """What the model reads of each tool, for the check of the cards."""
        return {name: each.description for name, each in self.definitions.items()}

    def fillers(self) -> dict[str, str]:
        """What an agent may say while a slow tool works."""
        return {n: each.filler for n, each in self.definitions.items() if each.filler}


def catalogue_of(
    definitions: Iterable[ToolDefinition] = (),
    purposes: Iterable[Purpose] = (),
    modules: tuple[ModuleType, ...] = (),
) -> Catalogue:
    """Our tools and these; digits may be typed for our purposes and these."""
    collector = keypad.collector([*PURPOSES.values(), *purposes])
    own = {each.name: each for each in definitions}
    return Catalogue({**DEFINITIONS, collector.name: collector, **own}, modules)


OURS: Final = catalogue_of()


def toolbox(desk: Desk) -> dict[str, Tool]:
    """Our tools, bound to one call."""
    return OURS.toolbox(desk)


def descriptions() -> dict[str, str]:
    """What the model reads of each of our tools."""
    return OURS.descriptions()


def fillers() -> dict[str, str]:
    """What an agent may say while one of our tools is slow."""
    return OURS.fillers()
