import json
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from callcenter.cli import roster_drawing
from callcenter.cli.agents import app
from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster

CARDS = Path(__file__).parents[2] / "agents"
RUN = CliRunner()


@pytest.fixture(autouse=True)
def _the_house_s_own_cards(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AGENTS_DIR", str(CARDS))
    monkeypatch.delenv("ENTRY_AGENT", raising=False)


def broken(tmp_path: Path) -> Path:
    text = "---\ndescription: x\nvoice: marin\ntool: [x]\n---\nBe brief.\n"
    (tmp_path / "triage.md").write_text(text)
    return tmp_path


def test_a_sound_roster_passes_in_one_line() -> None:
    done = RUN.invoke(app, ["check"])
    assert done.exit_code == 0
    assert re.fullmatch(r"4 agents, \d\d tools, all well\n", done.output)


def test_a_flaw_fails_with_its_file_and_line(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["check", "--folder", str(broken(tmp_path))])
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "triage.md:4: unknown key 'tool'; did you mean 'tools'?" in done.stderr


def test_a_broken_article_fails_with_its_file_and_line(tmp_path: Path) -> None:
    cards = tmp_path / "cards"
    shutil.copytree(CARDS, cards)
    (cards / "knowledge" / "bad.md").write_text("# Bad\n\nText.\n##No space\n")
    done = RUN.invoke(app, ["check", "--folder", str(cards)])
    assert done.exit_code == 1
    assert "cards/knowledge/bad.md:4: is no heading" in done.stderr


def test_another_entry_agent_must_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENTRY_AGENT", "triag")
    done = RUN.invoke(app, ["check"])
    assert done.exit_code == 1
    assert "no agent 'triag' to answer the telephone" in done.stderr


def test_a_warning_is_shown_and_passes(tmp_path: Path) -> None:
    for name, voice, other in (("triage", "marin", "odd"), ("odd", "cedar", "triage")):
        text = f"---\ndescription: x\nvoice: {voice}\nhandoffs: [{other}]\n---\nHi."
        (tmp_path / f"{name}.md").write_text(text)
    done = RUN.invoke(app, ["check", "--folder", str(tmp_path)])
    assert done.exit_code == 0
    assert done.output.startswith("odd.md:3: warning: 'odd' will speak")
    assert done.output.endswith("2 agents, 0 tools, all well\n")


def test_a_script_can_read_the_check(tmp_path: Path) -> None:
    well = RUN.invoke(app, ["check", "--json"])
    assert json.loads(well.stdout) == {"sound": True, "problems": []}
    done = RUN.invoke(app, ["check", "--json", "--folder", str(broken(tmp_path))])
    assert done.exit_code == 1
    assert json.loads(done.stdout)["problems"][0]["line"] == 4


def test_the_graph_shows_every_agent_and_tool() -> None:
    done = RUN.invoke(app, ["graph"])
    assert done.exit_code == 0
    assert done.output.startswith("☎ triage")
    for word in ("⇄ weather", "⇄ scheduling", "⇄ support", "get_weather", "end_call"):
        assert word in done.output


def test_a_flawed_roster_is_not_drawn(tmp_path: Path) -> None:
    for command in (["graph"], ["show", "triage"]):
        done = RUN.invoke(app, [*command, "--folder", str(broken(tmp_path))])
        assert (done.exit_code, done.stdout) == (1, "")


def test_one_agent_is_shown_with_the_house_style() -> None:
    done = RUN.invoke(app, ["show", "weather"])
    assert done.exit_code == 0
    assert "handoffs     triage, scheduling" in done.output
    assert done.output.index("# House style") < done.output.index("# You know the")
    as_json = json.loads(RUN.invoke(app, ["show", "weather", "--json"]).stdout)
    assert as_json["tools"][0] == "get_weather"


def test_an_agent_that_does_not_exist_is_not_shown() -> None:
    done = RUN.invoke(app, ["show", "wether"])
    assert (done.exit_code, done.stderr) == (
        1,
        "There is no agent 'wether'; did you mean 'weather'?\n",
    )


def card(name: str, *handoffs: str) -> Card:
    return Card(
        AgentName(name), "x", "x", ("t",), tuple(AgentName(h) for h in handoffs)
    )


RING = Roster(
    (card("a", "b", "c"), card("b", "c", "a"), card("c", "a")), "", AgentName("a")
)


def test_each_agent_is_drawn_once_and_every_further_way_is_named() -> None:
    page = StringIO()
    roster_drawing.show(RING, Console(file=page, width=60))
    assert page.getvalue().splitlines() == [
        "☎ a  operators: general",
        "├── t",
        "├── ⇄ b  operators: general",
        "│   ├── t",
        "│   └── → c",
        "└── ⇄ c  operators: general",
        "    └── t",
    ]


def test_a_way_and_its_way_back_are_one_line_in_mermaid_and_graphviz() -> None:
    assert roster_drawing.mermaid(RING).splitlines()[-3:] == [
        "    agent_a <--> agent_b",
        "    agent_a <--> agent_c",
        "    agent_b --> agent_c",
    ]
    assert roster_drawing.dot(RING).splitlines()[-4:] == [
        '    "a" -> "b" [dir=both]',
        '    "a" -> "c" [dir=both]',
        '    "b" -> "c"',
        "}",
    ]
    for option, begins in (
        ("--mermaid", "flowchart LR"),
        ("--dot", "digraph roster {"),
    ):
        done = RUN.invoke(app, ["graph", option])
        assert done.output.startswith(begins)
