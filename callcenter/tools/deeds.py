"""What the tools of a call do to the world: once, after it is written, and to its end.

The floor has the real one (callcenter.floor.deeds); a desk without one remembers
nothing, and does everything at once.
"""

from collections.abc import Awaitable, Coroutine
from typing import Any, Protocol

from callcenter.domain.tool import ToolResult


class Deeds(Protocol):
    """One call's; `once` names what must not be done twice in it."""

    def known(self, once: str) -> ToolResult | None:
        """What it came to before, at whichever node; None when it may be done."""
        ...

    def begun(self, tool: str) -> int:
        """How many different things this tool has done, or is doing, in this call."""
        ...

    def running(self, once: str) -> Awaitable[ToolResult] | None:
        """The same thing, if it is being done right now. Cancelling is harmless."""
        ...

    async def written(self) -> None:
        """Wait, but not for long, until all facts so far are stored."""
        ...

    async def outlive(
        self, once: str, use: Coroutine[Any, Any, ToolResult]
    ) -> ToolResult:
        """Do it to its end, even if the caller hangs up meanwhile."""
        ...


class Forgetful:
    """Remembers nothing."""

    def known(self, once: str) -> ToolResult | None:  # noqa: ARG002  # as it says
        return None

    def begun(self, tool: str) -> int:  # noqa: ARG002  # as it says
        return 1

    def running(self, once: str) -> Awaitable[ToolResult] | None:  # noqa: ARG002
        return None

    async def written(self) -> None:
        """Nothing is."""

    async def outlive(
        self,
        once: str,  # noqa: ARG002  # as it says
        use: Coroutine[Any, Any, ToolResult],
    ) -> ToolResult:
        return await use
