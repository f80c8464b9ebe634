"""What people and programs can ask of calls."""

import json
from datetime import timedelta

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.history import AmbiguousCall, History
from tests.storage.story import ESCALATION, NOON, TRIAGE, WHOLE_CALL, call


@pytest.fixture
async def history(database: Database) -> History:
    """Three calls, an hour apart; the last one still goes on."""
    hours = [NOON + timedelta(hours=n) for n in range(3)]
    async with database.write() as connection:
        await record.write(
            connection,
            [
                *call("aa-one", began=hours[0]),
                *call("ab-two", began=hours[1]),
                *call("zz-live", WHOLE_CALL[:5], began=hours[2]),
            ],
        )
    return History(database)


async def test_the_newest_call_is_listed_first(history: History) -> None:
    listed = await history.list_calls()
    assert [one["id"] for one in listed] == ["zz-live", "ab-two", "aa-one"]
    assert [one["id"] for one in await history.list_calls(1)] == ["zz-live"]
    older = await history.list_calls(before=NOON + timedelta(minutes=90))
    assert [one["id"] for one in older] == ["ab-two", "aa-one"]
    assert len(await history.list_calls(disposition="escalated")) == 2
    assert await history.list_calls(caller_number="+1") == []


async def test_a_listed_call_says_what_the_contract_promises(history: History) -> None:
    last = (await history.list_calls())[-1]
    assert last == {
        "id": "aa-one",
        "call_sid": "CAaa-one",
        "caller_number": "+4799999999",
        "called_number": "+15005550006",
        "started_at": "2026-03-02T12:00:01+00:00",
        "ended_at": "2026-03-02T12:00:22+00:00",
        "disposition": "escalated",
        "phase": "ended",
        "agent": "weather",
        "roster": "r0",
        "direction": "inbound",
    }


async def test_only_a_call_without_end_is_live(history: History) -> None:
    (live,) = await history.live_calls()
    assert (live["id"], live["phase"], live["agent"]) == (
        "zz-live",
        "talking",
        "triage",
    )


@pytest.mark.parametrize("key", ["aa-one", "CAaa-one", "aa", "CAaa"])
async def test_a_call_is_found_by_id_sid_or_beginning(
    history: History, key: str
) -> None:
    shown = await history.show_call(key)
    assert shown is not None
    assert shown["id"] == "aa-one"


@pytest.mark.parametrize("key", ["", "nobody", "%", "_", "aa%"])
async def test_an_unknown_call_is_nothing(history: History, key: str) -> None:
    assert await history.show_call(key) is None


async def test_a_beginning_that_fits_two_calls_is_refused(history: History) -> None:
    with pytest.raises(AmbiguousCall, match="More than one call begins with 'a'"):
        await history.show_call("a")


async def test_a_leg_leads_to_its_call(history: History) -> None:
    assert await history.call_id_of(CallSid("CAab-two")) == "ab-two"
    assert await history.call_id_of(CallSid("CAnobody")) is None
    assert await history.facts_of(CallId("nobody")) == []


async def test_turns_come_in_the_order_in_which_they_were_begun(
    history: History,
) -> None:
    shown = await history.show_call("aa-one")
    assert shown is not None
    assert [
        (turn["speaker"], turn["agent"], turn["heard"], turn["interrupted"])
        for turn in shown["turns"]
    ] == [
        ("agent", "triage", "Hello, how", True),
        ("caller", None, "What's the weather [in] Bergen?", False),
        ("agent", "weather", "It rains.", False),
        ("caller", None, None, False),
    ]
    first = shown["turns"][0]
    assert first["generated"] == "Hello, how can I help?"
    assert (first["began_ms"], first["heard_ms"], first["spoken_ms"]) == (0, 900, 2000)
    assert [turn["latency_ms"] for turn in shown["turns"]] == [None, None, 700, None]
    assert [turn["audible_ms"] for turn in shown["turns"]] == [None, None, 760, None]


async def test_a_transcript_that_comes_late_takes_its_place(
    database: Database,
) -> None:
    facts = call("one", [*WHOLE_CALL[:4], WHOLE_CALL[9], WHOLE_CALL[5]])
    async with database.write() as connection:
        await record.write(connection, facts)
    shown = await History(database).show_call("one")
    assert shown is not None
    assert [turn["item_id"] for turn in shown["turns"]] == ["i1", "i2", "i3"]


async def test_what_comes_after_the_end_changes_no_ending(database: Database) -> None:
    late: list[e.Event] = [
        e.SessionOpened(TRIAGE, 90),
        e.CallEnded(Disposition.FAILED, "again"),
    ]
    async with database.write() as connection:
        await record.write(connection, call("one", [*WHOLE_CALL, *late]))
        await record.write(connection, call("two", WHOLE_CALL))
    one, two = await History(database).list_calls()
    differing = {name for name in one if one[name] != two[name]}
    assert differing == {"id", "call_sid"}


async def test_everything_that_was_done_is_shown(history: History) -> None:
    shown = await history.show_call("aa-one")
    assert shown is not None
    (tool,) = shown["tool_calls"]
    assert (tool["tool"], tool["agent"], tool["arguments"]) == (
        "get_weather",
        "weather",
        '{"place": "Bergen"}',
    )
    assert (tool["output"], tool["outcome"], tool["took_ms"]) == ("Rain.", "ok", 310)
    (handoff,) = shown["handoffs"]
    assert (handoff["from_agent"], handoff["to_agent"]) == ("triage", "weather")
    assert [one["text"] for one in shown["messages"]] == [
        "Please mend Bjørn's bicycle."
    ]
    assert [(one["when"], one["reason"]) for one in shown["callbacks"]] == [
        ("tomorrow", "about the bill")
    ]
    assert len(shown["events"]) == len(WHOLE_CALL)
    assert set(shown["events"][0]) == {"sequence", "at", "kind", "data"}
    assert json.loads(json.dumps(shown)) == shown


async def test_an_escalation_shows_every_attempt_and_what_came_of_it(
    history: History,
) -> None:
    shown = await history.show_call("aa-one")
    assert shown is not None
    (escalation,) = shown["escalations"]
    assert (escalation["reason"], escalation["topic"], escalation["outcome"]) == (
        "wants a refund",
        "billing",
        "accepted",
    )
    ada, bob = escalation["attempts"]
    assert (ada["operator"], ada["outcome"], ada["talked_s"]) == (
        "Ada",
        "no_answer",
        None,
    )
    assert (bob["operator"], bob["outcome"], bob["talked_s"]) == ("Bob", "accepted", 61)
    assert bob["briefing"] == "A caller wants a refund."
    assert bob["started_at"] < bob["briefed_at"] < bob["answered_at"] < bob["ended_at"]


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ([e.EscalationFailed(ESCALATION)], "failed"),
        ([e.NobodyAtWork(ESCALATION)], "nobody_at_work"),
        ([e.CallEnded(Disposition.ABANDONED, "hung up")], "caller_left"),
        ([], None),
    ],
)
async def test_an_escalation_without_an_operator_says_how_it_ended(
    database: Database, ending: list[e.Event], outcome: str | None
) -> None:
    async with database.write() as connection:
        await record.write(connection, call("one", [*WHOLE_CALL[:17], *ending]))
    shown = await History(database).show_call("one")
    assert shown is not None
    assert shown["escalations"][0]["outcome"] == outcome
