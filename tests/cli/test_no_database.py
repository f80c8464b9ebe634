"""Commands that only read say that there is no database; they never make one."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.app import app
from callcenter.storage.schema import upgrade

READING = [
    ["calls", "list"],
    ["tickets", "list"],
    ["customers", "list"],
    ["schedule", "feed"],
]


@pytest.fixture(autouse=True)
def links(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("PUBLIC_URL", "https://calls.example.com")


@pytest.mark.parametrize("left", [False, True], ids=["no file", "an empty file"])
def test_all_say_the_same_and_leave_nothing_behind(
    terminal: CliRunner, path: Path, *, left: bool
) -> None:
    if left:
        path.touch()
    results = [terminal.invoke(app, command) for command in READING]
    assert [result.exit_code for result in results] == [1] * len(READING)
    (said,) = {result.stderr for result in results}
    assert said.startswith(f"There is no database at sqlite+aiosqlite:///{path} yet.")
    assert path.exists() is left


def test_calendars_of_a_house_without_resources_are_no_empty_answer(
    terminal: CliRunner, path: Path
) -> None:
    upgrade(f"sqlite:///{path}")
    result = terminal.invoke(app, ["schedule", "feed"])
    assert result.exit_code == 1
    assert str(result.exception) == ("No resources yet: start `callcenter serve` once.")


@pytest.mark.parametrize("calls", ["0", "10,-1"])
def test_a_benchmark_of_no_calls_is_refused(terminal: CliRunner, calls: str) -> None:
    result = terminal.invoke(app, ["bench", "--calls", calls])
    assert result.exit_code == 2
    assert "at least 1 call" in result.stderr
