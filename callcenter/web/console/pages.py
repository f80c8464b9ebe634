"""Every page of the console: one line here, one place in the navigation."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from quart import Blueprint

from callcenter.domain.people import Role
from callcenter.web.console import (
    agents,
    call_page,
    callbacks,
    calls,
    company,
    exports,
    login,
    messages,
    operators,
    people_page,
    schedule,
    supervise,
    system,
    tickets,
    wallboard,
)
from callcenter.web.console.desk import ConsoleDesk

PAGES: Final[tuple[Callable[[ConsoleDesk], Blueprint], ...]] = (
    login.pages,
    company.pages,
    supervise.pages,
    wallboard.pages,
    calls.pages,
    call_page.pages,
    exports.pages,
    schedule.pages,
    tickets.pages,
    messages.pages,
    people_page.pages,
    callbacks.pages,
    operators.pages,
    agents.pages,
    system.pages,
)


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the navigation; it shows when its page is there."""

    title: str
    path: str
    key: str
    """After g, on the keyboard."""
    role: Role = Role.VIEWER


NAVIGATION: Final = (
    Place("Wallboard", "/console", "w"),
    Place("Calls", "/console/calls", "c", Role.OPERATOR),
    Place("People", "/console/people", "p", Role.OPERATOR),
    Place("Schedule", "/console/schedule", "s", Role.OPERATOR),
    Place("Tickets", "/console/tickets", "t", Role.OPERATOR),
    Place("Messages", "/console/messages", "m", Role.OPERATOR),
    Place("Callbacks", "/console/callbacks", "b", Role.OPERATOR),
    Place("Operators", "/console/operators", "o"),
    Place("Agents", "/console/agents", "a"),
    Place("System", "/console/system", "y", Role.SUPERVISOR),
)
