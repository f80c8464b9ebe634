import json
import re
import shutil
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from agents import Handoff
from agents.realtime import RealtimeAgent
from rich.console import Console
from typer.testing import CliRunner, Result

from callcenter.cli import roster_drawing
from callcenter.cli.agents import app
from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster
from callcenter.wire.cards import parse

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


def test_a_tool_of_a_package_that_cannot_be_loaded_is_not_the_card_s_fault(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = "---\ndescription: x\ntools: [zap_order]\n---\nHi."
    (tmp_path / "triage.md").write_text(text)
    missing = "triage.md:3: there is no tool 'zap_order'"
    done = RUN.invoke(app, ["check", "--folder", str(tmp_path)])
    assert done.stderr == f"{missing}\n"
    monkeypatch.setenv("TOOLS_MODULES", "nowhere_at_all")
    done = RUN.invoke(app, ["check", "--folder", str(tmp_path)])
    assert done.stderr.splitlines() == [
        (
            "TOOLS_MODULES: nowhere_at_all: cannot be imported: ModuleNotFoundError: "
            "No module named 'nowhere_at_all'"
        ),
        f"{missing} (its package could not be loaded)",
    ]


def test_a_topic_is_compared_with_the_operators_skills(tmp_path: Path) -> None:
    text = "---\ndescription: x\ntopic: parkng\n---\nHi."
    (tmp_path / "triage.md").write_text(text)
    operators = tmp_path / "operators.toml"
    operators.write_text('[[operators]]\nname = "Ada"\nskills = ["parking"]\n')
    done = RUN.invoke(app, ["check", "--folder", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr.startswith("operators.toml: operator Ada: give exactly one of")
    with operators.open("a") as file:
        file.write('client = "ada"\n')
    done = RUN.invoke(app, ["check", "--folder", str(tmp_path)])
    assert done.exit_code == 0
    assert done.output.startswith("triage.md:3: warning: 'triage' has the topic")
    assert "operator; did you mean 'parking'?\n" in done.output


def test_a_house_s_voice_that_is_none_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_VOICE", "ceder")
    done = RUN.invoke(app, ["check"])
    assert done.exit_code == 1
    assert done.stderr == (
        "OPENAI_VOICE: there is no voice 'ceder'; did you mean 'cedar'?\n"
    )


def test_a_warning_is_shown_and_passes(tmp_path: Path) -> None:
    for name, menu, other in (("triage", "false", "odd"), ("odd", "true", "triage")):
        text = (
            f"---\ndescription: x\nlanguage_menu: {menu}\nhandoffs: [{other}]\n---\nHi."
        )
        (tmp_path / f"{name}.md").write_text(text)
    done = RUN.invoke(app, ["check", "--folder", str(tmp_path)])
    assert done.exit_code == 0
    assert done.output.startswith("odd.md:3: warning: 'odd' has a 'language_menu'")
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


def shown(*options: str) -> Any:
    return json.loads(RUN.invoke(app, ["show", "weather", "--json", *options]).stdout)


def test_one_agent_is_shown_as_the_model_gets_it() -> None:
    done = RUN.invoke(app, ["show", "weather"])
    assert done.exit_code == 0
    assert "handoffs     triage, scheduling" in done.output
    assert "Et øyeblikk, jeg ser på værmeldingen." in done.output
    assert done.output.index("# House style") < done.output.index("# You know the")
    assert re.search(r"The prompt: about [12],\d00 tokens \(estimated", done.output)
    assert '"description": "The place' in done.output or "place" in done.output


def test_its_tools_are_shown_with_their_schemas_and_its_handoffs_as_tools() -> None:
    told = shown()
    assert told["tools"][0] == "get_weather"
    by_name = {schema["name"]: schema for schema in told["schemas"]}
    assert by_name["get_weather"]["parameters"]["properties"]["place"]
    assert [*by_name][-2:] == ["transfer_to_triage", "transfer_to_scheduling"]
    agent: RealtimeAgent[None] = RealtimeAgent(
        name="scheduling",
        handoff_description=by_name["transfer_to_scheduling"]["description"].partition(
            "request. "
        )[2],
    )
    sent = Handoff.default_tool_description(agent)
    assert by_name["transfer_to_scheduling"]["description"] == sent
    assert told["about_tokens"]["instructions"] > 1_000


def test_the_prompt_can_be_seen_in_another_language() -> None:
    assert "You also speak Norwegian" in shown()["instructions"]
    assert "Speak Norwegian from now on" in shown("--language", "nb")["instructions"]
    for wrong in ("nbb", "no"):
        done = RUN.invoke(app, ["show", "weather", "--language", wrong])
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == f"There is no language '{wrong}'; did you mean 'nb'?\n"


def test_every_tool_is_listed_with_whoever_has_it() -> None:
    told = json.loads(RUN.invoke(app, ["tools", "--json"]).stdout)
    [weather] = [one for one in told if one["name"] == "get_weather"]
    assert weather["agents"] == ["weather"]
    lines = RUN.invoke(app, ["tools"]).output.splitlines()
    assert len(lines) == len(told)
    assert any(line.endswith("(weather)") for line in lines)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CARDS, tmp_path / "agents"))


def new(home: Path, *arguments: str) -> Result:
    return RUN.invoke(app, ["new", *arguments, "--folder", str(home)])


def test_a_new_agent_is_sound_once_somebody_hands_over_to_it(home: Path) -> None:
    done = new(home, "night-desk")
    assert done.exit_code == 0
    assert "Nobody hands over to it yet: add night-desk under 'handoffs'" in done.output
    assert f"{home.name}/triage.md:" in done.output
    check = RUN.invoke(app, ["check", "--folder", str(home)])
    assert check.exit_code == 1
    assert "no way leads from 'triage' to 'night-desk'" in check.stderr
    assert len(check.stderr.splitlines()) == 1
    triage = home / "triage.md"
    text = triage.read_text(encoding="utf-8")
    triage.write_text(text.replace("support]", "support, night-desk]"), "utf-8")
    check = RUN.invoke(app, ["check", "--folder", str(home)])
    assert check.output.startswith("5 agents, ")


def test_a_new_agent_is_given_its_callers_by_whom_the_author_names(home: Path) -> None:
    before = (home / "triage.md").read_text(encoding="utf-8").splitlines()
    done = new(home, "billing", "--from", "triage")
    assert "triage hands over to billing now" in done.output
    after = (home / "triage.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in after if line not in before] == [
        "handoffs: [weather, scheduling, support, billing]"
    ]
    assert RUN.invoke(app, ["check", "--folder", str(home)]).exit_code == 0
    card = parse((home / "billing.md").read_bytes(), "billing.md")
    assert {"transfer_to_human", "end_call"} <= set(card.tools)
    assert "get_weather" not in card.tools
    assert card.languages == ("en", "nb")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["Billing"], "'Billing' is no name for an agent: use small letters"),
        (["../billing"], "'../billing' is no name for an agent"),
        (["house-style"], "house-style.md is for what all agents share"),
        (["human"], "by 'transfer_to_human', which is another tool"),
        (["weather"], "There is an agent 'weather' already"),
        (["n" * 53], "is too long: a name has at most 52 characters"),
        (["billing", "--from", "triag"], "no agent 'triag'; did you mean 'triage'?"),
    ],
)
def test_a_name_that_cannot_be_is_refused_and_nothing_is_written(
    home: Path, arguments: list[str], complaint: str
) -> None:
    before = {path.name: path.read_bytes() for path in home.glob("*.md")}
    done = new(home, *arguments)
    assert done.exit_code == 1
    assert complaint in str(done.exception)
    assert {path.name: path.read_bytes() for path in home.glob("*.md")} == before


def test_a_card_that_is_written_in_a_way_of_its_own_is_left_to_its_author(
    home: Path,
) -> None:
    triage = home / "triage.md"
    text = triage.read_text(encoding="utf-8")
    odd = text.replace(
        "[weather, scheduling, support]", "[weather,\n scheduling, support]"
    )
    triage.write_text(odd, encoding="utf-8")
    done = new(home, "billing", "--from", "triage")
    assert "written in a way that only you should change" in str(done.exception)
    assert not (home / "billing.md").exists()


def test_without_a_folder_of_ones_own_there_is_no_place_for_a_card(
    tmp_path: Path,
) -> None:
    done = new(tmp_path / "nowhere", "billing")
    assert (done.exit_code, done.stdout) == (1, "")
    assert "There is no folder" in done.stderr


def test_the_drawing_in_the_documentation_is_of_the_cards_as_they_are(
    tmp_path: Path,
) -> None:
    """Draw it anew with: callcenter agents graph --svg docs/agents.svg."""
    file = tmp_path / "agents.svg"
    done = RUN.invoke(app, ["graph", "--svg", str(file)])
    assert done.output == f"Wrote {file}\n"
    assert file.read_text("utf-8") == (CARDS.parent / "docs/agents.svg").read_text(
        "utf-8"
    )


def test_a_drawing_that_cannot_be_written_says_why(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["graph", "--svg", str(tmp_path)])
    assert done.exit_code == 1
    assert "cannot be written: Is a directory" in done.stderr


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


def test_a_roster_is_drawn_in_one_way_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "agents.svg"
    for options in (["--mermaid", "--dot"], ["--svg", str(file), "--dot"]):
        done = RUN.invoke(app, ["graph", *options])
        assert (done.exit_code, done.stdout) == (1, "")
        assert done.stderr == "Choose one of --svg, --mermaid and --dot.\n"
    assert not file.exists()
    assert RUN.invoke(app, ["graph", "--no-dot"]).exit_code == 2
