"""What one call's tools do to the world: once, after it is written, and to its end.

A caller who hangs up ends their call and all that belongs to it. What a tool has begun
to change belongs to the floor: it is finished within its own time-out, and its outcome
goes into the record of a call that may be over by then.
"""

import asyncio
from collections.abc import Awaitable, Coroutine
from functools import partial
from typing import Any, Final

import structlog

from callcenter.domain import deeds
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult
from callcenter.floor.live_call import LiveCall

WRITTEN_SECONDS: Final = 1.0
"""So long an action waits for its intent to be stored. A database that is down stops no
caller: the intent is then in memory, and goes to the journal when the process ends."""

BROKE: Final = ToolResult(
    '{"error":"This broke in the middle, and nobody knows whether it was done. Tell '
    'the caller so; offer take_message or transfer_to_human."}',
    ToolOutcome.FAILED,
    unsure=True,
)

logger = structlog.get_logger()


class Deeds:
    """One call's; see callcenter.tools.deeds.Deeds."""

    def __init__(self, call: LiveCall) -> None:
        self._call = call
        self._running: dict[str, asyncio.Task[ToolResult]] = {}

    def known(self, once: str) -> ToolResult | None:
        """What it came to, here or at the node that had the call before."""
        return deeds.known(self._call.state.deeds, once)

    def begun(self, tool: str) -> int:
        """How many different things this tool has done or begun in this call."""
        return deeds.begun(self._call.state.deeds, tool)

    def running(self, once: str) -> Awaitable[ToolResult] | None:
        """The same thing, if it is being done right now."""
        task = self._running.get(once)
        return None if task is None else asyncio.shield(task)

    async def written(self) -> None:
        """Wait until all facts so far are stored, but not for long."""
        if not await self._call.house.ledger.flush(WRITTEN_SECONDS):
            logger.warning("intent_not_stored_yet", call_id=self._call.id)

    async def outlive(
        self, once: str, use: Coroutine[Any, Any, ToolResult]
    ) -> ToolResult:
        """Do it to its end, whether or not anybody waits for it any more."""
        task = self._call.outlive(self._guard(use))
        # A task that is cancelled before its first step leaves this unawaited.
        task.add_done_callback(lambda _: use.close())
        if once:
            self._running[once] = task
            task.add_done_callback(partial(self._forget, once))
        return await asyncio.shield(task)

    def _forget(self, once: str, _: asyncio.Task[ToolResult]) -> None:
        del self._running[once]

    async def _guard(self, use: Coroutine[Any, Any, ToolResult]) -> ToolResult:
        """A fault in here would be every call's."""
        try:
            return await use
        except Exception:  # whatever it is, the other callers must not pay for it
            logger.exception("deed_failed", call_id=self._call.id)
            return BROKE
