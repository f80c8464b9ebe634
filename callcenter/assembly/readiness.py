"""Whether the node should be given calls: what it knows, and what it must try."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from callcenter.errors import StorageError
from callcenter.floor.ports import Clock

FRESH_MS: Final = 1_000
"""So long a finding holds: probes may come often, and from many."""

CHECK_SECONDS: Final = 2.0
"""A database that takes longer is not there; a probe's own patience is about this."""

TOO_SLOW: Final = f"The database did not take a write within {CHECK_SECONDS:.0f} s."


class Readiness:
    """Ask it; the answer is why not, one sentence each.

    `known` is free; `check` tries the database, and raises StorageError.
    """

    def __init__(
        self,
        known: Callable[[], Sequence[str]],
        check: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._known = known
        self._check = check
        self._clock = clock
        self._trying = asyncio.Lock()
        self._tried_ms: int | None = None
        self._problem = ""

    async def __call__(self) -> list[str]:
        """Bounded, and cheap however often it is asked."""
        reasons = [*self._known(), await self._storage()]
        return [one for one in dict.fromkeys(reasons) if one]

    async def _storage(self) -> str:
        async with self._trying:
            now_ms = self._clock.steady_ms()
            if self._tried_ms is None or now_ms - self._tried_ms >= FRESH_MS:
                self._problem = await self._try()
                self._tried_ms = self._clock.steady_ms()
        return self._problem

    async def _try(self) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._check()
        except StorageError as error:
            return str(error)
        except TimeoutError:
            return TOO_SLOW
        return ""
