"""The floor as a whole: draining, stopping, finding calls again."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import CallSid
from callcenter.floor import floor
from callcenter.wire.webhooks import VoiceRequest
from tests.fakes.asking import CALL_SID
from tests.fakes.center import CALLER, OURS, Center, center


def asked(status: str = "ringing") -> VoiceRequest:
    return VoiceRequest(CallSid(CALL_SID), status, CALLER, OURS)


async def open_floor(here: Center) -> floor.Floor:
    """A node yields before its floor's first step."""
    await here.until(lambda: here.node.floor._tasks is not None)
    return here.node.floor


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)


async def test_a_floor_without_calls_is_drained_at_once(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        assert await here.node.floor.drained(0.1)


async def test_draining_waits_for_the_last_call(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        calls.answer(asked(), here.address)
        assert not await calls.drained(0.1)
        async with asyncio.TaskGroup() as tasks:
            draining = tasks.create_task(calls.drained(5))
            await asyncio.sleep(0.05)
            await calls.status(asked("completed"), here.address)
        assert draining.result()


async def test_a_floor_that_stops_lets_its_calls_go_and_closes_their_sessions(
    tmp_path: Path,
) -> None:
    """They are not over: another node takes them up."""
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        calls.answer(asked(), here.address)
        await here.until(lambda: here.model.open_sessions)
        calls.stop()
        await here.until(lambda: not here.model.open_sessions)
        await here.until(lambda: not calls._calls)
        assert here.of(e.CallEnded) == []
        here.lets_go = True


async def test_a_finished_call_still_answers_its_last_webhooks(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        calls.answer(asked(), here.address)
        await calls.status(asked("completed"), here.address)
        document = await calls.after_stream(asked("completed"), here.address)
        assert document.endswith("<Response><Hangup /></Response>")
        await calls.status(asked("completed"), here.address)
        await here.happened(e.CallEnded)
        assert len(here.of(e.CallEnded)) == 1


async def test_a_call_that_was_over_before_it_began_is_forgotten(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        calls.answer(asked(), here.address)
        await calls.status(asked("no-answer"), here.address)
        await here.nothing_is_left()


async def test_a_call_whose_end_is_not_stored_yet_is_not_taken_up_again(
    tmp_path: Path,
) -> None:
    """The database lags behind, and a webhook comes late."""
    async with center(tmp_path) as here:
        calls = await open_floor(here)

        async def lagging(_: CallSid) -> list[e.Fact]:
            return here.facts[:1]

        calls.house = replace(calls.house, recall=lagging)
        calls.answer(asked(), here.address)
        await calls.status(asked("completed"), here.address)
        await here.until(lambda: not calls._calls)
        await calls.status(asked("completed"), here.address)
        document = await calls.after_stream(asked("completed"), here.address)
        assert document.endswith("<Response><Hangup /></Response>")
        assert calls._calls == {}
        assert len(here.of(e.CallEnded)) == 1
