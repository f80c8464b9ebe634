"""The people who may look at the console, and what each may do there."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Each may do what those before it may; docs/security.md has the table."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"

    def may(self, needed: "Role") -> bool:
        """Whether it is at least this one."""
        return RANK[self] >= RANK[needed]


RANK: Final = {role: rank for rank, role in enumerate(Role)}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a login. The name is what they type, in lower case."""

    name: str
    role: Role
    disabled: bool
    epoch: int
    """Sessions of an earlier one are over: the password or the role was changed."""
    created_at: datetime
    entered_at: datetime | None = None
    """When they last signed in."""
    failed: int = 0
    """Tries since then that were wrong."""
    locked_until: datetime | None = None
