"""When a session is left: for another agent, or because it is old."""

import asyncio

from callcenter.domain.ids import AgentName
from callcenter.realtime.leaving import Leaving

SUPPORT = AgentName("support")


class Line:
    """Quiet when a test says so."""

    def __init__(self) -> None:
        self.quiet = asyncio.Event()

    async def callers_turn(self) -> None:
        await self.quiet.wait()


async def test_somebody_with_another_voice_takes_over_at_once() -> None:
    leaving = Leaving(Line().callers_turn)
    leaving.relay(SUPPORT)
    assert await leaving.time(60) == SUPPORT


async def test_an_old_session_waits_for_a_pause() -> None:
    line = Line()
    leaving = Leaving(line.callers_turn)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(leaving.time(0))
        await asyncio.sleep(0.01)
        assert not waiting.done()
        line.quiet.set()
    assert waiting.result() is None


async def test_who_takes_over_before_the_pause_is_not_forgotten() -> None:
    leaving = Leaving(Line().callers_turn)
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(leaving.time(0))
        await asyncio.sleep(0.01)
        leaving.relay(SUPPORT)
    assert waiting.result() == SUPPORT
