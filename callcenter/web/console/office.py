"""What pages about people need of the node, beyond what all pages need."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final, cast

from callcenter.storage.erasure import Erased, Persons
from callcenter.web.console.desk import ConsoleDesk

OFFICE: Final = "office"
"""Its place in `ConsoleDesk.more`."""


@dataclass(frozen=True, slots=True)
class Office:
    """Made by callcenter.assembly.office."""

    persons: Persons
    forget: Callable[[str, str], Awaitable[Erased]]
    """Erase a number, for a person. Raises CarrierError, and then nothing is erased."""
    hide: Callable[[str], str]
    """Takes out of what people write what is not to be stored."""
    dials: bool
    """Whether nodes call back by themselves; else people must."""
    feed: Callable[[str], str]
    """The address of a resource's calendar; empty when nobody could open it."""


def office(desk: ConsoleDesk) -> Office:
    """The node's."""
    return cast("Office", desk.more[OFFICE])
