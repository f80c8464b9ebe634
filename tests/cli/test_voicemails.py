"""`callcenter voicemails`, as a person and as a script see it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.voicemails import app
from callcenter.domain import voicemail as v
from callcenter.domain.ids import RecordingSid
from callcenter.storage import record
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from tests.storage.story import WHOLE_CALL, call

FIRST = RecordingSid("RE" + "a" * 32)
SECOND = RecordingSid("RE" + "b" * 32)


@pytest.fixture
async def two(path: Path) -> None:
    """One that the carrier wrote down, and one that it could not."""
    url = f"sqlite+aiosqlite:///{path}"
    upgrade(url)
    database = Database.open(url)
    events = [
        WHOLE_CALL[0],
        v.VoicemailBegan("nobody was free"),
        v.VoicemailLeft(FIRST, 12),
        v.VoicemailTranscribed(FIRST, "My [chain] is \x1b[31mbroken."),
        v.VoicemailLeft(SECOND, 3),
    ]
    async with database.write() as connection:
        await record.write(connection, call("7f3a", events))
    await database.close()


def test_voicemails_are_listed_the_newest_first(terminal: CliRunner, two: None) -> None:
    listed = json.loads(terminal.invoke(app, ["list", "--json"]).stdout)
    assert [one["recording_sid"] for one in listed] == [SECOND, FIRST]
    assert listed[1]["text"].startswith("My [chain]")
    assert listed[1]["url"].endswith(f"/Recordings/{FIRST}.wav")
    table = terminal.invoke(app, ["list"]).stdout
    assert "12 s" in table
    assert "\x1b[31m" not in table


def test_one_voicemail_is_shown_by_how_its_id_begins(
    terminal: CliRunner, two: None
) -> None:
    shown = terminal.invoke(app, ["show", "REaa"]).stdout
    assert "+4799999999" in shown
    assert "[chain]" in shown
    assert "\x1b[31m" not in shown
    missing = terminal.invoke(app, ["show", "RExx"])
    assert missing.exit_code == 1
    both = terminal.invoke(app, ["show", "RE"])
    assert both.exit_code == 1
    assert "2 voicemails begin with" in both.stderr


def test_without_voicemails_it_says_when_there_are_any(
    terminal: CliRunner, path: Path
) -> None:
    assert terminal.invoke(app, ["list"]).exit_code == 1
    upgrade(f"sqlite+aiosqlite:///{path}")
    assert "nobody can take their call" in terminal.invoke(app, ["list"]).stdout
