"""`callcenter calls export`, as a program and a spreadsheet read it."""

import csv
import json
import stat
import time
from io import StringIO
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.calls import app
from callcenter.storage import archive, record
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from callcenter.storage.sheets import HEADINGS, CsvCalls, harmless
from tests.storage.story import WHOLE_CALL, call

pytestmark = pytest.mark.usefixtures("path")


def exported(terminal: CliRunner, *options: str) -> list[str]:
    result = terminal.invoke(app, ["export", *options])
    assert result.exit_code == 0, result.stderr
    return result.stdout.splitlines()


@pytest.mark.usefixtures("two_calls")
def test_every_line_is_a_call_with_everything(terminal: CliRunner) -> None:
    lines = exported(terminal)
    for line, key in zip(lines, ("7f3a", "7fb0"), strict=True):
        shown = terminal.invoke(app, ["show", key, "--json"]).stdout
        assert json.loads(line) == json.loads(shown)


@pytest.mark.usefixtures("two_calls")
def test_a_spreadsheet_gets_a_row_of_each_call_under_a_heading(
    terminal: CliRunner,
) -> None:
    rows = list(csv.DictReader(exported(terminal, "--format", "csv")))
    assert list(rows[0]) == HEADINGS
    assert [row["id"] for row in rows] == ["7f3a", "7fb0"]
    assert rows[0]["caller_number"] == "+4799999999"
    assert [row["disposition"] for row in rows] == ["escalated", ""]


def test_a_house_without_calls_has_no_lines_and_a_heading(
    terminal: CliRunner, path: Path
) -> None:
    upgrade(f"sqlite:///{path}")
    assert exported(terminal) == []
    assert exported(terminal, "--format", "csv") == [",".join(HEADINGS)]


@pytest.mark.usefixtures("two_calls")
@pytest.mark.parametrize(
    ("options", "found"),
    [
        (["--since", "2000-01-01"], ["7f3a", "7fb0"]),
        (["--since", "2999-01-01"], []),
        (["--until", "2999-01-01T10:00"], ["7f3a", "7fb0"]),
        (["--until", "2000-01-01"], []),
        (["--disposition", "escalated"], ["7f3a"]),
        (["--disposition", "failed"], []),
    ],
)
def test_only_the_calls_that_were_asked_for(
    terminal: CliRunner, options: list[str], found: list[str]
) -> None:
    lines = exported(terminal, *options)
    assert [json.loads(line)["id"] for line in lines] == found


@pytest.mark.usefixtures("two_calls")
def test_a_moment_is_the_readers_own(
    terminal: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The calls began just after noon, UTC."""
    began = json.loads(exported(terminal)[0])["started_at"]
    assert began.endswith("T12:00:01+00:00")
    day = began.partition("T")[0]
    monkeypatch.setenv("TZ", "Etc/GMT-3")  # three hours ahead, whatever its name says
    try:
        time.tzset()
        assert len(exported(terminal, "--since", f"{day}T15:00")) == 2
        assert exported(terminal, "--since", f"{day}T15:01") == []
        assert exported(terminal, "--until", f"{day}T15:00") == []
    finally:
        monkeypatch.undo()
        time.tzset()


@pytest.mark.parametrize(
    "wrong", [["--since", "yesterday"], ["--disposition", "x"], ["--format", "xls"]]
)
def test_what_makes_no_sense_is_refused(terminal: CliRunner, wrong: list[str]) -> None:
    assert terminal.invoke(app, ["export", *wrong]).exit_code == 2


async def test_no_call_is_lost_or_told_twice_at_the_end_of_a_page(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though they all began at the same moment."""
    monkeypatch.setattr(archive, "PAGE", 3)
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url)
    database = Database.open(url)
    names = [f"call_{number:02}" for number in range(9)]
    async with database.write() as connection:
        for name in reversed(names):
            await record.write(connection, call(name, WHOLE_CALL[:2]))
    read = archive.Archive(database)
    assert [one["id"] async for one in read.rows(archive.Which())] == names
    assert await read.count(archive.Which()) == len(names)
    await database.close()


# Files.


@pytest.mark.usefixtures("two_calls")
def test_a_file_is_private_and_is_not_replaced_by_accident(
    terminal: CliRunner, tmp_path: Path
) -> None:
    file = tmp_path / "calls.jsonl"
    first = terminal.invoke(app, ["export", str(file)])
    assert (first.exit_code, first.stdout) == (0, "")
    assert "2 calls are in" in first.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(file.read_text().splitlines()) == 2
    again = terminal.invoke(app, ["export", str(file), "--since", "2999-01-01"])
    assert again.exit_code == 1
    assert "--force" in again.stderr
    assert len(file.read_text().splitlines()) == 2
    forced = terminal.invoke(
        app, ["export", str(file), "--since", "2999-01-01", "--force"]
    )
    assert forced.exit_code == 0
    assert file.read_text() == ""
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.usefixtures("two_calls")
def test_a_file_that_cannot_be_written_is_a_sentence(
    terminal: CliRunner, tmp_path: Path
) -> None:
    result = terminal.invoke(app, ["export", str(tmp_path / "no" / "such" / "file")])
    assert result.exit_code == 1
    assert "cannot be written" in result.stderr


def test_no_database_is_no_file(terminal: CliRunner, tmp_path: Path) -> None:
    result = terminal.invoke(app, ["export", str(tmp_path / "calls.csv")])
    assert result.exit_code == 1
    assert "There is no database" in result.stderr
    assert list(tmp_path.iterdir()) == []


# Spreadsheets.


@pytest.mark.parametrize(
    "attack",
    [
        '=HYPERLINK("https://evil.example","Bill")',
        "+1+cmd|' /C calc'!A0",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        "\r=1+1",
        "  =1+1",
        "|calc",
        "\uff1d1+1",
    ],
)
def test_a_callers_words_are_never_a_formula(attack: str) -> None:
    assert harmless(attack) == f"'{attack}"
    paper = StringIO()
    row = dict.fromkeys(HEADINGS) | {"caller_number": attack, "id": "c"}
    CsvCalls(paper).write(row)
    (read,) = csv.DictReader(StringIO(paper.getvalue(), newline=""))
    assert read["caller_number"] == f"'{attack}"


@pytest.mark.parametrize(
    "hidden", ["\0", "\x1f", "\x7f", "\u200b", "\u202e", "\ufeff", "\0 \u2066"]
)
@pytest.mark.parametrize("formula", ["=1+1", "@SUM(1)", "\t=1", "\r=1", "-2+3"])
def test_what_nobody_sees_hides_no_formula(hidden: str, formula: str) -> None:
    space = " " if " " in hidden else ""
    assert harmless(f"{hidden}{formula}") == f"'{space}{formula}"


def test_what_nobody_sees_is_no_part_of_a_table_and_lines_are() -> None:
    assert harmless("one\n\ttwo\r\n\x1b[2Jthr\u202eee") == "one\n\ttwo\r\n[2Jthree"
    assert harmless("\ufeff+4799999999") == "+4799999999"


@pytest.mark.parametrize(
    "harm", ["+4799999999", "Ada", "", None, -3, "sip:a@b.c", "a\nb", "å\tø – 日本"]
)
def test_what_is_harmless_stays_as_it_is(harm: object) -> None:
    assert harmless(harm) == harm


def test_the_help_has_an_example(terminal: CliRunner) -> None:
    told = terminal.invoke(app, ["export", "--help"]).stdout
    assert "Example: callcenter calls export" in told
