"""`callcenter people` and `callcenter retention`."""

import getpass
import json
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.assembly.clock import SystemClock
from callcenter.cli.people import app
from callcenter.cli.reading import asked
from callcenter.cli.retention import app as retention
from callcenter.storage.audit import Audit

KARI = "+4799999999"


@pytest.mark.usefixtures("two_calls")
def test_a_number_is_shown_exported_and_erased(
    terminal: CliRunner, tmp_path: Path
) -> None:
    """One of its two calls goes on."""
    shown = terminal.invoke(app, ["show", "+47 99 99 99 99"])
    assert "calls                     1" in shown.stdout, shown.output
    file = tmp_path / "kari.json"
    assert terminal.invoke(app, ["export", KARI, str(file)]).exit_code == 0
    assert len(json.loads(file.read_text())["calls"]) == 2
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert terminal.invoke(app, ["export", KARI, str(file)]).exit_code == 1
    dry = terminal.invoke(app, ["erase", KARI, "--dry-run"])
    assert "erased" not in dry.stdout
    assert terminal.invoke(app, ["erase", KARI], input="n\n").exit_code == 1
    done = terminal.invoke(app, ["erase", KARI, "--yes"])
    assert "It is erased.\n1 calls go on" in done.stdout
    assert "calls                     1" not in terminal.invoke(
        app, ["show", KARI]
    ).stdout.replace("live calls", "")
    assert erasing() == (getpass.getuser(), "person.erase")
    assert "Nothing is known" in terminal.invoke(app, ["show", "+4700000000"]).stdout


def erasing() -> tuple[str, str]:
    """The latest entry of the console's audit, which never has the number."""
    [entry] = asked(lambda database: Audit(database, SystemClock().now).latest(1))
    assert KARI not in entry.subject + entry.detail
    return entry.who, entry.act


@pytest.mark.usefixtures("two_calls")
def test_what_has_had_its_time_goes(
    terminal: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "kept for ever" in terminal.invoke(retention, ["show"]).stdout
    assert "Nothing is due." in terminal.invoke(retention, ["run"]).stdout
    monkeypatch.setenv("RETENTION_NUMBER_DAYS", "30")
    dry = terminal.invoke(retention, ["run", "--dry-run"])
    assert "numbers             1 calls" in dry.stdout, dry.output
    assert "1 calls due" in terminal.invoke(retention, ["show"]).stdout
    assert "1 calls" in terminal.invoke(retention, ["run"]).stdout
    assert "Nothing is due." in terminal.invoke(retention, ["run", "--dry-run"]).stdout
