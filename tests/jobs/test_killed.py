"""kill -9 at any moment of a wrap-up: nothing is lost, and nothing is done twice."""

import asyncio
import sys
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest
from pydantic import SecretStr

from callcenter.assembly.after_the_call import after_the_call
from callcenter.assembly.clock import SystemClock
from callcenter.jobs import engine
from callcenter.settings import Settings
from callcenter.simulator.text_model import TextModelSimulator
from callcenter.storage.engine import Database
from callcenter.storage.history import History
from callcenter.storage.schema import upgrade
from tests.fakes.process import ROOT, START_S
from tests.jobs.calls import facts, store

MOMENTS = {"asking": 2, "drafted": 1, "between the steps": 1}
"""How often the model has then been asked: an answer that was not stored is lost."""


async def killed(url: str, model: TextModelSimulator, moment: str) -> None:
    """Run a node until that moment, and kill it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.jobs.mortal", url, model.url, moment),
        cwd=ROOT,
        stdout=PIPE,
    )
    try:
        async with asyncio.timeout(START_S):
            if moment == "asking":
                while not model.requests:  # noqa: ASYNC110  # over there
                    await asyncio.sleep(0.02)
            else:
                assert process.stdout is not None
                assert await process.stdout.readline() == b"here\n"
    finally:
        process.kill()
        await process.wait()


async def wrapped_up(url: str, model: TextModelSimulator) -> int:
    """Run a node until the call is wrapped up; how often the model was asked."""
    settings = Settings(
        _env_file=None,
        database_url=url,
        openai_api_key=SecretStr("sk-test"),
        openai_text_url=model.url,
        wrap_up_after_seconds=0,
    )
    database = Database.open(url)
    try:
        async with (
            after_the_call(settings, database, SystemClock()) as work,
            asyncio.timeout(20),
        ):
            while not (await _shown(database) and not work.jobs.busy):  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    finally:
        await database.close()
    return len(model.requests)


async def _shown(database: Database) -> bool:
    call = await History(database).show_call("call_1")
    return call is not None and call["wrap_up"] is not None


@pytest.mark.parametrize("moment", ["asking", "drafted"])
async def test_a_node_that_is_killed_is_made_up_for(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "POLL_S", 0.05)
    url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
    await asyncio.to_thread(upgrade, url)
    await _dies_and_is_made_up_for(url, moment)


async def test_a_node_that_is_killed_is_made_up_for_on_postgresql(
    postgres_url: str,
) -> None:
    await _dies_and_is_made_up_for(postgres_url, "between the steps")


async def _dies_and_is_made_up_for(url: str, moment: str) -> None:
    database = Database.open(url)
    await store(database, facts())
    await database.close()
    async with TextModelSimulator() as model:
        if moment == "asking":
            model.gate.clear()
        await killed(url, model, moment)
        model.gate.set()
        assert await wrapped_up(url, model) == MOMENTS[moment]
