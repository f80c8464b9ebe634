"""The clock of all far ends: each ticks every 20 ms, spread evenly over the time."""

import asyncio
from collections.abc import Callable

from bench.samples import Samples
from callcenter.wire.mulaw import FRAME_MS

SLOTS = FRAME_MS
"""One a millisecond: that is how fine the event loop's timers are."""


class Wheel:
    """Give it what is to be done every 20 ms, and run it."""

    def __init__(self, samples: Samples) -> None:
        self._slots: list[list[Callable[[], None]]] = [[] for _ in range(SLOTS)]
        self._samples = samples
        self._given = 0

    def add(self, tick: Callable[[], None]) -> None:
        """Primes spread neighbours: a call's two ends do not tick together."""
        self._slots[self._given * 7 % SLOTS].append(tick)
        self._given += 1

    def remove(self, tick: Callable[[], None]) -> None:
        """It ticks no more; harmless when it never did."""
        for slot in self._slots:
            if tick in slot:
                slot.remove(tick)

    async def run(self) -> None:
        """Turn until cancelled. A late turn is made up for, and entered as late."""
        loop = asyncio.get_running_loop()
        due_s, slot = loop.time(), 0
        while True:
            await asyncio.sleep(max(due_s - loop.time(), 0))
            late_s = loop.time() - due_s
            if self._slots[slot]:
                self._samples.late.append(late_s * 1000)
            for tick in list(self._slots[slot]):
                tick()
            slot = (slot + 1) % SLOTS
            due_s += 0.001
