"""When a session is left while it is well: for another voice, or because it is old."""

import asyncio
from collections.abc import Awaitable, Callable

from callcenter.domain.ids import AgentName


class Leaving:
    """One session's; `relay` says who takes over, with another voice."""

    def __init__(self, quiet: Callable[[], Awaitable[None]]) -> None:
        self._quiet = quiet
        """Waits until all was heard and nothing is owed."""
        self._relays: asyncio.Queue[AgentName] = asyncio.Queue()

    def relay(self, agent: AgentName) -> None:
        """Leave the session to that agent."""
        self._relays.put_nowait(agent)

    async def time(self, renew_s: float) -> AgentName | None:
        """Wait until it is time; returns who takes over, None for the same agent."""
        try:
            async with asyncio.timeout(renew_s):
                return await self._relays.get()
        except TimeoutError:
            return await self._in_a_pause()

    async def _in_a_pause(self) -> AgentName | None:
        """Wait for a quiet moment; somebody may take over before one comes."""
        async with asyncio.TaskGroup() as tasks:
            pause = tasks.create_task(self._pause())
            relay = tasks.create_task(self._relays.get())
            await asyncio.wait([pause, relay], return_when=asyncio.FIRST_COMPLETED)
            pause.cancel()
            relay.cancel()
        return None if relay.cancelled() else relay.result()

    async def _pause(self) -> None:
        await self._quiet()
