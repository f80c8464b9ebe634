"""The floor as a whole: draining, stopping, finding calls again."""

import asyncio
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import CallSid
from callcenter.floor import floor, no_call
from callcenter.floor.register import Register
from callcenter.wire.webhooks import VoiceRequest
from tests.fakes.asking import CALL_SID
from tests.fakes.center import ADA, BEA, CAI, CALLER, OURS, Center, center


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
        await calls.answer(asked(), here.address)
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
        await calls.answer(asked(), here.address)
        await here.until(lambda: here.model.open_sessions)
        calls.stop()
        await here.until(lambda: not here.model.open_sessions)
        await here.until(lambda: not calls._calls)
        assert here.of(e.CallEnded) == []
        here.lets_go = True


async def test_a_finished_call_still_answers_its_last_webhooks(tmp_path: Path) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        await calls.answer(asked(), here.address)
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
        await calls.answer(asked(), here.address)
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
        await calls.answer(asked(), here.address)
        await calls.status(asked("completed"), here.address)
        await here.until(lambda: not calls._calls)
        await calls.status(asked("completed"), here.address)
        document = await calls.after_stream(asked("completed"), here.address)
        assert document.endswith("<Response><Hangup /></Response>")
        assert calls._calls == {}
        assert len(here.of(e.CallEnded)) == 1


# A call that is over stays over.


async def test_a_webhook_replayed_after_the_end_opens_no_second_call(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        await calls.answer(asked(), here.address)
        await here.until(lambda: here.model.connections)
        await calls.status(asked("completed"), here.address)
        while_it_lingers = await calls.answer(asked(), here.address)
        await here.until(lambda: not calls._calls)
        when_forgotten = await calls.answer(asked(), here.address)
        for document in (while_it_lingers, when_forgotten):
            assert no_call.OVER in document
            assert document.endswith("<Hangup /></Response>")
        assert len(here.of(e.CallAnswered)) == here.model.connections == 1


async def test_a_webhook_replayed_at_another_node_opens_no_second_call(
    tmp_path: Path,
) -> None:
    """Or at this one, when it was restarted: only the record knows."""
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        await calls.answer(asked(), here.address)
        await calls.status(asked("completed"), here.address)
        await here.until(lambda: not calls._calls)
        assert await here.node.ledger.flush(5)
        connections = here.model.connections
        calls.register = Register()  # forgets everything
        assert no_call.OVER in await calls.answer(asked(), here.address)
        assert calls._calls == {}
        assert here.model.connections == connections
        assert len(await here.stored_calls()) == 1


async def test_a_call_that_another_node_had_begun_goes_on_when_it_is_asked_for_again(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        await calls.answer(asked(), here.address)
        assert await here.node.ledger.flush(5)
        (first,) = calls._calls.values()
        calls.register = Register()
        assert "<Stream" in await calls.answer(asked(), here.address)
        (second,) = calls._calls.values()
        assert second.call.id == first.call.id
        await calls.status(asked("completed"), here.address)
        first.call.leave()
        assert len(here.of(e.CallAnswered)) == 1
        await here.until(
            lambda: first.call.id not in {one.get_name() for one in asyncio.all_tasks()}
        )


async def test_a_database_that_is_slow_does_not_hold_up_a_new_caller(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(floor, "SEEN_SECONDS", 0.05)
    async with center(tmp_path) as here:
        calls = await open_floor(here)

        async def never(_: CallSid) -> list[e.Fact]:
            await asyncio.Event().wait()
            return []

        calls.house = replace(calls.house, recall=never)
        async with asyncio.timeout(2):
            assert "<Stream" in await calls.answer(asked(), here.address)
        await calls.status(asked("completed"), here.address)


# Calls that are taken up do not wait for each other.

OTHER_SID = CallSid("CA" + "f" * 32)


async def test_a_call_that_is_slow_to_be_found_holds_up_no_other(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        found, times = asyncio.Event(), 0

        async def recall(call_sid: CallSid) -> list[e.Fact]:
            nonlocal times
            if call_sid == CALL_SID:
                times += 1
                await found.wait()
            return []

        calls.house = replace(calls.house, recall=recall)
        async with asyncio.TaskGroup() as tasks:
            for _ in range(2):
                tasks.create_task(calls.after_stream(asked(), here.address))
            await here.until(lambda: times)
            async with asyncio.timeout(2):
                await calls.status(
                    replace(asked("completed"), call_sid=OTHER_SID), here.address
                )
            assert times == 1, "the same call is looked for once at a time"
            found.set()
        assert len(calls.register._asking) == 0


# While the node drains.


def waiting(document: str) -> tuple[str, str]:
    """What is said, and where the caller is asked about again."""
    verbs = {one.tag: one.text or "" for one in ET.fromstring(document)}
    return verbs.get("Say", ""), verbs.get("Redirect", "")


async def test_a_caller_who_comes_while_the_node_drains_is_told_to_hold(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        calls.draining = True
        said = []
        for times in range(4):
            words, again = waiting(await calls.answer(asked(), here.address, times))
            assert again == f"{here.address}/incoming-call?waited={times + 1}"
            said.append(words)
        assert said == [no_call.HOLD, "", no_call.HOLD, ""]
        assert here.facts == []


async def test_a_caller_who_has_waited_long_enough_reaches_a_person(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        calls.draining = True
        for ask in (calls.answer, calls.after_stream):
            document = await ask(asked(), here.address, no_call.MOST_WAITS)
            assert "Redirect" not in document
            assert no_call.FAREWELL in document
            assert all(number in document for number in (ADA, BEA, CAI))


async def test_nobody_waits_for_ever_for_a_node_without_operators(
    tmp_path: Path,
) -> None:
    async with center(tmp_path, operators_toml="") as here:
        calls = await open_floor(here)
        calls.draining = True
        document = await calls.answer(asked(), here.address, no_call.MOST_WAITS)
        assert no_call.NOBODY_NOW in document
        assert "<Record" in document


async def test_a_caller_of_ours_whose_stream_breaks_while_we_drain_talks_on_here(
    tmp_path: Path,
) -> None:
    """Until callers are moved: then every one of them is for another node."""
    async with center(tmp_path) as here:
        calls = await open_floor(here)
        await calls.answer(asked(), here.address)
        calls.draining = True
        assert "<Stream" in await calls.after_stream(asked(), here.address)
        await calls.move(1)
        _, again = waiting(await calls.after_stream(asked(), here.address))
        assert again == f"{here.address}/voice/after-stream?waited=1"
        other = replace(asked(), call_sid=OTHER_SID)
        assert no_call.HOLD in await calls.after_stream(other, here.address)
        await calls.status(asked("completed"), here.address)
