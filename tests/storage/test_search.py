"""Calls are found by what was said in them, and by what became of them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from callcenter.domain import events as e, recording, voicemail
from callcenter.domain.ids import CallId, ItemId, RecordingSid, ToolCallId
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.prices import Tokens
from callcenter.storage import record
from callcenter.storage.archive import Archive
from callcenter.storage.engine import Database
from callcenter.storage.filters import BadFilter, Which
from callcenter.storage.search import CallSearch
from tests.storage.story import NOON, TRIAGE, WHOLE_CALL, call

BEGIN = WHOLE_CALL[:3]


def said(*lines: str) -> tuple[e.Event, ...]:
    """A call in which a caller says this, and then hangs up."""
    turns = [
        e.CallerSpoke(ItemId(f"i{at}"), line, 1000 * at, 1000 * at + 500)
        for at, line in enumerate(lines, start=1)
    ]
    return (*BEGIN, *turns, e.CallEnded(Disposition.RESOLVED, "the caller hung up"))


CALLS = {
    "bike": said("Good morning.", "What's up* with my BICYCLE? I want a refund."),
    "café": said("Is the Café in Ålesund open?", "Thanks"),
    "tools": (
        *BEGIN,
        recording.RecordingStarted("x.wav"),
        e.ModelUsed(Tokens(), 0.75),
        e.ModelUsed(Tokens(), 0.5),
        e.ToolCalled(ToolCallId("t1"), TRIAGE, "x", "{}"),
        e.ToolReturned(ToolCallId("t1"), "x", ToolOutcome.FAILED, "{}", 5),
        voicemail.VoicemailLeft(RecordingSid("RE1"), 9),
        e.CallEnded(Disposition.VOICEMAIL, "the caller hung up"),
    ),
    "whole": WHOLE_CALL,
}


async def written(database: Database) -> None:
    facts = [
        fact
        for hour, (name, events) in enumerate(CALLS.items())
        for fact in call(name, events, began=NOON + timedelta(hours=hour))
    ]
    async with database.write() as connection:
        await record.write(connection, facts)


@pytest.fixture(params=["sqlite", "postgresql"])
async def search(request: pytest.FixtureRequest) -> CallSearch:
    which = "url" if request.param == "sqlite" else "postgres_url"
    database = Database.open(request.getfixturevalue(which))
    await written(database)
    return CallSearch(database)


async def found(search: CallSearch, **filters: object) -> list[str]:
    page = await search.page(Which.of(filters))
    await search._database.close()
    return [one["id"] for one in page.calls]


WORDS: Sequence[tuple[str, list[str]]] = [
    ("bicycle", ["whole", "bike"]),
    ("BICYCLE refund", ["bike"]),
    ("cafe alesund", ["café"]),
    ("refu*", ["bike"]),
    ("refu", []),
    ('"want a refund"', ["bike"]),
    ('"refund a want"', []),
    ('"want a ref*"', ["bike"]),
    ("bicycle -refund", ["whole"]),
    ("what's \"up*", ["bike"]),
    ("NEAR( AND OR NOT ^ : { } \\ ; --", []),
    ("'); DROP TABLE calls; --", []),
    ("*", ["whole", "tools", "café", "bike"]),
    ("-", ["whole", "tools", "café", "bike"]),
    ("\x00 \ud800 ☎", ["whole", "tools", "café", "bike"]),
]


@pytest.mark.parametrize(("question", "names"), WORDS)
async def test_words_are_found_however_they_are_written(
    database: Database, question: str, names: list[str]
) -> None:
    await written(database)
    assert await found(CallSearch(database), text=question) == names


async def test_both_databases_find_the_same(search: CallSearch) -> None:
    for question, names in WORDS:
        page = await search.page(Which(text=question))
        assert [one["id"] for one in page.calls] == names, question
    await search._database.close()


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({}, ["whole", "tools", "café", "bike"]),
        ({"disposition": "voicemail"}, ["tools"]),
        ({"agent": "weather"}, ["whole"]),
        ({"agent": "triage"}, ["whole", "tools", "café", "bike"]),
        ({"agent": "%"}, []),
        ({"operator": "Bob"}, ["whole"]),
        ({"operator": "Ada"}, []),
        ({"caller_number": "+4799999999"}, ["whole", "tools", "café", "bike"]),
        ({"min_seconds": 10}, ["whole"]),
        ({"max_seconds": 5}, ["café", "bike"]),
        ({"min_cost_usd": 1.2}, ["tools"]),
        ({"max_cost_usd": 0.0}, ["whole", "café", "bike"]),
        ({"recorded": True}, ["tools"]),
        ({"recorded": False}, ["whole", "café", "bike"]),
        ({"voicemail": True}, ["tools"]),
        ({"escalated": True}, ["whole"]),
        ({"tool_failed": True}, ["tools"]),
        ({"since": "2026-03-02T13:30:00Z"}, ["whole", "tools"]),
        ({"until": "2026-03-02T13:30:00Z", "text": "refund"}, ["bike"]),
        ({"since": "2026-03-02T13:30:00Z", "text": "refund"}, []),
    ],
)
async def test_filters_leave_the_calls_that_fit(
    database: Database, filters: dict[str, object], names: list[str]
) -> None:
    await written(database)
    assert await found(CallSearch(database), **filters) == names
    assert await Archive(database).count(Which.of(filters)) == len(names)


async def test_a_hit_leads_to_the_moment_and_marks_the_words(
    database: Database,
) -> None:
    await written(database)
    (one,) = (await CallSearch(database).page(Which(text="bicycle refund"))).calls
    assert one["found"]["item_id"] == "i2"
    assert one["found"]["began_ms"] == 2000
    hits = [piece["text"] for piece in one["found"]["excerpt"] if piece["hit"]]
    assert hits == ["BICYCLE", "refund"]
    whole = "".join(piece["text"] for piece in one["found"]["excerpt"])
    assert whole == "What's up* with my BICYCLE? I want a refund."


async def test_pages_lose_nothing_and_repeat_nothing(database: Database) -> None:
    """Also of calls that began at the same moment, and while others come in."""
    async with database.write() as connection:
        for name in range(7):
            await record.write(connection, call(f"c{name}", said("hello there")))
    search, seen = CallSearch(database), list[str]()
    for which in (Which(), Which(text="hello")):
        seen.clear()
        after: str | None = None
        while True:
            page = await search.page(which, limit=3, after=after)
            seen += [one["id"] for one in page.calls]
            if page.next is None:
                break
            after = page.next
        assert seen == [f"c{name}" for name in reversed(range(7))]
    with pytest.raises(BadFilter):
        await search.page(Which(), after="nowhere")


async def test_what_is_built_again_is_the_same(database: Database) -> None:
    await written(database)
    before = await CallSearch(database).page(Which(text="bicycle"))
    async with database.write() as connection:
        for name in CALLS:
            await record.rebuild(connection, CallId(name))
    assert await CallSearch(database).page(Which(text="bicycle")) == before
    assert len((await CallSearch(database).page(Which(text="rains"))).calls) == 1


@pytest.mark.parametrize(
    "wrong",
    [{"colour": "red"}, {"since": "noon"}, {"since": "2026-01-01T12:00:00"},
     {"min_seconds": "x"}, {"disposition": "happy"}],
)  # fmt: skip
def test_a_filter_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(BadFilter):
        Which.of(wrong)


def test_filters_survive_being_written_down() -> None:
    which = Which(since=NOON, disposition=Disposition.SPAM, text="x", recorded=False)
    assert Which.of(which.plain()) == which
    assert Which.of({}) == replace(
        which, since=None, disposition=None, text="", recorded=None
    )
