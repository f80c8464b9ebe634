"""Two nodes on one PostgreSQL: either one may be killed, and no caller is lost."""

import asyncio
from pathlib import Path
from typing import Any

from callcenter.simulator.carrier import Phone
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from tests.calls.test_moving import far_ends, port_of
from tests.fakes.center import CALLER, Caller
from tests.fakes.process import serving

STORED_S = 10.0
"""A busy machine may take its time to write what was said."""


async def told(url: str, sid: str) -> dict[str, Any] | None:
    database = Database.open(url)
    try:
        return await History(database).show_call(sid)
    finally:
        await database.close()


async def stored(url: str, sid: str, words: str) -> dict[str, Any]:
    """The call, once these words are in its record."""
    async with asyncio.timeout(STORED_S):
        while True:
            story = await told(url, sid)
            if story is not None and words in str(story["turns"]):
                return story
            await asyncio.sleep(0.05)


async def over(url: str, sid: str) -> dict[str, Any]:
    async with asyncio.timeout(STORED_S):
        while True:
            story = await told(url, sid)
            if story is not None and story["ended_at"] is not None:
                return story
            await asyncio.sleep(0.05)


def folder(parent: Path, name: str) -> Path:
    (parent / name).mkdir()
    return parent / name


async def test_a_caller_whose_node_is_killed_goes_on_at_the_other(
    tmp_path: Path, postgres_url: str
) -> None:
    async with far_ends() as (model, carrier, balancer, told_to, environment):
        environment["DATABASE_URL"] = postgres_url
        async with (
            serving(folder(tmp_path, "one"), environment) as (one, address),
            serving(folder(tmp_path, "two"), environment) as (_, next_address),
        ):
            balancer.port = port_of(address)

            async def script(phone: Phone) -> None:
                caller = Caller(phone, told_to)
                await phone.hears_pause(120, timeout_s=20)
                await caller.asks("what services do you offer")
                await stored(postgres_url, call.sid, "what services do you offer")
                one.kill()
                balancer.port = port_of(next_address)
                await one.wait()
                caller.forgets()
                await phone.hears_pause(120, timeout_s=60)
                await caller.asks("thank you")
                await stored(postgres_url, call.sid, "thank you")

            call = await carrier.place_call(CALLER, script, hang_up_after_script=True)
            await call.ended(60)
            story = await over(postgres_url, call.sid)
    kinds = [event["kind"] for event in story["events"]]
    assert kinds.count("CallAnswered") == kinds.count("CallEnded") == 1
    assert kinds.count("CallResumed") == 1
    assert story["disposition"] == "resolved"
    heard = [turn["heard"] for turn in story["turns"] if turn["heard"]]
    assert heard.index("what services do you offer") < heard.index("thank you")
    welcomes = [text for text in heard if "Fjord Cycles" in text]
    assert len(welcomes) == 1, "nobody is welcomed twice"
    assert model.open_sessions == 0
