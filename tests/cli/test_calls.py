"""`callcenter calls`, as a person and as a script see it."""

import json
import re
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from callcenter.cli.call_text import story_of, table_of
from callcenter.cli.calls import app
from callcenter.storage.schema import upgrade
from tests.storage.story import WHOLE_CALL

pytestmark = pytest.mark.usefixtures("path")


@pytest.mark.usefixtures("two_calls")
def test_a_script_gets_the_list_as_the_contract_promises(terminal: CliRunner) -> None:
    result = terminal.invoke(app, ["list", "--json"])
    assert result.exit_code == 0
    listed = json.loads(result.stdout)
    assert {one["id"] for one in listed} == {"7f3a", "7fb0"}
    promised = {
        "id",
        "call_sid",
        "caller_number",
        "started_at",
        "ended_at",
        "disposition",
    }
    assert promised <= set(listed[0])


@pytest.mark.usefixtures("two_calls")
def test_a_script_gets_one_call_with_everything(terminal: CliRunner) -> None:
    result = terminal.invoke(app, ["show", "CA7f3a", "--json"])
    shown = json.loads(result.stdout)
    assert shown["disposition"] == "escalated"
    outcomes = [one["outcome"] for one in shown["escalations"][0]["attempts"]]
    assert outcomes == ["no_answer", "accepted"]
    assert len(shown["events"]) == len(WHOLE_CALL)
    assert {"turns", "tool_calls", "handoffs"} <= set(shown)


@pytest.mark.usefixtures("two_calls")
def test_a_person_reads_who_called_and_how_it_ended(terminal: CliRunner) -> None:
    lines = terminal.invoke(app, ["list"]).stdout.splitlines()
    ended = next(line for line in lines if "7f3a" in line)
    assert "+4799999999" in ended
    assert "0:21" in ended
    assert "escalated" in ended
    assert "live (dialling)" in next(line for line in lines if "7fb0" in line)


@pytest.mark.usefixtures("two_calls")
def test_the_list_is_no_longer_than_asked_for(terminal: CliRunner) -> None:
    assert len(terminal.invoke(app, ["list", "--limit", "1"]).stdout.splitlines()) == 2
    assert terminal.invoke(app, ["list", "--limit", "0"]).exit_code == 2


@pytest.mark.usefixtures("two_calls")
def test_a_person_reads_the_call_in_the_order_of_its_time(terminal: CliRunner) -> None:
    text = terminal.invoke(app, ["show", "7f3a"]).stdout
    told = [
        "+4799999999 called +15005550006",
        "Hello, how  (not heard: can I help?)",
        "What's the weather [in] Bergen?",
        "It rains.",
        "(could not be understood)",
        "to weather",
        'get_weather {"place": "Bergen"}',
        "Rain.  (0.3 s)",
        "Please mend Bjørn's bicycle.",
        "tomorrow: about the bill",
        "asks for an operator (billing): wants a refund  (accepted)",
        "no answer",
        "accepted, talked for 1 min 1 s",
        "told: A caller wants a refund.",
        "operator hung up",
    ]
    places = [text.find(one) for one in told]
    assert -1 not in places, told[places.index(-1)]
    assert places == sorted(places)


@pytest.mark.usefixtures("two_calls")
def test_a_live_call_says_what_is_going_on(terminal: CliRunner) -> None:
    text = terminal.invoke(app, ["show", "7fb0"]).stdout
    assert "still on, live (dialling)" in text
    assert "(still looking)" in text
    assert re.search(r"Bob\s+ringing", text)


@pytest.mark.usefixtures("two_calls")
@pytest.mark.parametrize(
    ("key", "said"), [("9", "There is no call '9'"), ("7f", "More than one call")]
)
def test_a_call_that_is_not_the_one_is_an_error(
    terminal: CliRunner, key: str, said: str
) -> None:
    result = terminal.invoke(app, ["show", key])
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_an_empty_house_teaches_what_to_do(terminal: CliRunner, path: Path) -> None:
    upgrade(f"sqlite:///{path}")
    result = terminal.invoke(app, ["list"])
    assert result.exit_code == 0
    assert "No calls yet." in result.stdout
    assert "callcenter demo" in result.stdout
    assert json.loads(terminal.invoke(app, ["list", "--json"]).stdout) == []
    assert terminal.invoke(app, ["show", "x"]).exit_code == 1


@pytest.mark.parametrize("command", [["list"], ["list", "--json"], ["show", "x"]])
def test_a_database_that_is_not_there_is_not_a_house_without_calls(
    terminal: CliRunner, path: Path, command: list[str]
) -> None:
    result = terminal.invoke(app, command)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"There is no database at sqlite+aiosqlite:///{path}" in result.stderr
    assert "callcenter demo" in result.stderr
    assert not path.exists()


def test_a_folder_that_is_not_there_is_no_house_either(
    terminal: CliRunner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/no/such/folder.db")
    result = terminal.invoke(app, ["list"])
    assert result.exit_code == 1
    assert "There is no database at" in result.stderr


def test_ids_are_whole_however_narrow_the_terminal_is() -> None:
    call = {
        "id": "call_0123456789abcdef",  # as long as ours are
        "caller_number": "+123456789012345",
        "started_at": "2026-03-02T12:00:00+00:00",
        "ended_at": None,
        "disposition": None,
        "phase": "escalating",
        "agent": "scheduling",
    }
    ended = {**call, "ended_at": "2026-03-02T12:59:59+00:00", "disposition": "failed"}
    for width in (80, 60):
        paper = StringIO()
        Console(file=paper, width=width).print(table_of([call, ended]))
        _, *lines = paper.getvalue().splitlines()
        assert len(lines) == 2
        assert all(line.endswith("call_0123456789abcdef") for line in lines)
    wide = StringIO()
    Console(file=wide, width=80).print(table_of([call, ended]))
    assert "+123456789012345" in wide.getvalue()
    assert "live (escalating)" in wide.getvalue()
    assert "59:59" in wide.getvalue()


def test_a_database_without_tables_is_a_sentence(
    terminal: CliRunner, path: Path
) -> None:
    path.touch()
    result = terminal.invoke(app, ["list"])
    assert result.exit_code == 1
    assert "There is no database at" in result.stderr


@pytest.mark.usefixtures("two_calls")
@pytest.mark.parametrize(
    "setting", [{"NO_COLOR": "1"}, {"FORCE_COLOR": "1"}, {"TERM": "dumb"}]
)
def test_any_terminal_will_do(terminal: CliRunner, setting: dict[str, str]) -> None:
    result = terminal.invoke(app, ["show", "7f3a"], env=setting)
    assert result.exit_code == 0
    assert ("\x1b[" in result.stdout) == ("FORCE_COLOR" in setting)


@pytest.mark.usefixtures("two_calls")
def test_a_terminal_without_unicode_will_do() -> None:
    result = CliRunner(charset="ascii").invoke(app, ["show", "7f3a"])
    assert result.exit_code == 0
    assert "Bj?rn" in result.stdout


def test_a_caller_cannot_write_on_the_terminal() -> None:
    attack = "\x1b[2J[bold]hello[/bold]\u202e :smile:\x07"
    call = {
        "id": "c",
        "call_sid": attack,
        "caller_number": attack,
        "called_number": attack,
        "started_at": "2026-03-02T12:00:00+00:00",
        "ended_at": None,
        "disposition": None,
        "phase": "talking",
        "agent": attack,
        "turns": [
            {"speaker": "caller", "agent": None, "heard": attack, "began_ms": 0},
            {
                "speaker": "agent",
                "agent": attack,
                "heard": attack,
                "generated": attack + attack,
                "began_ms": 0,
            },
        ],
        "tool_calls": [
            {
                "at": "2026-03-02T12:00:00+00:00",
                "tool": attack,
                "agent": attack,
                "arguments": attack,
                "output": attack,
                "outcome": "timed_out",
                "took_ms": 8000,
            },
            {
                "at": "2026-03-02T12:00:00+00:00",
                "tool": "slow",
                "agent": attack,
                "arguments": None,
                "outcome": None,
            },
        ],
        "handoffs": [],
        "escalations": [],
        "messages": [],
        "callbacks": [],
        "voicemails": [],
        "events": [],
    }
    paper = StringIO()
    console = Console(file=paper, width=200, markup=False, emoji=False)
    console.print(story_of(call), table_of([call]))
    assert "[bold]hello[/bold]" in paper.getvalue()
    assert "timed out: " in paper.getvalue()
    assert "(no answer yet)" in paper.getvalue()
    assert not {"\x1b", "\x07", "\u202e"} & set(paper.getvalue())
