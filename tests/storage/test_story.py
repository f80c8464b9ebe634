"""A call is told as it happened."""

from typing import Any

import pytest
from sqlalchemy import insert

from callcenter.domain import events as e
from callcenter.domain.call_cost import KINDS
from callcenter.domain.prices import STANDARD, Tokens
from callcenter.storage import record, tables as t
from callcenter.storage.engine import Database
from callcenter.storage.story import Stories
from tests.storage.story import NOON, WHOLE_CALL, call

USED = Tokens(
    text_in=1000, text_cached=400, audio_in=2000, audio_cached=500, audio_out=900
)


async def told(database: Database, *events: e.Event) -> dict[str, Any]:
    async with database.write() as connection:
        await record.write(connection, call("one", events))
    story = await Stories(database).tell("one")
    assert story is not None
    return story


async def test_the_whole_of_a_call_is_told_in_order(database: Database) -> None:
    story = await told(database, *WHOLE_CALL)
    shown = [(one["kind"], one["fact"]) for one in story["timeline"]]
    assert shown == [
        ("turn", "AgentSpoke"),
        ("turn", "CallerSpoke"),
        ("session", "SessionOpened"),
        ("other", "StreamStarted"),
        ("turn", "AgentSpoke"),
        ("turn", "CallerSpoke"),
        ("handoff", "AgentHandedOff"),
        ("tool", "ToolCalled"),
        ("follow_up", "MessageTaken"),
        ("follow_up", "CallbackRequested"),
        ("escalation", "CallEscalated"),
        ("other", "StreamEnded"),
        ("attempt", "OperatorCalled"),
        ("attempt", "OperatorCalled"),
        ("ending", "CallEnded"),
    ]
    greeting = story["timeline"][0]
    assert (greeting["heard"], greeting["cut_off"]) == ("Hello, how", "can I help?")
    tool = next(one for one in story["timeline"] if one["kind"] == "tool")
    assert (tool["arguments"], tool["output"]) == ('{"place": "Bergen"}', "Rain.")
    assert (tool["outcome"], tool["took_ms"]) == ("ok", 310)
    ada, bob = (one for one in story["timeline"] if one["kind"] == "attempt")
    assert (ada["operator"], ada["outcome"]) == ("Ada", "no_answer")
    assert (bob["outcome"], bob["talked_s"]) == ("accepted", 61)
    assert bob["briefing"] == "A caller wants a refund."


async def test_a_key_is_told_without_which_one(database: Database) -> None:
    story = await told(database, *WHOLE_CALL[:3], e.KeyPressed(4000))
    key = story["timeline"][-1]
    assert (key["kind"], key["ms"], key["text"]) == ("key", 4000, "key pressed")


async def test_a_fact_of_a_newer_version_is_shown_as_it_is(database: Database) -> None:
    await told(database, *WHOLE_CALL[:3])
    async with database.write() as connection:
        await connection.execute(
            insert(t.call_events).values(
                call_id="one", sequence=99, at=NOON, kind="MoonRose", data={"ms": 5}
            )
        )
    story = await Stories(database).tell("one")
    assert story is not None
    (moon,) = (one for one in story["timeline"] if one["fact"] == "MoonRose")
    assert (moon["kind"], moon["data"]) == ("other", {"ms": 5})


async def test_what_a_call_cost_is_split_and_adds_up(database: Database) -> None:
    paid = STANDARD.of(USED)
    story = await told(
        database, *WHOLE_CALL[:3], e.ModelUsed(USED, paid), *WHOLE_CALL[14:]
    )
    cost = story["cost"]
    model = {kind: usd for kind, usd in cost.items() if kind in KINDS}
    assert sum(model.values()) == pytest.approx(paid, abs=1e-5)
    assert cost["audio_out"] > cost["text_in"] > 0
    assert cost["text_cached"] > 0
    # A minute of the caller's leg and the stream; and two of the operator's.
    assert cost["telephony"] == pytest.approx(0.0085 + 0.004 + 2 * 0.014)
    parts = [usd for kind, usd in cost.items() if kind != "total"]
    assert cost["total"] == pytest.approx(sum(parts), abs=1e-5)


async def test_an_unknown_call_has_no_story(database: Database) -> None:
    assert await Stories(database).tell("nobody") is None
