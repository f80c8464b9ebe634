"""Agents at the console: who hands over to whom, what each is told, what changed."""

import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from callcenter.assembly.keeping_watch import KeepingWatch
from callcenter.domain import events as e
from callcenter.domain.agent_figures import AgentFigures
from callcenter.domain.ids import AgentName, CallId, CallSid, ItemId
from callcenter.domain.outcomes import Disposition
from callcenter.domain.people import Role
from callcenter.storage.agent_figures import agent_figures
from callcenter.storage.rosters import Version, changes
from tests.web.console.door import Door, Visitor, open_door

CARDS = Path(__file__).parents[3] / "agents"
TRIAGE, WEATHER = AgentName("triage"), AgentName("weather")


@pytest.fixture
async def at_the_door(tmp_path: Path) -> AsyncIterator[Door]:
    shutil.copytree(CARDS, tmp_path / "agents")
    async with open_door(tmp_path, agents_dir=tmp_path / "agents") as one:
        yield one


async def read(visitor: Visitor, path: str) -> str:
    answer = await visitor.get(path)
    assert answer.status_code == 200, path
    return str(await answer.get_data(as_text=True))


async def told(at: Door, call: str, *events: e.Event) -> None:
    """A call, a fact each second."""
    begun = datetime.now(UTC) - timedelta(minutes=5)
    for sequence, event in enumerate(events, 1):
        moment = begun + timedelta(seconds=sequence)
        fact = e.Fact(CallId(call), sequence, moment, event)
        at.node.ledger.append(fact)
    assert await at.node.ledger.flush(5)


def answered(at: Door) -> e.CallAnswered:
    roster = at.node.rosters.current().hash
    return e.CallAnswered(
        CallSid("CA" + "0" * 32), "+4755512345", "+4721000000", roster=roster
    )


def edited(at: Door, name: str, old: str, new: str) -> Path:
    """Somebody changes a card."""
    card = Path(at.node.rosters.current().card("weather").file).parent / name
    text = card.read_text("utf-8")
    assert old in text
    card.write_text(text.replace(old, new), "utf-8")
    for _ in range(2):
        at.node.rosters.look()
    return card


async def kept(at: Door, call: str) -> None:
    """A call begins, and the watch makes its round."""
    watch = KeepingWatch(at.node, at.database, at.node.floor.house.clock, "node:1")
    fact = e.Fact(CallId(call), 1, datetime.now(UTC), answered(at))
    watch.see(fact)
    await watch.keep()


async def test_the_drawing_leads_to_every_card(at_the_door: Door) -> None:
    vera = await at_the_door.signed_in(Role.VIEWER, "vera")

    page = await read(vera, "/console/agents")

    assert "<svg" in page
    assert "<style" not in page, "the policy forbids it"
    for card in at_the_door.node.rosters.current().cards:
        assert f'<a href="/console/agents/{card.name}">' in page
        shown = await read(vera, f"/console/agents/{card.name}")
        assert all(f"<code>{tool}</code>" in shown for tool in card.tools)
    assert (await vera.get("/console/agents/nobody")).status_code == 404


async def test_a_broken_edit_is_told_with_its_place(at_the_door: Door) -> None:
    vera = await at_the_door.signed_in(Role.VIEWER, "vera")
    card = edited(at_the_door, "weather.md", "get_weather", "get_wether")

    page, own = [
        await read(vera, path)
        for path in ("/console/agents", "/console/agents/weather")
    ]

    assert "there is no tool &#39;get_wether&#39;" in page
    assert f"{card}:" in page
    assert "cannot be used" in own
    assert "cannot be used" not in await read(vera, "/console/agents/triage")


async def test_what_a_call_had_is_kept_and_what_changed_is_shown(
    at_the_door: Door,
) -> None:
    rosters = at_the_door.node.rosters
    first = rosters.current()
    await kept(at_the_door, "call_1")
    edited(at_the_door, "house-style.md", "# House style", "Never <b>shout</b>.")
    assert rosters.current().hash != first.hash
    await kept(at_the_door, "call_2")
    vera = await at_the_door.signed_in(Role.VIEWER, "vera")

    old = await read(vera, f"/console/agents/versions/{first.hash}")
    new = await read(vera, f"/console/agents/versions/{rosters.current().hash}")

    assert "the oldest that is kept" in old
    assert new.count('data-testid="change"') == 1
    assert '<span class="added">+ Never &lt;b&gt;shout&lt;/b&gt;.</span>' in new
    assert (await vera.get("/console/agents/versions/none")).status_code == 404


def test_cards_come_go_and_change() -> None:
    at = datetime.now(UTC)
    old = Version("a", "x", at, {"gone": "1\n", "same": "2\n", "other": "3\n4\n"})
    new = Version("b", "x", at, {"new": "1\n", "same": "2\n", "other": "3\n5\n"})

    found = {one.name: (one.how, one.lines) for one in changes(old, new)}

    assert found["gone"][0] == "gone"
    assert found["new"] == ("new", (("@", ""), ("+", "1")))
    assert found["other"][1][1:] == ((" ", "3"), ("-", "4"), ("+", "5"))
    assert "same" not in found


async def test_each_agent_has_its_own_figures(at_the_door: Door) -> None:
    spoke = [
        e.AgentSpoke(
            ItemId(f"i{n}"), agent, "Hello.", "Hello.", n * 1_000, 900, 900, ms
        )
        for n, (agent, ms) in enumerate(
            [(TRIAGE, 400), (WEATHER, 900), (WEATHER, 1_100), (WEATHER, 2_900)]
        )
    ]
    await told(
        at_the_door,
        "call_1",
        answered(at_the_door),
        spoke[0],
        e.AgentHandedOff(TRIAGE, WEATHER),
        *spoke[1:],
        e.CallEnded(Disposition.RESOLVED, ""),
    )

    found = await agent_figures(
        at_the_door.database, datetime.now(UTC) - timedelta(days=7)
    )

    weather, triage = found["weather"], found["triage"]
    assert (triage.handed_out, triage.handed_in) == (1, 0)
    assert (weather.handed_out, weather.handed_in) == (0, 1)
    assert (weather.calls, weather.answers, triage.answers) == (1, 3, 1)
    assert weather.containment == 1
    assert triage.containment is None
    assert weather.latency_ms(0.5) == 1_150
    assert weather.latency_ms(0.95) == 2_950
    assert triage.tool_errors is None
    vera = await at_the_door.signed_in(Role.VIEWER, "vera")
    assert "2.95 s" in await read(vera, "/console/agents?days=30")


def test_no_answers_have_no_latency() -> None:
    assert AgentFigures().latency_ms(0.5) is None
    assert AgentFigures(latencies={2: 1}).latency_ms(0.5) == 150
