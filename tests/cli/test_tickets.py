"""`callcenter tickets`, as a person and as a script see it."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.tickets import app
from callcenter.domain.ids import CallId
from callcenter.domain.tickets import Severity
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from callcenter.storage.tickets import TicketBook


@pytest.fixture
def code(path: Path) -> str:
    """Of one of two open tickets."""
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url)

    async def opened() -> str:
        database = Database.open(url)
        book = TicketBook(database)
        await book.open("Bell", "It rings.", "+472", CallId("d"), Severity.LOW)
        ticket = await book.open(
            "Chain [slips]", "Since May.", "+471", CallId("c"), Severity.HIGH
        )
        await database.close()
        return ticket.code

    return asyncio.run(opened())


def test_an_operator_writes_closes_and_reads_what_happened(
    terminal: CliRunner, code: str
) -> None:
    noted = terminal.invoke(
        app, ["note", code.lower(), "Bring it in.", "--status", "waiting"]
    )
    assert noted.exit_code == 0
    assert f"{code}  waiting, high: Chain [slips]" in noted.stdout
    closed = terminal.invoke(app, ["close", code, "New chain.", "--author", "Ada"])
    assert closed.exit_code == 0
    shown = json.loads(terminal.invoke(app, ["show", code, "--json"]).stdout)
    assert (shown["status"], shown["severity"]) == ("closed", "high")
    assert [(n["author"], n["text"], n["status"]) for n in shown["notes"]] == [
        ("operator", "Bring it in.", "waiting"),
        ("Ada", "New chain.", "closed"),
    ]
    assert shown["changed_at"] == shown["notes"][-1]["at"]


def test_the_list_can_be_narrowed(terminal: CliRunner, code: str) -> None:
    both = json.loads(terminal.invoke(app, ["list", "--json"]).stdout)
    assert [one["summary"] for one in both] == ["Chain [slips]", "Bell"]
    high = terminal.invoke(app, ["list", "--severity", "high"]).stdout
    assert "Chain [slips]" in high
    assert "Bell" not in high
    closed = terminal.invoke(app, ["list", "--status", "closed"])
    assert "No such tickets" in closed.stdout
    assert terminal.invoke(app, ["list", "--status", "lost"]).exit_code == 2


def test_a_code_that_there_is_not_is_one_sentence(
    terminal: CliRunner, code: str
) -> None:
    missing = terminal.invoke(app, ["show", "nothing"])
    assert (missing.exit_code, missing.stdout) == (1, "")
    assert missing.stderr == (
        "There is no ticket 'nothing'; `callcenter tickets list` shows them.\n"
    )


@pytest.mark.usefixtures("path")
def test_without_a_database_it_says_what_to_do(terminal: CliRunner) -> None:
    result = terminal.invoke(app, ["list"])
    assert result.exit_code == 1
    assert "There is no database" in result.stderr
