"""`callcenter db`: the schema, from the terminal."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.db import app
from callcenter.errors import StorageError

pytestmark = pytest.mark.usefixtures("path")


def test_up_check_and_down_again(terminal: CliRunner, path: Path) -> None:
    assert terminal.invoke(app, ["check"]).exit_code == 1
    assert not path.exists()
    assert "up to date" in terminal.invoke(app, ["upgrade"]).stdout
    checked = terminal.invoke(app, ["check"])
    assert (checked.exit_code, checked.stderr) == (0, "")
    assert terminal.invoke(app, ["downgrade", "base", "--yes"]).exit_code == 0
    behind = terminal.invoke(app, ["check"])
    assert behind.exit_code == 1
    assert "callcenter db upgrade" in behind.stderr


def test_data_is_not_thrown_away_without_asking(terminal: CliRunner) -> None:
    terminal.invoke(app, ["upgrade"])
    assert terminal.invoke(app, ["downgrade", "base"], input="n\n").exit_code == 1
    assert terminal.invoke(app, ["check"]).exit_code == 0


def test_a_version_that_does_not_exist_is_a_sentence(terminal: CliRunner) -> None:
    terminal.invoke(app, ["upgrade"])
    result = terminal.invoke(app, ["downgrade", "no-such", "--yes"])
    assert isinstance(result.exception, StorageError)
    assert "no-such" in str(result.exception)
