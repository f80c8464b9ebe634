"""The recordings of a node: written while it runs, deleted when they are old."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

import structlog

from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.recordings import Recordings

FLUSH_SECONDS: Final = 5.0
"""For the last sounds, at the end of the process."""

DAY_SECONDS: Final = 24 * 60 * 60.0
"""Between two looks for recordings that have become too old."""

logger = structlog.get_logger()


@asynccontextmanager
async def recordings(settings: Settings, clock: Clock) -> AsyncIterator[Recordings]:
    """The folder and its writer. Old ones go even when nothing is recorded now."""
    kept = Recordings(
        settings.recordings_dir, days=settings.recording_days, now=clock.now
    )
    async with asyncio.TaskGroup() as tasks:
        working = [
            tasks.create_task(kept.run()),
            tasks.create_task(_purge_daily(kept)),
        ]
        try:
            yield kept
        finally:
            await kept.flush(FLUSH_SECONDS)
            for task in working:
                task.cancel()


async def _purge_daily(kept: Recordings) -> None:
    while True:
        if deleted := await kept.purge():
            logger.info("recordings_deleted", count=deleted)
        await asyncio.sleep(DAY_SECONDS)
