"""A call's facts as they happen: none is missing, none comes twice."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import pytest

from callcenter.assembly.broadcast import ALL_CALLS, channel_of
from callcenter.domain.events import Fact
from callcenter.web.api import following, streams
from callcenter.wire.facts import dump_line
from tests.storage.story import call
from tests.web.api.conftest import Api

FACTS = call("A")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "FIRST_LOOK_SECONDS", 0.05)
    monkeypatch.setattr(following, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(streams, "BEAT_SECONDS", 0.1)
    monkeypatch.setattr(following, "STORED_SECONDS", 0.3)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)


class Stream:
    """The events of a stream, one after the other."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._text = b""
        self.beats = 0

    async def block(self) -> dict[str, str]:
        while b"\n\n" not in self._text:
            self._text += await self._connection.receive()
        block, _, self._text = self._text.partition(b"\n\n")
        self.beats += block.startswith(b":")
        lines = [one for one in block.decode().splitlines() if one[0] != ":"]
        return dict(line.split(": ", 1) for line in lines)

    async def ended(self) -> None:
        await self._connection._task

    async def next(self) -> dict[str, Any]:
        while True:
            lines = await self.block()
            if "data" in lines:
                said = json.loads(lines["data"])
                assert said["kind"] == lines["event"]
                return {"id": lines["id"], **said}

    async def all(self) -> list[int]:
        found = list[int]()
        while not found or found[-1] != FACTS[-1].sequence:
            found.append((await self.next())["sequence"])
        return found


@asynccontextmanager
async def streamed(
    api: Api, path: str = "/calls/A/events", **headers: str
) -> AsyncIterator[Stream]:
    named = {"Authorization": f"Bearer {api.key}", **headers}
    client = api.client.request(f"/api/v1{path}", headers=named)
    async with asyncio.timeout(5), client as connection:
        await connection.send_complete()
        yield Stream(connection)
        await connection.disconnect()


def told(api: Api, facts: Sequence[Fact]) -> None:
    """As a node tells them on the bus."""
    lines = b"".join(dump_line(fact) for fact in facts)
    api.bus.publish(channel_of("A"), lines)
    api.bus.publish(ALL_CALLS, lines)


def of(facts: Sequence[Fact]) -> list[int]:
    return [fact.sequence for fact in facts]


async def test_the_record_comes_first_then_what_happens_and_then_it_ends(
    api: Api,
) -> None:
    await api.happens(FACTS[:5])
    async with streamed(api) as stream:
        assert [(await stream.next())["sequence"] for _ in range(5)] == of(FACTS[:5])
        told(api, FACTS[3:9])  # some of it is known already
        told(api, FACTS[9:])
        assert await stream.all() == of(FACTS[5:])


async def test_what_the_bus_lost_is_read_from_the_record(api: Api) -> None:
    await api.happens(FACTS[:2])
    async with streamed(api) as stream:
        assert [(await stream.next())["sequence"] for _ in range(2)] == of(FACTS[:2])
        await api.happens(FACTS[:-1])
        told(api, FACTS[7:8])  # and nothing of what came before it
        await api.happens(FACTS)  # the last is never told, and found by looking
        assert await stream.all() == of(FACTS[2:])


async def test_what_cannot_be_stored_is_told_all_the_same(api: Api) -> None:
    await api.happens(FACTS[:2])
    async with streamed(api) as stream:
        for _ in range(2):
            await stream.next()
        told(api, [*FACTS[4:6], FACTS[-1]])
        heard = [(await stream.next())["sequence"] for _ in range(3)]
        assert heard == of([*FACTS[4:6], FACTS[-1]])


async def test_a_stream_is_taken_up_where_it_broke(api: Api) -> None:
    await api.happens(FACTS)
    async with streamed(api, **{"Last-Event-ID": str(FACTS[6].sequence)}) as stream:
        assert await stream.all() == of(FACTS[7:])
    async with streamed(api, f"/calls/A/events?after={FACTS[6].sequence}") as stream:
        assert await stream.all() == of(FACTS[7:])


async def test_who_has_heard_the_end_is_told_not_to_come_again(api: Api) -> None:
    await api.happens(FACTS)
    last = {"Last-Event-ID": str(FACTS[-1].sequence)}
    status, _ = await api.ask("/calls/A/events", headers=last)
    assert status == 204


async def test_nothing_happening_is_said_too_until_the_key_is_revoked(
    api: Api,
) -> None:
    await api.happens(FACTS[:2])
    async with streamed(api) as stream:
        for _ in range(2):
            await stream.next()
        while not stream.beats:
            await stream.block()
        await api.desk.keys.revoke(api.key.split("_")[1])
        await stream.ended()


async def test_a_busy_stream_ends_with_its_key_as_well(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Something happens all the time, so there is never a beat without anything."""
    monkeypatch.setattr(following, "BEAT_SECONDS", 60.0)
    async with streamed(api, "/events") as stream, asyncio.TaskGroup() as tasks:

        async def busy() -> None:
            while True:
                told(api, FACTS[2:3])
                await asyncio.sleep(0.01)

        work = tasks.create_task(busy())
        await stream.next()
        await api.desk.keys.revoke(api.key.split("_")[1])
        await stream.ended()
        work.cancel()


async def test_all_calls_are_streamed_live_and_named(api: Api) -> None:
    async with streamed(api, "/events?kinds=CallAnswered,CallEnded") as stream:
        while not stream.beats:
            await stream.block()
        told(api, FACTS)
        first, last = await stream.next(), await stream.next()
    assert first["id"] == f"A:{FACTS[0].sequence}"
    assert (first["kind"], last["kind"]) == ("CallAnswered", "CallEnded")
    status, answer = await api.ask("/events?kinds=Nonsense")
    assert (status, answer["error"]["field"]) == (422, "kinds")


async def test_the_facts_on_record_are_plain_json_for_who_wants_that(
    stocked: Api,
) -> None:
    accept = {"Accept": "application/json"}
    status, answer = await stocked.ask("/calls/B/events", headers=accept)
    assert status == 200
    assert [one["sequence"] for one in answer["items"]] == [1, 2, 3, 4, 5]
    assert (await stocked.ask("/calls/nobody/events"))[0] == 404
