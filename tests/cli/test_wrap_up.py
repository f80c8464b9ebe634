"""What a person reads of a call that is wrapped up."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from callcenter.cli.calls import app
from callcenter.cli.wrap_up_text import wrap_up_text
from callcenter.domain.extract import extract
from callcenter.domain.ids import CallId
from callcenter.storage.engine import Database
from callcenter.storage.wrap_ups import WrapUps
from tests.jobs.calls import facts
from tests.storage.story import NOON

COST = {
    "text_in": 0.01,
    "audio_out": 0.02,
    "transcription": 0.001,
    "telephony": 0.05,
    "summary": 0.0,
    "total": 0.081,
}


@pytest.fixture
async def wrapped_up(two_calls: None, path: Path) -> None:
    database = Database.open(f"sqlite+aiosqlite:///{path}")
    books, call_id = WrapUps(database), CallId("7f3a")
    await books.draft(call_id, extract(facts()), verified=False)
    await books.finish(call_id, COST, NOON)
    await database.close()


@pytest.mark.usefixtures("wrapped_up")
def test_a_person_reads_what_is_to_be_done_and_what_it_cost(
    terminal: CliRunner,
) -> None:
    shown = " ".join(terminal.invoke(app, ["show", "7f3a"]).stdout.split())
    assert "extract The caller began:" in shown
    assert "to do callback: the price of a new chain (tomorrow at nine)" in shown
    assert "$0.0810 (model $0.0300," in shown


@pytest.mark.usefixtures("wrapped_up")
def test_a_script_gets_the_wrap_up_and_none_while_there_is_none(
    terminal: CliRunner,
) -> None:
    shown = json.loads(terminal.invoke(app, ["show", "7f3a", "--json"]).stdout)
    written = shown["wrap_up"]
    assert written["kind"] == "extract"
    assert written["cost"] == COST
    assert {"summary", "topic", "follow_ups", "satisfaction", "language"} <= set(
        written
    )
    other = json.loads(terminal.invoke(app, ["show", "7fb0", "--json"]).stdout)
    assert other["wrap_up"] is None


def test_a_model_cannot_write_on_the_terminal() -> None:
    attack = "\x1b[2J\x07 done"
    written: dict[str, Any] = {
        "kind": "model",
        "summary": attack,
        "trouble": "",
        "topic": attack,
        "follow_ups": [{"kind": "other", "text": attack, "when": attack}],
        "satisfaction": "satisfied",
        "disposition": "failed",
        "doubt": attack,
        "cost": COST,
    }
    paper = StringIO()
    Console(file=paper, width=200).print(wrap_up_text(written))
    assert not {"\x1b", "\x07"} & set(paper.getvalue())
    assert "rather failed" in paper.getvalue()
