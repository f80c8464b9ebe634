"""Whatever happens to the database, a call neither waits for it nor is forgotten."""

# ruff: noqa: ASYNC240  # looking at a small file does not hold anybody up here

import asyncio
import random
import shutil
import sqlite3
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from itertools import chain, zip_longest
from pathlib import Path

import pytest

from callcenter.domain import events as e
from callcenter.domain.ids import CallId, CallSid, ItemId
from callcenter.storage.engine import Database
from callcenter.storage.filters import Which
from callcenter.storage.history import History
from callcenter.storage.ledger import Ledger
from callcenter.storage.search import CallSearch
from callcenter.wire.facts import dump_line
from tests.storage.story import NOON, WHOLE_CALL, call


@asynccontextmanager
async def running(ledger: Ledger) -> AsyncIterator[Ledger]:
    async with asyncio.TaskGroup() as group:
        writer = group.create_task(ledger.run())
        await asyncio.sleep(0)
        yield ledger
        writer.cancel()


async def until(met: Callable[[], bool]) -> None:
    while not met():  # noqa: ASYNC110  # a file has no event to wait for
        await asyncio.sleep(0.005)


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "spill" / "facts.jsonl"


async def test_a_call_is_stored_as_it_happened(
    database: Database, journal: Path
) -> None:
    facts = call("one")
    async with running(Ledger(database, journal)) as ledger:
        for fact in facts:
            ledger.append(fact)
        assert await ledger.flush(5)
    assert await History(database).facts_of(CallId("one")) == facts
    assert not journal.exists()


async def test_appending_needs_no_database(tmp_path: Path, journal: Path) -> None:
    ledger = Ledger(Database.open(f"sqlite:///{tmp_path}/no/such/folder.db"), journal)
    ledger.append(call("one")[0])
    assert ledger.problem is None
    assert not await ledger.flush(0.01)


async def test_interleaved_calls_keep_their_own_phase_and_agent(
    database: Database, journal: Path
) -> None:
    stories = [call(str(n), WHOLE_CALL[:end]) for n, end in enumerate([2, 7, 18, 22])]
    async with running(Ledger(database, journal)) as ledger:
        for fact in chain.from_iterable(zip_longest(*stories)):
            if fact is not None:
                ledger.append(fact)
        assert await ledger.flush(5)
    listed = {one["id"]: one for one in await History(database).list_calls()}
    assert [listed[str(n)]["phase"] for n in range(4)] == [
        "waiting",
        "talking",
        "dialling",
        "ended",
    ]
    assert [listed[str(n)]["agent"] for n in range(4)] == [
        "triage",
        "weather",
        "weather",
        "weather",
    ]
    assert [one["id"] for one in await History(database).live_calls()] == [
        "0",
        "1",
        "2",
    ]


async def test_storing_a_fact_twice_changes_nothing(
    database: Database, journal: Path
) -> None:
    history = History(database)
    async with running(Ledger(database, journal)) as ledger:
        for fact in call("one"):
            ledger.append(fact)
        await ledger.flush(5)
        once = await history.show_call("one")
        for fact in call("one"):
            ledger.append(fact)
        assert await ledger.flush(5)
        assert await history.show_call("one") == once
    assert not journal.parent.exists()  # nothing was refused either


@pytest.mark.parametrize("seed", range(3))
async def test_facts_in_any_order_tell_the_same_story(
    database: Database, journal: Path, seed: int
) -> None:
    history = History(database)
    shuffled = call("late")
    random.Random(seed).shuffle(shuffled)
    async with running(Ledger(database, journal, gather_s=0)) as ledger:
        for fact in call("one"):
            ledger.append(fact)
        for fact in shuffled:
            ledger.append(fact)
            assert await ledger.flush(5)
    late, one = await history.show_call("late"), await history.show_call("one")
    assert late is not None
    assert one is not None
    for told in (late, one):
        told["callbacks"] = [wish | {"id": ""} for wish in told["callbacks"]]
    differing = {name for name in one if one[name] != late[name]}
    assert differing == {"id", "call_sid", "events"}


async def test_facts_survive_a_database_that_is_gone_for_a_while(
    url: str, tmp_path: Path, journal: Path
) -> None:
    path, elsewhere = tmp_path / "calls.db", tmp_path / "elsewhere.db"
    shutil.move(path, elsewhere)
    path.mkdir()  # where the file should be: it cannot be opened
    database = Database.open(url)
    facts = call("one")
    async with running(Ledger(database, journal, spill_at=5)) as ledger:
        for fact in facts[:10]:
            ledger.append(fact)
        await until(journal.exists)
        assert "cannot be used" in (ledger.problem or "")
        assert stat.S_IMODE(journal.stat().st_mode) == 0o600
        for fact in facts[10:]:
            ledger.append(fact)
        assert not await ledger.flush(0.01)

        path.rmdir()
        shutil.move(elsewhere, path)
        assert await ledger.flush(10)
        assert ledger.problem is None
    assert await History(database).facts_of(CallId("one")) == facts
    assert not list(journal.parent.iterdir())
    await database.close()


async def test_what_a_dying_process_could_not_store_is_stored_at_the_next_start(
    url: str, tmp_path: Path, journal: Path
) -> None:
    facts = call("one")
    unreachable = Database.open(f"sqlite:///{tmp_path}/no/such/folder.db")
    async with running(Ledger(unreachable, journal)) as ledger:
        for fact in facts:
            ledger.append(fact)
    assert journal.exists()

    database = Database.open(url)
    async with running(Ledger(database, journal)) as ledger:
        assert await ledger.flush(5)
    assert await History(database).facts_of(CallId("one")) == facts
    assert not journal.exists()
    await database.close()


async def test_half_a_line_of_the_journal_costs_only_itself(
    database: Database, journal: Path
) -> None:
    facts = call("one")
    journal.parent.mkdir()
    lines = [dump_line(fact) for fact in facts]
    journal.write_bytes(b"".join(lines[:3]) + lines[3][:40])
    async with running(Ledger(database, journal)) as ledger:
        assert await ledger.flush(5)
    assert await History(database).facts_of(CallId("one")) == facts[:3]


async def test_a_journal_whose_replay_was_cut_short_is_replayed_again(
    database: Database, journal: Path
) -> None:
    facts = call("one")
    journal.parent.mkdir()
    aside = journal.with_name(f"{journal.name}.replaying")
    aside.write_bytes(b"".join(dump_line(fact) for fact in facts[:4]))
    journal.write_bytes(b"".join(dump_line(fact) for fact in facts[4:]))
    async with running(Ledger(database, journal)) as ledger:
        assert await ledger.flush(5)
    assert await History(database).facts_of(CallId("one")) == facts


async def test_a_writer_elsewhere_only_delays(
    database: Database, journal: Path, tmp_path: Path
) -> None:
    other = sqlite3.connect(tmp_path / "calls.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with running(Ledger(database, journal)) as ledger:
        ledger.append(call("one")[0])
        assert not await ledger.flush(0.2)
        other.execute("COMMIT")
        assert await ledger.flush(5)
    other.close()


async def test_a_full_disk_is_a_problem_and_not_a_crash(
    url: str, journal: Path, tmp_path: Path
) -> None:
    database = Database.open(url)
    async with running(Ledger(database, journal)) as ledger:
        ledger.append(call("one")[0])
        await ledger.flush(5)
        async with database.read() as connection:
            pages = await connection.exec_driver_sql("PRAGMA page_count")
            # The pool has this one connection; a limit of it is a full disk.
            await connection.exec_driver_sql(
                f"PRAGMA max_page_count = {pages.scalar_one()}"
            )
        for number in range(400):
            turn = e.CallerSpoke(ItemId(f"i{number}"), "word " * 100, 0, 900)
            ledger.append(e.Fact(CallId("one"), number + 2, NOON, turn))
        await until(lambda: "full" in (ledger.problem or ""))
    assert journal.exists()
    await database.close()


async def test_memory_is_bounded_when_even_the_journal_fails(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database.open(f"sqlite:///{tmp_path}/no/such/folder.db")
    ledger = Ledger(database, tmp_path / "file" / "journal", lose_at=3)
    for fact in call("one")[:5]:
        ledger.append(fact)
    assert ledger.problem is not None
    assert ledger.problem.startswith("2 facts are lost")


async def test_one_fact_that_cannot_be_stored_does_not_hold_up_the_others(
    database: Database, journal: Path
) -> None:
    facts = call("one")
    monster = e.Fact(CallId("one"), 2**70, NOON, e.SessionLost("numbers"))
    async with running(Ledger(database, journal)) as ledger:
        for fact in [*facts[:3], monster, *facts[3:]]:
            ledger.append(fact)
        assert await ledger.flush(5)
    assert await History(database).facts_of(CallId("one")) == facts
    refused = journal.with_name(f"{journal.name}.refused")
    assert "numbers" in refused.read_text()


async def test_a_call_whose_beginning_was_lost_is_still_told(
    database: Database, journal: Path
) -> None:
    async with running(Ledger(database, journal)) as ledger:
        for fact in call("one")[8:]:
            ledger.append(fact)
        assert await ledger.flush(5)
    shown = await History(database).show_call("one")
    assert shown is not None
    assert shown["disposition"] == "escalated"
    assert shown["tool_calls"] == []
    assert await History(database).call_id_of(CallSid("CAone")) is None


async def test_when_the_journal_fails_too_it_is_said_and_nothing_breaks(
    tmp_path: Path,
) -> None:
    (tmp_path / "file").touch()
    database = Database.open(f"sqlite:///{tmp_path}/no/such/folder.db")
    ledger = Ledger(database, tmp_path / "file" / "journal", spill_at=1)
    async with running(ledger):
        ledger.append(call("one")[0])
        await until(lambda: "nor can the journal" in (ledger.problem or ""))
        ledger.append(call("one")[1])
    assert not await ledger.flush(0)


CARD_IN_TURNS = ("My card is 4111 1111", "one one one one", "1111, thank you.")


async def test_a_card_number_is_stored_nowhere_though_it_took_three_turns(
    database: Database, journal: Path
) -> None:
    """Neither in the database nor in the journal, which may bring old turns back."""
    turns = [
        e.CallerSpoke(ItemId(f"i{at}"), text, 1000 * at, 1000 * at + 500)
        for at, text in enumerate(CARD_IN_TURNS)
    ]
    facts = call("card", (*WHOLE_CALL[:3], *turns))
    stopped = Ledger(database, journal)
    async with running(stopped):
        for fact in facts[:-1]:
            stopped.append(fact)
        assert await stopped.flush(5)
        early = (await History(database).facts_of(CallId("card")))[3].event
        assert early == turns[0], "half a number is only a number later on"
        stopped.append(facts[-1])
    written = journal.read_text()
    assert "1111" not in written
    async with running(Ledger(database, journal)) as ledger:
        assert await ledger.flush(5)
        for fact in facts[3:5]:  # and what came back from an older journal loses
            await ledger._store([fact])
    story = await History(database).show_call("card")
    assert story is not None
    assert [turn["heard"] for turn in story["turns"]] == [
        "My card is [card number]",
        "[card number]",
        "[card number], thank you.",
    ]
    assert "4111" not in str(story)
    assert (await CallSearch(database).page(Which(text="4111"))).calls == []
