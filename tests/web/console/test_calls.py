"""The history of calls, and the page of each."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import (
    AgentName,
    CallId,
    CallSid,
    ItemId,
    StreamSid,
    ToolCallId,
)
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.people import Role
from callcenter.domain.supervision import SupervisorWhispered
from callcenter.wire.facts import dump_line
from tests.web.console.door import Door, Visitor, open_door

HOSTILE = '<script>alert("x")</script>'
TURNED = "\u202egnp.exe"
CALL = CallId("call_0001")
TRIAGE, SUPPORT = AgentName("triage"), AgentName("support")
BEGAN = datetime.now(UTC) - timedelta(minutes=5)

STORY: tuple[e.Event, ...] = (
    e.CallAnswered(CallSid("CA" + "0" * 32), "+4755512345", "+4721000000"),
    e.SessionOpened(TRIAGE, 80),
    e.StreamStarted(StreamSid("MZ" + "0" * 32)),
    e.CallerSpoke(ItemId("i1"), f"My chain rattles {HOSTILE}", 1_000, 3_000),
    e.AgentHandedOff(TRIAGE, SUPPORT, "a rattling chain", "bought in May"),
    e.ToolCalled(ToolCallId("t1"), SUPPORT, "search_knowledge", '{"query": "chain"}'),
    e.ToolReturned(
        ToolCallId("t1"), "search_knowledge", ToolOutcome.OK, '"oil it"', 12
    ),
    e.AgentSpoke(
        ItemId("i2"), SUPPORT, "Oil it, please, twice.", "Oil it", 4_000, 900, 400, 640
    ),
    SupervisorWhispered("ada", f"Offer a visit. {TURNED}"),
    e.KeyPressed(6_000),
)
END = e.CallEnded(Disposition.RESOLVED, "the caller hung up")


@pytest.fixture
async def at_the_door(tmp_path) -> AsyncIterator[Door]:
    async with open_door(tmp_path) as one:
        yield one


async def told(at: Door, *events: e.Event) -> None:
    for number, event in enumerate(events, 1):
        at_ = BEGAN + timedelta(seconds=number)
        at.node.ledger.append(e.Fact(CALL, number, at_, event))
    assert await at.node.ledger.flush(5)


async def operator(at: Door) -> Visitor:
    return await at.signed_in(Role.OPERATOR, "ada")


async def read(visitor: Visitor, path: str, **headers: str) -> str:
    answer = await visitor.get(path, **headers)
    assert answer.status_code == 200
    return str(await answer.get_data(as_text=True))


async def test_a_house_without_calls_is_told_how_to_get_one(at_the_door: Door) -> None:
    page = await read(await operator(at_the_door), "/console/calls")

    assert "No calls yet" in page
    assert "make demo" in page


async def test_calls_are_found_by_what_was_said(at_the_door: Door) -> None:
    await told(at_the_door, *STORY, END)
    ada = await operator(at_the_door)

    found = await read(ada, "/console/calls?text=rattles&disposition=resolved")
    assert f"/console/calls/{CALL}#t=1.0" in found
    assert "<mark>rattles</mark>" in found
    assert HOSTILE not in found
    for other in ("text=weather", "disposition=failed", "min_seconds=9999", "span=day"):
        page = await read(ada, f"/console/calls?{other}")
        assert ('data-testid="call"' in page) is (other == "span=day")


@pytest.mark.parametrize(
    "asked",
    ["disposition=nonsense", "min_seconds=many", "from=yesterday", "after=zz zz"],
)
async def test_what_makes_no_sense_is_said(at_the_door: Door, asked: str) -> None:
    answer = await (await operator(at_the_door)).get(f"/console/calls?{asked}")

    assert answer.status_code == 400
    assert "That cannot be asked" in await answer.get_data(as_text=True)


async def test_odd_words_are_looked_for_and_not_found(at_the_door: Door) -> None:
    page = await read(
        await operator(at_the_door), "/console/calls?text=what%27s+%22up*+AND"
    )

    assert "No such calls" in page


async def test_a_view_is_saved_found_and_removed(at_the_door: Door) -> None:
    await told(at_the_door, *STORY, END)
    ada = await operator(at_the_door)

    fields = {"name": "Rattling", "text": "rattles", "tool_failed": "no"}
    saved = await ada.post("/console/calls/views", fields)
    page = await read(ada, str(saved.location))
    assert "The view is saved" in page
    assert "/console/calls?tool_failed=no&amp;text=rattles" in page
    unnamed = await ada.post("/console/calls/views", {"text": "x", "name": " "})
    assert "A view needs a name" in await read(ada, str(unnamed.location))
    await ada.post("/console/calls/views/remove", {"name": "Rattling"})
    assert ">Rattling<" not in await read(ada, "/console/calls")


async def test_a_call_tells_its_whole_story(at_the_door: Door) -> None:
    await told(at_the_door, *STORY, END)
    ada = await operator(at_the_door)

    page = await read(ada, f"/console/calls/{CALL}")

    for said in (
        "My chain rattles",
        "&lt;script&gt;",
        "<del",
        ", please, twice.",
        "640 ms",
        "bought in May",
        "search_knowledge",
        "key pressed",
        "Supervisor whispered",
        "the caller hung up",
    ):
        assert said in page, said
    assert HOSTILE not in page
    assert TURNED not in page.replace('dir="auto"', "") or 'dir="auto"' in page
    acts = await at_the_door.audit()
    assert ("ada", "call.read", CALL) in acts


async def test_only_a_live_call_can_be_supervised(at_the_door: Door) -> None:
    await told(at_the_door, *STORY)
    boss = await at_the_door.signed_in(Role.SUPERVISOR)

    live = await read(boss, f"/console/calls/{CALL}")
    assert f'data-supervise="{CALL}"' in live
    assert 'data-live="yes"' in live
    await told_end(at_the_door)
    over = await read(boss, f"/console/calls/{CALL}")
    assert "data-supervise=" not in over
    assert 'data-live="no"' in over


async def told_end(at: Door) -> None:
    number = len(STORY) + 1
    at_ = BEGAN + timedelta(seconds=number)
    at.node.ledger.append(e.Fact(CALL, number, at_, END))
    assert await at.node.ledger.flush(5)


async def test_a_live_page_asks_for_its_timeline_alone(at_the_door: Door) -> None:
    await told(at_the_door, *STORY)
    ada = await operator(at_the_door)

    part = await read(ada, f"/console/calls/{CALL}/timeline", **{"X-By-Itself": "yes"})

    assert "data-timeline" in part
    assert "<html" not in part
    assert (await ada.get(f"/console/calls/{CALL}/timeline")).status_code == 404


async def test_whoever_is_quicker_than_the_record_waits_for_it(
    at_the_door: Door,
) -> None:
    ada = await operator(at_the_door)
    rings = dump_line(e.Fact(CALL, 1, BEGAN, STORY[0]))
    at_the_door.node.bus.publish("facts", rings)
    live = at_the_door.node.app.extensions["console"].live
    async with asyncio.timeout(5):
        while CALL not in live.wall.calls:  # noqa: ASYNC110
            await asyncio.sleep(0.01)

    async with asyncio.TaskGroup() as tasks:
        reading = tasks.create_task(read(ada, f"/console/calls/{CALL}"))
        await asyncio.sleep(0.05)
        assert not reading.done()
        await told(at_the_door, *STORY)
    assert "My chain rattles" in reading.result()


async def test_a_call_that_there_is_not_is_said_so(at_the_door: Door) -> None:
    await told(at_the_door, *STORY)
    ada = await operator(at_the_door)

    for name in ("call_9999", "call_", "CA", "..", "%2e%2e"):
        assert (await ada.get(f"/console/calls/{name}")).status_code in {404, 308}


async def test_what_a_list_shows_is_taken_elsewhere(at_the_door: Door) -> None:
    await told(at_the_door, *STORY, END)
    boss = await at_the_door.signed_in(Role.SUPERVISOR)

    sheet = await boss.get("/console/exports/calls.csv?disposition=resolved")
    assert sheet.headers["X-Total-Calls"] == "1"
    assert "attachment" in sheet.headers["Content-Disposition"]
    lines = (await sheet.get_data(as_text=True)).splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(CALL)
    whole = await boss.get("/console/exports/calls.jsonl?text=rattles")
    assert "search_knowledge" in await whole.get_data(as_text=True)
    none = await boss.get("/console/exports/calls.csv?disposition=failed")
    assert len((await none.get_data(as_text=True)).splitlines()) == 1
    assert (await boss.get("/console/exports/calls.exe")).status_code == 404
    assert (await boss.get("/console/exports/calls.csv?from=x")).status_code == 400
    assert ("supervisor", "calls.export", "csv") in await at_the_door.audit()
