"""What a rehearsed call looks like on paper, and that the paper is not out of date."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from callcenter.cli.app import app
from callcenter.demo.conversations import Conversation
from callcenter.demo.markdown import FOREWORD, as_markdown
from callcenter.demo.scripts import SCRIPTS
from callcenter.errors import ConfigurationError
from callcenter.simulator.speech.clips import clip
from callcenter.tools.registry import DEFINITIONS

ON_PAPER = Path(__file__).parents[2] / "docs" / "conversations.md"
SUPPORT = next(script for script in SCRIPTS if script.name == "support")


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"kind": kind, "data": data}


def called(tool: str, arguments: object, output: object, outcome: str) -> list[Any]:
    about = {"tool_call_id": tool, "tool": tool}
    return [
        event("ToolCalled", arguments=json.dumps(arguments), **about),
        event("ToolReturned", outcome=outcome, output=json.dumps(output), **about),
    ]


def written(*events: dict[str, Any]) -> str:
    text = as_markdown([Conversation(SUPPORT, {"events": list(events)})])
    *_, story = text.partition(SUPPORT.shows)
    return story.strip()


def test_a_tool_is_shown_with_its_arguments_and_facts_and_not_what_is_spoken() -> None:
    facts = {"say": "I have.", "code": "K7M4X", "slots": [1, 2, 3, 4], "note": "Do not"}
    assert written(*called("find", {"day": "friday"}, facts, "ok")) == (
        '⚙ `find(day="friday")` → `code: "K7M4X"; slots: [1, 2, 3, 1 more]`'
    )
    assert written(*called("find", {}, {"say": "No."}, "ok")) == "⚙ `find()`"
    assert written(*called("find", {}, {"say": "No."}, "refused")) == (
        "⚙ `find()` → refused"
    )


def test_a_result_is_cut_at_a_word() -> None:
    facts = {f"fact {at}": "word " * 20 for at in range(9)}
    line = written(*called("find", {}, facts, "ok"))
    assert len(line) < 220
    assert line.endswith(" …`")


def test_what_was_not_heard_is_not_written() -> None:
    said = event(
        "AgentSpoke", agent="support", heard="We", generated="We do", latency_ms=512
    )
    assert written(said) == "**Support** (0.5 s): We – *(interrupted)*"


def test_a_call_went_well_only_if_all_was_understood_and_done_and_nothing_else() -> (
    None
):
    call: dict[str, Any] = {
        "turns": [
            {"speaker": "caller", "heard": clip(slug).text} for slug in SUPPORT.says
        ],
        "tool_calls": [{"tool": tool, "outcome": "ok"} for tool in SUPPORT.tools],
        "disposition": SUPPORT.disposition,
    }
    assert Conversation(SUPPORT, call).went_well
    for worse in (
        {"turns": call["turns"][1:]},
        {"tool_calls": [*call["tool_calls"], {"tool": "send_sms", "outcome": "ok"}]},
        {"tool_calls": [{**one, "outcome": "failed"} for one in call["tool_calls"]]},
        {"disposition": "abandoned"},
    ):
        assert not Conversation(SUPPORT, call | worse).went_well


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_the_document_has_each_script_as_it_is_now(script: Any) -> None:
    text = ON_PAPER.read_text(encoding="utf-8")
    assert text.startswith(FOREWORD)
    _, _, story = text.partition(f"## {script.title}\n\n{script.shows}\n")
    lines = story.partition("\n## ")[0].splitlines()
    said = [line for line in lines if line.startswith("**Caller:**")]
    assert said == [f"**Caller:** {clip(slug).text}" for slug in script.says]
    tools = [line.removeprefix("⚙ `") for line in lines if line.startswith("⚙")]
    assert tuple(line.partition("(")[0] for line in tools) == script.tools
    assert set(script.tools) <= set(DEFINITIONS)


def test_the_scripts_callers_do_not_know_of_each_other() -> None:
    assert len({script.number for script in SCRIPTS}) == len(SCRIPTS)


def test_an_unknown_script_is_refused_with_those_there_are() -> None:
    result = CliRunner().invoke(app, ["simulate", "wether"])
    assert isinstance(result.exception, ConfigurationError)
    assert "weather, scheduling, support, person" in str(result.exception)
