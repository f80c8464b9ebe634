"""What the floor needs of the line in which callers wait for an operator."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.domain.ids import AttemptId, CallId
from callcenter.domain.operators import Operator


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands, and how long it may take; None: nobody can know."""

    number: int
    wait_s: float | None = None


class Queue(Protocol):
    """The line of all nodes; see callcenter.assembly.line.

    What does not wait comes from memory, a second old; `take` asks the database.
    """

    def staffed(self, topic: str) -> bool:
        """Whether somebody who fits is at work, free or not."""
        ...

    def length(self) -> int:
        """How many wait, for whomever."""
        ...

    def free(self) -> Sequence[Operator]:
        """Who may be rung for somebody who does not stand in line."""
        ...

    def place(self, call_id: CallId) -> Place:
        """Where a caller stands."""
        ...

    def keep(self, call_id: CallId) -> None:
        """A caller is still on the line here; said again and again."""
        ...

    async def take(self, call_id: CallId, attempt_id: AttemptId) -> Operator | None:
        """An operator for a caller whose turn it is; nobody else gets them."""
        ...

    async def claim(self, operator: Operator, attempt_id: AttemptId) -> bool:
        """Whether an operator is this attempt's now, who was free a moment ago.

        For somebody who does not stand in line. True when nobody can say.
        """
        ...

    async def release(self, operator: Operator, attempt_id: AttemptId) -> None:
        """The caller has gone: whoever was taken may be rung again."""
        ...

    def opens_again(self) -> str:
        """A sentence that says when somebody will be at work; empty: nobody knows."""
        ...
