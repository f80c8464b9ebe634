"""`callcenter knowledge`, as an editor and as a script see it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.knowledge import app

DEPOSIT = "---\nalso:\n  Deposit: [surety]\n---\n# Deposit\n\nIt is [1000] kroner.\n"


@pytest.fixture
def folder(tmp_path: Path) -> str:
    (tmp_path / "deposit.md").write_text(DEPOSIT, encoding="utf-8")
    return str(tmp_path)


def test_an_editor_sees_what_a_question_finds_and_what_that_lacks(
    terminal: CliRunner, folder: str
) -> None:
    asked = "is there a surety and a deposit for unicycles"
    shown = terminal.invoke(app, ["ask", asked, "--folder", folder])
    assert shown.exit_code == 0
    for told in ("Deposit › Deposit", "deposit.md:5", "lacks: unicycles", "[1000]"):
        assert told in shown.stdout


def test_a_script_gets_the_same_as_json(terminal: CliRunner, folder: str) -> None:
    found = terminal.invoke(app, ["ask", "a surety", "--folder", folder, "--json"])
    [passage] = json.loads(found.stdout)
    assert (passage["source"], passage["line"]) == ("deposit.md", 5)
    assert passage["lacks"] == []
    assert passage["text"] == "It is [1000] kroner."


def test_nothing_found_says_what_an_editor_can_do(
    terminal: CliRunner, folder: str
) -> None:
    nothing = terminal.invoke(app, ["ask", "do you sell canoes", "--folder", folder])
    assert nothing.exit_code == 1
    assert "front matter, under 'also'" in nothing.stdout
    as_json = terminal.invoke(app, ["ask", "canoes", "--folder", folder, "--json"])
    assert (as_json.exit_code, json.loads(as_json.stdout)) == (1, [])


def test_articles_are_counted_and_listed(terminal: CliRunner, folder: str) -> None:
    checked = terminal.invoke(app, ["check", "--folder", folder])
    assert (checked.exit_code, checked.stdout) == (
        0,
        "1 articles, 1 passages, all well\n",
    )
    listed = terminal.invoke(app, ["list", "--folder", folder])
    assert listed.stdout == "deposit.md:5  Deposit › Deposit\n"


def test_a_broken_article_is_told_with_its_line(
    terminal: CliRunner, folder: str
) -> None:
    (Path(folder) / "bad.md").write_text("---\nalsso: [x]\n---\n# A\n\nB.\n")
    checked = terminal.invoke(app, ["check", "--folder", folder])
    assert checked.exit_code == 1
    assert "bad.md:2: unknown key 'alsso'; did you mean 'also'?" in checked.stderr
    found = terminal.invoke(app, ["ask", "deposit", "--folder", folder])
    assert "Deposit › Deposit" in found.stdout


def test_a_folder_that_is_not_there_is_said(terminal: CliRunner, folder: str) -> None:
    result = terminal.invoke(app, ["list", "--folder", f"{folder}/nowhere"])
    assert result.exit_code == 1
    assert "There is no folder" in result.stderr
