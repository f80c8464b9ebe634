"""The wallboard's stream: everything once, then only what is different."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import AgentName, CallId, CallSid, ItemId, StreamSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.people import Person, Role
from callcenter.web.console import board, wallboard
from callcenter.web.console.desk import ConsoleDesk
from callcenter.wire.facts import dump_line
from tests.fakes.browser import watched
from tests.fakes.center import CALLER, Caller, center
from tests.web.console.door import Door, Visitor, open_door

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wallboard, "BEAT_SECONDS", 0.02)


def told(door: Door, call: str, sequence: int, event: e.Event) -> None:
    """As another node would."""
    fact = e.Fact(CallId(call), sequence, NOW, event)
    door.node.bus.publish("facts", dump_line(fact))


def rings(door: Door, call: str, caller: str = CALLER) -> None:
    told(door, call, 1, e.CallAnswered(CallSid(f"CA{call}"), caller, "+15005550006"))


async def updates(visitor: Visitor) -> AsyncGenerator[dict[str, Any], None]:
    """What a page is told."""
    jar = visitor.client.cookie_jar
    assert jar is not None
    cookies = "; ".join(f"{one.name}={one.value}" for one in jar)
    connection = visitor.client.request(
        "/console/board/stream", headers={"Cookie": cookies}
    )
    async with connection:
        await connection.send_complete()
        while True:
            async with asyncio.timeout(5):
                chunk = (await connection.receive()).decode()
            if chunk.startswith("event: board\n"):
                yield json.loads(chunk.partition("data: ")[2])
            elif chunk.startswith("event: over"):
                return


async def test_a_call_appears_changes_and_goes(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        stream = updates(await door.signed_in(Role.OPERATOR))
        first = await anext(stream)
        assert first["cards"]["active"]["value"] == "0"
        rings(door, "call_1")
        seen = await anext(stream)
        (line,) = seen["calls"]
        assert (line["id"], line["caller"], line["state"]) == (
            "call_1",
            CALLER,
            "connecting",
        )
        assert seen["cards"]["active"]["value"] == "1"
        assert "service_level" not in seen["cards"], "it is as it was"
        told(door, "call_1", 2, e.StreamStarted(StreamSid("MZ")))
        words = e.CallerSpoke(ItemId("i"), "<b>hello</b>", 0, 900)
        told(door, "call_1", 3, words)
        (line,) = (await anext(stream))["calls"]
        assert (line["state"], line["speaker"]) == ("with agent", "caller")
        assert line["words"] == "<b>hello</b>", "the page shows it as text"
        told(door, "call_1", 4, e.CallEnded(Disposition.RESOLVED, "goodbye"))
        assert (await anext(stream))["gone"] == ["call_1"]
        await stream.aclose()


async def test_a_viewer_sees_the_ends_of_numbers(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        stream = updates(await door.signed_in(Role.VIEWER))
        rings(door, "call_1", "+4755512345")
        rings(door, "call_2", "")
        seen: list[dict[str, Any]] = []
        while len(seen) < 2:
            seen += (await anext(stream)).get("calls", [])
        assert [one["caller"] for one in seen] == ["+47•••••345", "withheld"]
        await stream.aclose()


async def test_the_stream_of_somebody_who_was_disabled_ends(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        visitor = await door.signed_in(Role.VIEWER)
        stream = updates(visitor)
        await anext(stream)
        await door.people.disable("viewer")
        async with asyncio.timeout(3):
            async for _ in stream:
                pass


async def test_with_200_calls_an_update_costs_what_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with open_door(tmp_path) as door:
        desk = desk_of(door)
        screen = wallboard.Screen(await viewer_of(door))
        figures = board.day_cards(20)
        for n in range(200):
            rings(door, f"call_{n}")
        async with asyncio.timeout(5):
            while len(desk.live.wall.calls) < 200:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        drawn: list[str] = []
        of_call = board.of_call

        def counted(*given: Any) -> dict[str, Any]:
            drawn.append(given[0].call_id)
            return of_call(*given)

        monkeypatch.setattr(board, "of_call", counted)
        assert len(wallboard.update(desk, screen, figures)["calls"]) == 200
        drawn.clear()
        assert wallboard.update(desk, screen, figures) == {}
        for n in range(3):
            opened = e.SessionOpened(AgentName("triage"), 300)
            fact = e.Fact(CallId(f"call_{n}"), 2, NOW, opened)
            desk.live.wall.see(fact)
            desk.live.wall.see(replace(fact, sequence=3))
        changes = wallboard.update(desk, screen, figures)
        assert sorted(drawn) == ["call_0", "call_1", "call_2"], "once, however often"
        assert len(json.dumps(changes)) < 4_000


async def test_a_wall_knows_calls_that_were_there_before_it(tmp_path: Path) -> None:
    async with open_door(tmp_path) as door:
        told(door, "call_9", 5, e.StreamStarted(StreamSid("MZ")))
        desk = desk_of(door)
        async with asyncio.timeout(5):
            while not desk.live.wall.missing:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert desk.live.wall.calls == {}, "nothing is made up about it"


def desk_of(door: Door) -> ConsoleDesk:
    desk = door.node.app.extensions["console"]
    assert isinstance(desk, ConsoleDesk)
    return desk


async def viewer_of(door: Door) -> Person:
    await door.signed_in(Role.VIEWER)
    viewer = await door.people.find("viewer")
    assert viewer
    return viewer


async def test_in_a_browser_a_call_appears_without_a_reload_and_nothing_complains(
    tmp_path: Path,
) -> None:
    async with center(tmp_path) as here, watched(here) as watcher:
        page = watcher.page
        await page.get_by_text("Live", exact=True).wait_for()
        await page.get_by_text("No calls now.").wait_for()

        async def waits(caller: Caller) -> None:
            await caller.hears_agent()
            await page.get_by_role("link", name=CALLER).wait_for()
            await page.get_by_text("with agent").wait_for()

        await here.call(waits)
        await page.get_by_text("No calls now.").wait_for()
        assert watcher.complaints == []
