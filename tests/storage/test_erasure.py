"""One person is told all, or forgotten; what has had its time is purged."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import insert, select

from callcenter.domain import events as e, recording, voicemail as v
from callcenter.domain.ids import CallId, CallSid, ItemId, RecordingSid, ToolCallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.pseudonyms import sealed
from callcenter.domain.retention import Kind, Retention
from callcenter.errors import CarrierError
from callcenter.storage import record, tables as t
from callcenter.storage.callback_tables import opt_outs
from callcenter.storage.caller_tables import customers
from callcenter.storage.engine import Database
from callcenter.storage.erasure import Persons
from callcenter.storage.filters import Which
from callcenter.storage.history import History
from callcenter.storage.people_tables import audit
from callcenter.storage.retention import Purge
from callcenter.storage.saved_views import SavedViews
from callcenter.storage.schema import check
from callcenter.storage.search import CallSearch
from callcenter.storage.wrap_up_tables import wrap_ups
from tests.storage.story import NOON, TRIAGE, WHOLE_CALL, call

KARI = "+4799999999"
NOW = NOON + timedelta(days=100)
SID = RecordingSid("RE" + "0" * 32)

SAID = (
    *WHOLE_CALL[:-1],
    recording.RecordingStarted("elsewhere/one.wav"),
    e.CallerSpoke(ItemId("x"), "My name is Kari Nordmann-Hemmelig.", 9000, 9900),
    e.ToolCalled(ToolCallId("t9"), TRIAGE, "x", '{"name": "Kari Nordmann-Hemmelig"}'),
    e.ToolReturned(ToolCallId("t9"), "x", ToolOutcome.OK, "Nordmann-Hemmelig", 5),
    v.VoicemailLeft(SID, 9),
    v.VoicemailTranscribed(SID, "It is Nordmann-Hemmelig."),
    WHOLE_CALL[-1],
)


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> Database:
    return await furnished(database, tmp_path)


async def furnished(database: Database, tmp_path: Path) -> Database:
    """Two calls of Kari's, one that goes on, and one of somebody else."""
    other = e.CallAnswered(CallSid("CA9"), "+4711111111", "+15005550006")
    async with database.write() as connection:
        await record.write(
            connection,
            [
                *call("one", SAID),
                *call("two", WHOLE_CALL, began=NOON + timedelta(days=60)),
                *call("live", WHOLE_CALL[:4], began=NOW),
                *call("other", (other, *SAID[1:])),
            ],
        )
        await connection.execute(
            insert(t.tickets).values(
                code="T1", summary="Nordmann-Hemmelig", details="x", phone=KARI,
                status="open", opened_at=NOON,
            )
        )  # fmt: skip
        await connection.execute(
            insert(wrap_ups).values(
                call_id="one", kind="call", summary="Kari Nordmann-Hemmelig wants it.",
                topic="", follow_ups=["Ring Nordmann-Hemmelig"], satisfaction="",
                language="", doubt="", model="", trouble="", words_usd=0.0,
            )
        )  # fmt: skip
        await connection.execute(insert(opt_outs).values(number=KARI, at=NOON))
        await connection.execute(
            insert(customers).values(number=KARI, pin="seal", added_at=NOON)
        )
        for subject, detail in ((KARI, ""), ("csv", f"7: caller_number={KARI}")):
            await connection.execute(
                insert(audit).values(
                    at=NOON, who="ada", act="looked", subject=subject, detail=detail
                )
            )
    kari = Which(caller_number=KARI)
    await SavedViews(database).save("ada", "the one who rings", kari, NOON)
    (tmp_path / "one.wav").write_bytes(b"RIFF")
    return database


def text_of(database: Database) -> str:
    """Every row of every table, the index of words included."""
    if database.dialect == "postgresql":
        return text_on_postgres(database)
    with closing(sqlite3.connect(database.url.database or "")) as connection:
        return "\n".join(connection.iterdump())


def text_on_postgres(database: Database) -> str:
    url = database.url
    with psycopg.connect(
        host=str(url.query["host"]), user=url.username, dbname=url.database
    ) as connection:
        tables = connection.execute(
            "SELECT table_name FROM information_schema.tables "
            "WHERE table_schema = 'public'"
        ).fetchall()
        rows = [
            str(row)
            for (name,) in tables
            for row in connection.execute(
                sql.SQL("SELECT * FROM {}").format(sql.Identifier(name))
            )
        ]
    return "\n".join(rows)


async def test_all_that_is_known_is_told(house: Database, tmp_path: Path) -> None:
    persons = Persons(house, tmp_path)
    told = await persons.export(KARI)
    assert [one["id"] for one in told["calls"]] == ["one", "two", "live"]
    assert told["tickets"][0]["code"] == "T1"
    assert told["files"] == ["elsewhere/one.wav"]
    assert told["customers"][0]["pin"] is True
    nobody = await persons.export("+4700000000")
    assert not any(nobody[name] for name in nobody if name != "number")


async def test_a_dry_run_counts_and_changes_nothing(
    house: Database, tmp_path: Path
) -> None:
    before = text_of(house)
    known = await Persons(house, tmp_path).known(KARI)
    assert known.counts == {
        "calls": 2, "live_calls": 1, "tickets": 1, "customers": 1, "opt_outs": 1
    }  # fmt: skip
    assert known.audio == (SID,)
    assert text_of(house) == before


async def test_nothing_of_an_erased_person_is_left(
    house: Database, tmp_path: Path
) -> None:
    persons = Persons(house, tmp_path)
    async with house.write() as connection:  # so that only Kari could be meant
        await connection.execute(t.calls.delete().where(t.calls.c.id == "other"))
        await record.write(
            connection, call("live", WHOLE_CALL, began=NOW)[4:]
        )  # and their last call is over
    erased = await persons.erase(KARI, by="me", now=NOW)
    assert erased.counts["calls"] == 3
    assert not (tmp_path / "one.wav").exists()
    left = text_of(house)
    assert KARI not in left
    assert "Hemmelig" not in left
    assert "hemmelig" not in left
    story = await History(house).show_call("one")
    assert story is not None
    assert (story["disposition"], story["caller_number"]) == ("escalated", "")
    assert len(story["turns"]) == 5, "that somebody spoke is still told"
    async with house.read() as connection:
        kept = list(await connection.scalars(select(opt_outs.c.number)))
    assert kept == [sealed(KARI)]
    (noted,) = await persons.erasures()
    assert (noted["by"], noted["number_hash"]) == ("me", sealed(KARI))
    again = await persons.erase(KARI, by="me", now=NOW)
    assert again.counts == {}


async def test_a_call_that_goes_on_is_not_touched(
    house: Database, tmp_path: Path
) -> None:
    persons = Persons(house, tmp_path)
    await persons.erase(KARI, by="me", now=NOW)
    story = await History(house).show_call("live")
    assert story is not None
    assert story["caller_number"] == KARI
    other = await History(house).show_call("other")
    assert other is not None
    assert "Hemmelig" in str(other)


# Retention.


class Audio:
    """The carrier's recordings."""

    def __init__(self) -> None:
        self.deleted: list[str] = []
        self.down = False

    async def delete(self, sid: RecordingSid) -> None:
        if self.down:
            raise CarrierError("down")
        self.deleted.append(sid)


async def story(database: Database, name: str) -> dict[str, Any]:
    found = await History(database).show_call(name)
    assert found is not None
    return found


async def test_each_kind_has_its_own_time(house: Database, tmp_path: Path) -> None:
    audio = Audio()
    keep = Retention(transcripts=90, tools=30, numbers=30, voicemails=90)
    purge = Purge(house, keep, audio.delete, tmp_path)
    assert await purge.due(NOW) == {
        Kind.TRANSCRIPTS: 2, Kind.TOOLS: 3, Kind.NUMBERS: 3, Kind.VOICEMAILS: 2
    }  # fmt: skip
    assert await purge.run(NOW) == {
        Kind.TRANSCRIPTS: 2, Kind.TOOLS: 3, Kind.NUMBERS: 3, Kind.VOICEMAILS: 2
    }  # fmt: skip
    assert not await purge.run(NOW)
    assert audio.deleted == [SID, SID]
    assert not any((await purge.due(NOW)).values())
    one, two = await story(house, "one"), await story(house, "two")
    assert {turn["heard"] for turn in one["turns"]} == {None, ""}
    assert {turn["heard"] for turn in two["turns"]} > {"It rains."}
    assert {tool["output"] for tool in two["tool_calls"]} == {"{}"}
    assert (one["caller_number"], two["caller_number"]) == ("", "")
    assert (await story(house, "live"))["caller_number"] == KARI
    assert (await CallSearch(house).page(Which(text="hemmelig"))).calls == []


async def test_what_the_carrier_does_not_delete_is_tried_again(
    house: Database, tmp_path: Path
) -> None:
    audio = Audio()
    purge = Purge(house, Retention(calls=90), audio.delete, tmp_path)
    audio.down = True
    assert not (await purge.run(NOW))[Kind.CALLS]
    audio.down = False
    assert (await purge.run(NOW))[Kind.CALLS] == 2
    assert await History(house).show_call("one") is None
    assert not (tmp_path / "one.wav").exists()
    assert check(str(house.url)) == []


async def test_a_purge_goes_on_where_it_was_stopped(
    house: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("callcenter.storage.retention.BATCH", 1)
    purge = Purge(house, Retention(numbers=1), Audio().delete, tmp_path)
    assert (await purge.run(NOW, batches=1))[Kind.NUMBERS] == 1
    assert (await purge.due(NOW))[Kind.NUMBERS] == 2
    assert (await purge.run(NOW))[Kind.NUMBERS] == 2


async def test_without_a_setting_all_is_kept(house: Database, tmp_path: Path) -> None:
    before = text_of(house)
    purge = Purge(house, Retention(), Audio().delete, tmp_path)
    far = datetime(2999, 1, 1, tzinfo=UTC)
    assert await purge.due(far) == {}
    assert not await purge.run(far)
    assert text_of(house) == before


async def test_a_scrubbed_call_can_be_built_again(
    house: Database, tmp_path: Path
) -> None:
    await Purge(house, Retention(transcripts=1), Audio().delete, tmp_path).run(NOW)
    before = text_of(house)
    async with house.write() as connection:
        await record.rebuild(connection, CallId("one"))
    assert "Nordmann-Hemmelig." not in text_of(house)
    assert before.count("Hemmelig") == text_of(house).count("Hemmelig")
