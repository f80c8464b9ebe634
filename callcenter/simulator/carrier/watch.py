"""Waiting until something has become true, without polling."""

import asyncio
from collections.abc import Callable


class Watch:
    """Whoever changes something says `changed`; whoever waits looks again."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    async def until(
        self, true: Callable[[], bool], timeout_s: float | None = None
    ) -> None:
        """Return once `true()` holds. Raises TimeoutError. Cancelling is safe."""
        async with asyncio.timeout(timeout_s):
            while not true():
                await self._change()

    async def _change(self) -> None:
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await waiter
        finally:
            self._waiting.discard(waiter)
