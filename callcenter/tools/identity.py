"""Who a caller has proved to be, as tools see it.

The assembly has the real one; a desk without one knows nobody.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from callcenter.domain.verification import Detail, Method, Verdict


class Identity(Protocol):
    """Who the caller has proved to be; a caller id proves nothing."""

    @property
    def verified(self) -> bool:
        """Whether the caller has proved it, in this call."""
        ...

    @property
    def tries_left(self) -> int:
        """In this call."""
        ...

    async def methods(self) -> Sequence[Method]:
        """How the customer of this number could prove it; empty for all others."""
        ...

    async def by_pin(self) -> Verdict:
        """Let the caller type their PIN, and compare it. Takes as long as they do."""
        ...

    async def by_facts(self, told: Mapping[Detail, str]) -> Verdict:
        """Compare what the caller told."""
        ...


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who has proved nothing, and of whom nothing is known."""

    verified: bool = False
    tries_left: int = 0

    async def methods(self) -> Sequence[Method]:
        return ()

    async def by_pin(self) -> Verdict:
        return Verdict.UNKNOWN

    async def by_facts(self, told: Mapping[Detail, str]) -> Verdict:  # noqa: ARG002  # as it says
        return Verdict.UNKNOWN
