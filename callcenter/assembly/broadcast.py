"""Facts for everybody who watches: of this node's calls, on the bus, in small batches.

Channel `facts` has those of all calls, `facts:<call_id>` those of one. A message is one
or more lines of callcenter.wire.facts.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final

from callcenter.domain.events import Fact
from callcenter.wire.bus import Bus
from callcenter.wire.facts import dump_line

ALL_CALLS: Final = "facts"

GATHER_S: Final = 0.05
"""As long as nobody sees; a burst of facts is then one message."""

MOST_AT_ONCE: Final = 50
"""Facts in one message: writing them takes a millisecond, and a frame is due."""

MOST_WAITING: Final = 10_000
"""Facts; more only when the event loop stands still, and then the oldest go."""


def channel_of(call_id: str) -> str:
    """Where the facts of one call are told."""
    return f"{ALL_CALLS}:{call_id}"


class Broadcast:
    """Add `see` to the watchers of a house, and `run` it as a task."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus
        self._waiting: deque[Fact] = deque(maxlen=MOST_WAITING)
        self._seen = asyncio.Event()

    def see(self, fact: Fact) -> None:
        """A watcher of facts: it costs the call path an append."""
        self._waiting.append(fact)
        self._seen.set()

    async def run(self) -> None:
        """Tell what was seen, until cancelled."""
        try:
            while True:
                await self._seen.wait()
                await asyncio.sleep(GATHER_S)
                self._seen.clear()
                while self._waiting:
                    self._tell()
                    await asyncio.sleep(0)
        finally:
            # No await beyond this point. The last facts of a node are ends of calls.
            while self._waiting:
                self._tell()

    def _tell(self) -> None:
        lines: defaultdict[str, list[bytes]] = defaultdict(list)
        for _ in range(min(len(self._waiting), MOST_AT_ONCE)):
            fact = self._waiting.popleft()
            line = dump_line(fact)
            lines[ALL_CALLS].append(line)
            lines[channel_of(fact.call_id)].append(line)
        for channel, told in lines.items():
            self._bus.publish(channel, b"".join(told))


@asynccontextmanager
async def broadcasting(
    bus: Bus, watchers: list[Callable[[Fact], None]]
) -> AsyncIterator[None]:
    """Tell the bus of every fact while the block lasts."""
    broadcast = Broadcast(bus)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(broadcast.run())
        watchers.append(broadcast.see)
        try:
            yield
        finally:
            watchers.remove(broadcast.see)
            running.cancel()
