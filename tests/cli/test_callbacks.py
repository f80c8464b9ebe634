"""`callcenter callbacks`: what is to be done, and who shall never be called."""

import asyncio
import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.app import app
from callcenter.domain import events as e
from callcenter.domain.ids import CallId, CallSid
from callcenter.storage import record
from callcenter.storage.engine import Database
from tests.fakes.center import _prepared

ADA = "+4755512345"
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    shutil.copy(_prepared(), tmp_path / "calls.db")
    url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
    monkeypatch.setenv("DATABASE_URL", url)
    return url


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["callbacks", *words])


def read(*words: str) -> Any:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def wished(here: str) -> str:
    """The id of a callback that waits."""

    async def write() -> None:
        database = Database.open(here)
        told: list[e.Event] = [
            e.CallAnswered(CallSid("CA1"), ADA, "+15005550006"),
            e.CallbackRequested("tomorrow", "the \x1b[31mchain", "support"),
        ]
        facts = [
            e.Fact(CallId("call_7f3a"), n, NOON, event)
            for n, event in enumerate(told, 1)
        ]
        async with database.write() as connection:
            await record.write(connection, facts)
        await database.close()

    asyncio.run(write())
    return "cb_7f3a_2"


def test_an_empty_list_says_so() -> None:
    assert "agents note it" in run("list").output
    assert read("list") == []
    assert "press 9" in run("optouts").output


def test_what_waits_is_listed_and_shown(wished: str) -> None:
    assert ADA in run("list").output
    [one] = read("list", "--state", "waiting")
    assert (one["id"], one["number"], one["wanted"]) == (wished, ADA, "tomorrow")
    assert read("list", "--state", "done") == []
    shown = run("show", "cb_7f")
    assert "support" in shown.output
    assert "\x1b" not in shown.output
    assert read("show", wished)["tried"] == []


def test_what_was_cancelled_is_cancelled_once(wished: str) -> None:
    assert read("cancel", wished)["state"] == "cancelled"
    again = run("cancel", wished)
    assert again.exit_code == 1
    assert "nothing to cancel" in again.output


def test_nobody_is_promised_a_call_that_nobody_dials(wished: str) -> None:
    result = run("now", wished)
    assert result.exit_code == 1
    assert f"Call {ADA} yourself" in " ".join(result.output.split())


def test_a_person_may_have_it_dialled_now(
    wished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAL_CALLBACKS", "true")
    run("cancel", wished)
    shown = read("now", wished)
    assert shown["state"] == "waiting"
    assert shown["due_at"] > "2026-03-02T12:00:01"


def test_who_opted_out_is_not_dialled_whoever_wishes_it(
    wished: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DIAL_CALLBACKS", "true")
    [one] = read("optouts", "--add", "+47 555 12345")
    assert (one["number"], one["source"]) == (ADA, "by hand")
    assert read("show", wished)["state"] == "opted_out"
    refused = run("now", wished)
    assert refused.exit_code == 1
    assert "shall never be called" in refused.output
    assert read("optouts", "--remove", ADA) == []
    assert run("optouts", "--remove", ADA).exit_code == 1


@pytest.mark.parametrize("number", ["sip:me@example.com", "12", "kari"])
def test_only_a_number_can_be_on_the_list(number: str) -> None:
    result = run("optouts", "--add", number)
    assert result.exit_code == 1
    assert "is not a number like" in result.output


def test_an_unknown_callback_is_a_sentence() -> None:
    result = run("show", "cb_nothing")
    assert result.exit_code == 1
    assert "callcenter callbacks list" in result.output
