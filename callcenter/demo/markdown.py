"""Rehearsed calls as Markdown, from nothing but what is in the database."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from callcenter.demo.conversations import Conversation

FOREWORD: Final = """\
# Conversations

Nobody wrote these. `callcenter simulate --write docs/conversations.md` placed each \
call over the two simulators, with real sound: a recorded caller, a recogniser, a \
voice, and between them the whole server, its agents' cards, its tools and its \
database. What stands here was read from that database afterwards. The simulated \
model is a rule-based brain, no language model: yours will speak better. What it is \
offered, what it may do, and what the tools answer is the same.

*⚙* is a tool with its arguments, and what came back beside the words to say. *⇢* is \
a handoff, with the note that the next agent gets. Seconds are from the end of the \
caller's words to the first sound of the answer. Before the first words, a recording \
greets the caller and says that this is an AI."""

MOST_CHARACTERS: Final = 180
"""Of a tool's result: one line and a half."""
WORD_CHARACTERS: Final = 48
LISTED: Final = 3
"""Of a list in a result; the rest is counted."""

LEFT_OUT: Final = frozenset({"say", "note", "how", "text"})
"""What is spoken anyway, or meant for the model."""

Data = Mapping[str, Any]


def as_markdown(conversations: Iterable[Conversation]) -> str:
    """One document, with a heading for each call."""
    parts = [FOREWORD]
    for one in conversations:
        parts += [f"## {one.script.title}", one.script.shows, *_lines(one.call)]
    return "\n\n".join(parts) + "\n"


def _lines(call: Data) -> Iterator[str]:
    returned = {
        event["data"]["tool_call_id"]: event["data"]
        for event in call["events"]
        if event["kind"] == "ToolReturned"
    }
    for event in call["events"]:
        if line := _line(event["kind"], event["data"], returned):
            yield line


def _line(  # noqa: C901, PLR0911, PLR0912  # a case a fact
    kind: str, data: Data, returned: Data
) -> str:
    match kind:
        case "CallerSpoke":
            return f"**Caller:** {data['text'] or '(not understood)'}"
        case "AgentSpoke":
            return f"**{data['agent'].title()}**{_after(data)}: {_heard(data)}"
        case "ToolCalled":
            called = f"{data['tool']}({_arguments(data['arguments'])})"
            return f"⚙ `{called}`{_result(returned.get(data['tool_call_id']))}"
        case "AgentHandedOff":
            why = f"why: “{data['reason']}”" if data["reason"] else "without a note"
            known = f"; known: “{data['known']}”" if data["known"] else ""
            return f"⇢ *{data['from_agent']} → {data['to_agent']}*, {why}{known}"
        case "CallEscalated":
            return f"⇡ *to a person* ({data['topic']})"
        case "OperatorCalled":
            return f"☎ *{data['operator']}'s telephone rings*"
        case "OperatorBriefed":
            return f"**To the operator alone:** {data['briefing']}"
        case "OperatorAnswered":
            return "✓ *the operator pressed 1*"
        case "CallerJoined":
            return "✓ *caller and operator are talking*"
        case "CallEnded":
            return f"■ *{data['disposition']}: {data['reason']}*"
        case _:
            return ""


def _after(data: Data) -> str:
    latency_ms = data["latency_ms"]
    return "" if latency_ms is None else f" ({latency_ms / 1000:.1f} s)"


def _heard(data: Data) -> str:
    cut = "" if data["heard"] == data["generated"] else " – *(interrupted)*"
    return f"{data['heard']}{cut}"


def _arguments(text: str) -> str:
    given: Data = json.loads(text)
    return ", ".join(f"{name}={_short(value)}" for name, value in given.items())


def _result(returned: Data | None) -> str:
    if returned is None:
        return " → nobody waited for it"
    failed = "" if returned["outcome"] == "ok" else f" {returned['outcome']}"
    result: Data = json.loads(returned["output"])
    facts = [
        f"{name}: {_short(value)}"
        for name, value in result.items()
        if name not in LEFT_OUT
    ]
    told = "; ".join(facts)
    if len(told) > MOST_CHARACTERS:
        told = f"{told[:MOST_CHARACTERS].rsplit(' ', 1)[0]} …"
    shown = f" `{told}`" if told else ""
    return f" →{failed}{shown}" if failed or shown else ""


def _short(value: object) -> str:
    match value:
        case str() if len(value) > WORD_CHARACTERS:
            return f'"{value[:WORD_CHARACTERS].rsplit(" ", 1)[0]} …"'
        case dict():
            inner = {k: v for k, v in value.items() if k not in LEFT_OUT}
            return f"{{{', '.join(f'{k}: {_short(v)}' for k, v in inner.items())}}}"
        case list():
            more = f", {len(value) - LISTED} more" * (len(value) > LISTED)
            return f"[{', '.join(map(_short, value[:LISTED]))}{more}]"
        case _:
            return json.dumps(value, ensure_ascii=False)
