"""The node's reaper: ends what is left over, finishes what has ended unnoticed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from callcenter.domain.ids import CallSid
from callcenter.floor.floor import Floor
from callcenter.floor.reaper import Reaper
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.legs import LegBook


def reaper(settings: Settings, floor: Floor, database: Database) -> Reaper:
    """One for this node."""

    async def finish(call_sid: CallSid) -> None:
        if found := await floor.find(call_sid, settings.public_base):
            found.call.finish("the telephone call was over, and nobody had said so")

    house = floor.house
    return Reaper(LegBook(database), house.carrier, house.clock, finish)


@asynccontextmanager
async def reaping(
    settings: Settings, floor: Floor, database: Database
) -> AsyncIterator[None]:
    """While inside, it runs."""
    async with asyncio.TaskGroup() as tasks:
        working = tasks.create_task(reaper(settings, floor, database).run())
        try:
            yield
        finally:
            working.cancel()
