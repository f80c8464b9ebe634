import json
import re
from pathlib import Path

import pytest

from callcenter.errors import ConfigurationError
from callcenter.tools.registry import descriptions, fillers, toolbox
from callcenter.tools.roster_files import load_roster, read_roster
from callcenter.wire.cards import parse, render
from callcenter.wire.front_matter import FENCE, split
from tests.tools.fakes import House

CARDS = Path(__file__).parents[2] / "agents"
ODD_TOOL = "there is no tool 'get_wether'; did you mean 'get_weather'?"
TOOLS = {"get_weather": "Weather."}


def write(folder: Path, **cards: str) -> Path:
    for name, text in cards.items():
        (folder / f"{name.replace('_', '-')}.md").write_text(text, encoding="utf-8")
    return folder


def card(*lines: str) -> str:
    return "\n".join(["---", "description: Somebody.", *lines, "---", "Be brief."])


def test_the_folder_is_read_as_one_roster(tmp_path: Path) -> None:
    write(
        tmp_path,
        triage=card("handoffs: [weather]"),
        weather=card("tools: [get_weather]"),
        house_style="Be kind.\r\n",
    )
    (tmp_path / "knowledge").mkdir()
    write(tmp_path / "knowledge", hours="# Hours\nNine to five.")
    roster = load_roster(tmp_path, "triage", TOOLS)
    assert [str(c.name) for c in roster.cards] == ["triage", "weather"]
    assert roster.instructions("weather") == "Be kind.\n\nBe brief."


def test_all_problems_come_at_once_each_on_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "agents"
    folder.mkdir()
    write(
        folder,
        triage=card("handoffs: [weather, wether]"),
        weather=card("voice: marin", "tool: [get_weather]"),
        support=card("tools: [get_wether]"),
    )
    with pytest.raises(ConfigurationError) as wrong:
        load_roster(folder, "triage", TOOLS)
    assert str(wrong.value).splitlines() == [
        "agents/weather.md:4: unknown key 'tool'; did you mean 'tools'?",
        f"agents/support.md:3: {ODD_TOOL}",
        "agents/triage.md:3: there is no agent 'wether'",
    ]


def test_a_card_that_cannot_be_read_does_not_accuse_its_friends(tmp_path: Path) -> None:
    write(tmp_path, triage=card("handoffs: [weather]"), weather="Nothing.")
    _, problems = read_roster(tmp_path, "triage", TOOLS)
    assert len(problems) == 1
    assert problems[0].text.startswith("begins without front matter")


def test_a_warning_does_not_stop_the_house(tmp_path: Path) -> None:
    write(
        tmp_path,
        triage=card("handoffs: [weather]"),
        weather=card("model: {speed: 1.2}"),
    )
    assert load_roster(tmp_path, "triage", TOOLS).card("weather").tuning.speed == 1.2
    _, problems = read_roster(tmp_path, "triage", TOOLS)
    assert [problem.warning for problem in problems] == [True]


def test_a_folder_without_cards_says_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ConfigurationError, match="there are no agents' cards here"):
            load_roster(folder, "triage", TOOLS)


def test_what_cannot_be_opened_is_a_problem_too(tmp_path: Path) -> None:
    write(tmp_path, triage=card())
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(ConfigurationError, match=r"folder\.md: cannot be read: "):
        load_roster(tmp_path, "triage", TOOLS)
    (tmp_path / "folder.md").rmdir()
    (tmp_path / "house-style.md").write_bytes(b"\xff")
    with pytest.raises(ConfigurationError, match=r"house-style\.md:1: is not UTF-8"):
        load_roster(tmp_path, "triage", TOOLS)


def test_the_house_s_own_cards_are_sound() -> None:
    roster, problems = read_roster(CARDS, "triage", descriptions())
    assert problems == []
    assert {str(c.name) for c in roster.cards} == {
        *("triage", "weather", "scheduling", "support"),
    }
    assert roster.card("triage").greeting.startswith("Hello, you have reached Fjord")


def test_every_agent_can_reach_a_human_and_has_what_follows_if_none_answers() -> None:
    """Whoever escalated gets the caller back, with a message or callback to offer."""
    needed = {"transfer_to_human", "take_message", "request_callback", "end_call"}
    for each in load_roster(CARDS, "triage", descriptions()).cards:
        assert needed <= set(each.tools), each.name


def test_every_tool_has_an_agent_and_every_name_in_a_card_is_its_own() -> None:
    """An agent that is told of a tool it does not have would call it: dead air."""
    roster = load_roster(CARDS, "triage", descriptions())
    cards, tools = roster.cards, toolbox(House().desk)
    assert {tool for each in cards for tool in each.tools} == set(descriptions())
    for each in cards:
        told = set(
            re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", roster.instructions(each.name))
        )
        schemas = [tools[name].parameters["properties"] for name in each.tools]
        arguments = {argument for schema in schemas for argument in schema}
        assert told <= set(each.tools) | arguments, each.name


def test_the_house_s_own_cards_survive_being_written_again() -> None:
    for each in load_roster(CARDS, "triage", descriptions()).cards:
        assert parse(render(each), f"{each.name}.md") == each


def test_every_article_has_a_title_and_headed_passages() -> None:
    articles = sorted((CARDS / "knowledge").glob("*.md"))
    assert len(articles) == 8
    for article in articles:
        whole = article.read_text(encoding="utf-8")
        text = split(whole, article.name)[1] if whole.startswith(FENCE) else whole
        assert text.startswith("# "), article.name
        passages = text.split("\n## ")[1:]
        assert len(passages) >= 4, article.name
        assert all(len(passage) < 700 for passage in passages), article.name
        assert "http" not in text
        assert "@" not in text


def test_every_tool_fits_what_the_api_takes() -> None:
    for name, tool in toolbox(House().desk).items():
        assert re.fullmatch(r"[a-z_]{1,64}", name)
        assert 20 < len(tool.description) <= 1024
        assert len(json.dumps(tool.parameters)) < 1500
        for about in tool.parameters["properties"].values():
            assert about["description"]


def test_every_filler_belongs_to_a_tool() -> None:
    assert set(fillers()) <= set(descriptions())
    assert "get_weather" in fillers()
