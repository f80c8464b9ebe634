"""A whole node: it wraps up the calls that it has served, and ends cleanly."""

import asyncio
import threading
from pathlib import Path

import pytest

from callcenter.jobs import engine
from callcenter.simulator.text_model import TextModelSimulator
from tests.fakes.center import Caller, center
from tests.fakes.quick import quick

__all__ = ["quick"]  # a fixture, for all tests here


async def says_hello(caller: Caller) -> None:
    await caller.hears_agent()
    await caller.asks("What is the weather in Bergen?")


async def test_a_call_that_a_node_has_served_is_wrapped_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "POLL_S", 0.05)
    async with TextModelSimulator() as model:
        settings = {"openai_text_url": model.url, "wrap_up_after_seconds": 0}
        async with center(tmp_path, settings=settings) as here:
            call = await here.call(says_hello)
            async with asyncio.timeout(15):
                while (written := (await here.story(call))["wrap_up"]) is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            warnings = here.node.warnings()
    assert "What is the weather in Bergen?" in written["summary"]
    assert written["cost"]["audio_out"] > 0
    assert not [one for one in warnings if "Jobs" in one]
    assert not [one for one in threading.enumerate() if "dbos" in one.name]
