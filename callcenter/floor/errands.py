"""What a call has under way: nothing of it outlives the call."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog

logger = structlog.get_logger()

Errand = Coroutine[Any, Any, None]


class Errands:
    """One call's. What is started before `begin` waits for it; after `end`, nothing."""

    def __init__(self, call_id: str, on_fault: Callable[[], None]) -> None:
        self._call_id = call_id
        self._on_fault = on_fault
        self._tasks: asyncio.TaskGroup | None = None
        self._waiting: list[Errand] = []
        self._running: list[asyncio.Task[None]] = []
        self._over = False

    def begin(self, tasks: asyncio.TaskGroup) -> None:
        """Run them in this group from now on."""
        self._tasks = tasks
        for errand in self._waiting:
            self.start(errand)
        self._waiting.clear()

    def start(self, errand: Errand) -> None:
        """Run something that must not outlive the call."""
        if self._over:
            errand.close()
        elif self._tasks is None:
            self._waiting.append(errand)
        else:
            task = self._tasks.create_task(self._guard(errand))
            # A task that is cancelled before its first step leaves this unawaited.
            task.add_done_callback(lambda _: errand.close())
            self._running.append(task)

    def refuse(self) -> None:
        """Start nothing any more."""
        self._over = True

    def cancel(self) -> None:
        """End what is running."""
        for task in self._running:
            task.cancel()

    async def _guard(self, errand: Errand) -> None:
        """Keep a fault of ours from this call's end, and from all the other calls."""
        try:
            await errand
        except Exception:  # whatever it is, the other callers must not pay for it
            logger.exception("errand_failed", call_id=self._call_id)
            self._on_fault()
