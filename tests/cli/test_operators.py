"""`callcenter operators`: the list, by hand."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.operators import app

pytestmark = pytest.mark.usefixtures("path")

ADA = "+15005550101"
FILE = f"""
[[operators]]
name = "Ada"
number = "{ADA}"
skills = ["support"]
hours = "Mon-Fri 08:00-18:00 Europe/Oslo"
"""


@pytest.fixture(autouse=True)
def house(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+15005550006")
    file = path.parent / "operators.toml"
    file.write_text(FILE)
    return file


def done(terminal: CliRunner, *arguments: str) -> str:
    result = terminal.invoke(app, list(arguments))
    assert result.exit_code == 0, result.stderr
    return result.stdout


def refused(terminal: CliRunner, *arguments: str) -> str:
    result = terminal.invoke(app, list(arguments))
    assert result.exit_code == 1
    return result.stderr


def listed(terminal: CliRunner) -> dict[str, dict[str, object]]:
    told = json.loads(done(terminal, "list", "--json"))
    return {one["name"]: one for one in told}


def test_the_file_is_listed_and_people_are_added_changed_and_removed(
    terminal: CliRunner,
) -> None:
    ada = listed(terminal)["Ada"]
    assert (ada["destination"], ada["presence"]) == (ADA, "available")
    done(
        terminal, "add", "Bo", "--sip", "bo@example.com", "--skills", "billing,general"
    )
    assert listed(terminal)["Bo"]["skills"] == ["billing", "general"]
    done(terminal, "set", "Ada", "--hours", "always", "--priority", "5")
    ada = listed(terminal)["Ada"]
    assert (ada["hours"], ada["priority"], ada["skills"]) == (None, 5, ["support"])
    done(terminal, "set", "Ada", "--number", "+15005550109")
    assert listed(terminal)["Ada"]["destination"] == "+15005550109"
    done(terminal, "remove", "Ada")
    assert list(listed(terminal)) == ["Bo"]
    assert "bo@example.com  available  [billing, general]  always" in done(
        terminal, "list"
    )


def test_who_is_away_is_away_until_back(terminal: CliRunner) -> None:
    done(terminal, "away", "Ada", "--why", "lunch")
    ada = listed(terminal)["Ada"]
    assert (ada["presence"], ada["why"], ada["until"]) == ("away", "lunch", None)
    assert "away (lunch)" in done(terminal, "list")
    done(terminal, "back", "Ada")
    assert listed(terminal)["Ada"]["presence"] == "available"


@pytest.mark.parametrize("command", ["remove", "away", "back"])
def test_an_unknown_name_is_answered_with_the_nearest(
    terminal: CliRunner, command: str
) -> None:
    assert "Did you mean Ada?" in refused(terminal, command, "adda")


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["add", "Eve", "--number", "+15005550006"], "the house's own number"),
        (["add", "Eve", "--number", "+19005550101"], "premium-rate"),
        (["add", "Eve", "--number", "+881612345678"], "satellite"),
        (["add", "Eve", "--number", "+4721000001"], "DIAL_COUNTRIES"),
        (["set", "Ada", "--number", "+19005550101"], "premium-rate"),
        (["add", "Eve"], "exactly one of number, sip or client"),
        (["add", "Eve", "--number", "12"], "not a phone number"),
        (["add", "Eve", "--client", "eve", "--hours", "late"], "time zone"),
        (["add", "Ada", "--client", "ada"], "already"),
        (["set", "Ada"], "Say what to change"),
        (["set", "Ada", "--priority", "-1"], "priority"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    terminal: CliRunner, arguments: list[str], why: str
) -> None:
    before = listed(terminal)
    assert why in refused(terminal, *arguments)
    assert listed(terminal) == before


def test_an_empty_list_says_how_to_begin(terminal: CliRunner, house: Path) -> None:
    house.unlink()
    assert "operators add" in done(terminal, "list")
