"""What a program may do with its key, in words that a person can grant one by one."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from callcenter.domain.people import Role


class Scope(StrEnum):
    """One permission; docs/api.md has the table."""

    CALLS_READ = "calls:read"
    """Calls, what was said in them, and their facts as they happen."""
    CALLS_ACT = "calls:act"
    """Whisper, escalate, end: what a supervisor does to a live call."""
    RECORDINGS_READ = "recordings:read"
    OPERATORS_READ = "operators:read"
    OPERATORS_WRITE = "operators:write"
    AGENTS_READ = "agents:read"
    TICKETS_READ = "tickets:read"
    TICKETS_WRITE = "tickets:write"
    APPOINTMENTS_READ = "appointments:read"
    APPOINTMENTS_WRITE = "appointments:write"
    MESSAGES_READ = "messages:read"
    """Voicemails, messages, and wishes to be called back."""
    PEOPLE_READ = "people:read"
    """What is known of a telephone number."""
    PEOPLE_WRITE = "people:write"
    """Erase it for ever; at the console that takes an admin."""
    FIGURES_READ = "figures:read"
    """Counts without persons, and what is out of order."""
    METRICS_READ = "metrics:read"
    WEBHOOKS_READ = "webhooks:read"
    WEBHOOKS_WRITE = "webhooks:write"
    """To have events sent to an address is to read them."""
    KEYS_ADMIN = "keys:admin"
    """Make and revoke keys: with it come all the others."""


ALL: Final = frozenset(Scope)

OF_VIEWER: Final = frozenset({Scope.FIGURES_READ, Scope.AGENTS_READ})
OF_OPERATOR: Final = OF_VIEWER | {
    Scope.CALLS_READ,
    Scope.OPERATORS_READ,
    Scope.TICKETS_READ,
    Scope.TICKETS_WRITE,
    Scope.APPOINTMENTS_READ,
    Scope.APPOINTMENTS_WRITE,
    Scope.MESSAGES_READ,
}
OF_SUPERVISOR: Final = OF_OPERATOR | {
    Scope.CALLS_ACT,
    Scope.RECORDINGS_READ,
    Scope.OPERATORS_WRITE,
    Scope.PEOPLE_READ,
    Scope.METRICS_READ,
}

OF_ROLE: Final = {
    Role.VIEWER: OF_VIEWER,
    Role.OPERATOR: OF_OPERATOR,
    Role.SUPERVISOR: OF_SUPERVISOR,
    Role.ADMIN: ALL,
}
"""What somebody who is signed in to the console may do over the API."""


def granted(names: Iterable[str]) -> frozenset[Scope]:
    """The scopes of these names. Raises ValueError with a sentence."""
    found = set()
    for name in names:
        if name not in ALL:
            known = ", ".join(Scope)
            raise ValueError(f"{name!r} is no scope; there are {known}.")
        found.add(Scope(name))
    return frozenset(found)


def allows(scopes: frozenset[Scope], needed: Scope) -> bool:
    """Whether who has these may do that."""
    return needed in scopes or Scope.KEYS_ADMIN in scopes
