"""Calls as a person reads them on a terminal."""

import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import TextIOWrapper
from typing import Any, Final, TypeAlias

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from callcenter.domain.callbacks import Direction
from callcenter.domain.events import CallEnded, CallResumed, SessionLost
from callcenter.domain.transcript import Speaker

Plain: TypeAlias = Mapping[str, Any]
"""One object of callcenter.storage.history."""

_CONTROL: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""A caller's words could otherwise move the cursor, or turn the line round."""

_STYLES: Final = {
    "resolved": "green",
    "escalated": "green",
    "callback": "yellow",
    "voicemail": "yellow",
    "abandoned": "yellow",
    "failed": "red",
    "spam": "red",
}

_TOLD: Final = {
    SessionLost.__name__: "model lost",
    CallResumed.__name__: "resumed",
    CallEnded.__name__: "end",
}
"""Facts with a reason that explains a silence or an end."""

Dated: TypeAlias = tuple[str, Text, Text]
"""When (as History has it), who, what."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened."""

    at_s: float
    who: Text
    what: Text


def console() -> Console:
    """The terminal, or the file in its place; it takes any character."""
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    # Tracebacks, emoji codes and highlighting would be read into the callers' words.
    return Console(markup=False, emoji=False, highlight=False)


def table_of(calls: Sequence[Plain]) -> Table:
    """The calls, a line each; 80 columns are enough, and ids are whole in fewer.

    Who talked is in `show`: here there is no room for it.
    """
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for heading in ("when", "caller", "lasted", "how it ended", "id"):
        # Where it is narrow, rich takes the room from the columns that could wrap.
        wraps = heading in {"caller", "how it ended"}
        table.add_column(_cut(Text(heading)), no_wrap=not wraps)
    for call in calls:
        table.add_row(
            clean(f"{_moment(call['started_at']):%Y-%m-%d %H:%M}"),
            _cut(_caller(call)),
            clean("" if call["ended_at"] is None else _clock(_seconds(call))),
            _cut(_ending(call)),
            clean(call["id"], "dim"),
        )
    return table


def _caller(call: Plain) -> Text:
    """Who called; an arrow where it was we."""
    arrow = "→ " if call.get("direction") == Direction.OUTBOUND else ""
    return clean(f"{arrow}{call['caller_number'] or 'unknown'}")


def story_of(call: Plain) -> RenderableType:
    """One call: who and when, then everything in the order of its time."""
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(justify="right", style="dim", no_wrap=True)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for line in sorted(_lines(call), key=lambda line: line.at_s):
        grid.add_row(_clock(line.at_s), line.who, line.what)
    return Group(_header(call), Text(), grid)


def _header(call: Plain) -> Text:
    caller = clean(call["caller_number"] or "unknown", "bold")
    when = f"{_moment(call['started_at']):%A %d %B %Y, %H:%M:%S %Z}"
    return Text("\n").join(
        [
            _who_called(caller, call),
            Text.assemble(when, ", ", _lasted(call), ", ", _ending(call)),
            clean(f"{call['id']}  {call['call_sid']}", "dim"),
        ]
    )


def _who_called(caller: Text, call: Plain) -> Text:
    other = clean(call["called_number"])
    if call.get("direction") == Direction.OUTBOUND:
        earlier = (call.get("called_back") or {}).get("earlier", "")
        back = clean(f" back, as {earlier} had wished" if earlier else "")
        return Text.assemble(other, " called ", caller, back)
    return Text.assemble(caller, " called ", other)


def _lines(call: Plain) -> Iterator[Line]:
    began = _moment(call["started_at"])
    for turn in call["turns"]:
        yield _turn(turn)
    for at, who, what in (*_work(call), *_escalations(call), *_notes(call)):
        yield Line((_moment(at) - began).total_seconds(), who, what)


def _work(call: Plain) -> Iterator[Dated]:
    for handoff in call["handoffs"]:
        why = f": {handoff['reason']}" if handoff["reason"] else ""
        to = clean(f"to {handoff['to_agent']}{why}", "cyan")
        yield handoff["at"], clean(handoff["from_agent"], "dim"), to
    for tool in call["tool_calls"]:
        yield tool["at"], clean(tool["agent"], "dim"), _tool(tool)


def _escalations(call: Plain) -> Iterator[Dated]:
    for escalation in call["escalations"]:
        agent = clean(escalation["agent"], "dim")
        yield escalation["at"], agent, _escalation(escalation)
        for attempt in escalation["attempts"]:
            operator = clean(attempt["operator"], "magenta")
            yield attempt["started_at"], operator, _attempt(attempt)


def _notes(call: Plain) -> Iterator[Dated]:
    for message in call["messages"]:
        yield message["at"], _note("message"), clean(message["text"])
    for callback in call["callbacks"]:
        state = f"  ({_words(callback['state'])})" if callback.get("state") else ""
        wanted = clean(f"{callback['when']}: {callback['reason']}{state}")
        yield callback["at"], _note("call back"), wanted
    for voicemail in call["voicemails"]:
        text = clean(voicemail["text"] or "(not written down)")
        length = f"voicemail ({_length(voicemail['seconds'])})"
        yield voicemail["at"], _note(length), text
    for event in call["events"]:
        if event["kind"] in _TOLD:
            what = clean(event["data"]["reason"], "dim")
            yield event["at"], _note(_TOLD[event["kind"]]), what


def _turn(turn: Plain) -> Line:
    at_s = turn["began_ms"] / 1000
    if turn["speaker"] == Speaker.CALLER:
        said = turn["heard"]
        nothing = Text("(could not be understood)", "dim")
        what = nothing if said is None else clean(said)
        return Line(at_s, Text("caller", "bold"), what)
    return Line(at_s, clean(turn["agent"] or "agent", "bold cyan"), _spoken(turn))


def _spoken(turn: Plain) -> Text:
    """What was heard; and, struck through, what the caller did not let it say."""
    heard, generated = turn["heard"] or "", turn["generated"] or ""
    unheard = generated[len(heard) :] if generated.startswith(heard) else ""
    if not unheard.strip():
        return clean(heard)
    lost = clean(unheard.strip(), "dim strike")
    return Text.assemble(
        clean(heard.rstrip()), ("  (not heard: ", "dim"), lost, (")", "dim")
    )


def _tool(tool: Plain) -> Text:
    called = clean(f"{tool['tool']} {tool['arguments'] or ''}", "yellow")
    if tool["outcome"] is None:
        return Text.assemble(called, ("  (no answer yet)", "dim"))
    how = "" if tool["outcome"] == "ok" else f"{_words(tool['outcome'])}: "
    took = f"  ({tool['took_ms'] / 1000:.1f} s)"
    return Text.assemble(
        called, "\n", (how, "red"), clean(_answer(tool["output"] or "")), (took, "dim")
    )


def _escalation(escalation: Plain) -> Text:
    asked = f"asks for an operator ({escalation['topic']}): {escalation['reason']}"
    outcome = escalation["outcome"] or "still looking"
    return Text.assemble(clean(asked), (f"  ({_words(outcome)})", "dim"))


def _attempt(attempt: Plain) -> Text:
    outcome = _words(attempt["outcome"] or "ringing")
    style = "green" if attempt["outcome"] == "accepted" else "yellow"
    told = Text(outcome, style)
    if attempt["talked_s"] is not None:
        told.append(f", talked for {_length(attempt['talked_s'])}")
    if attempt["briefing"]:
        told.append("\ntold: ", "dim").append_text(clean(attempt["briefing"], "dim"))
    return told


def _ending(call: Plain) -> Text:
    ending = call["disposition"]
    if ending is None:
        return Text(f"live ({_words(call['phase'])})", "bold green")
    return clean(_words(ending), _STYLES.get(ending, ""))


def _lasted(call: Plain) -> str:
    if call["ended_at"] is None:
        return "still on"
    return _length(_seconds(call))


def _seconds(call: Plain) -> int:
    lasted = _moment(call["ended_at"]) - _moment(call["started_at"])
    return round(lasted.total_seconds())


def _length(seconds: int) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _clock(seconds: float) -> str:
    minutes, rest = divmod(max(0, int(seconds)), 60)
    return f"{minutes}:{rest:02}"


def _moment(text: str) -> datetime:
    """In the reader's own time zone."""
    return datetime.fromisoformat(text).astimezone()


def _words(name: str) -> str:
    return name.replace("_", " ")


def _note(what: str) -> Text:
    return Text(what, "dim")


def _answer(output: str) -> str:
    """What a tool's answer comes to: its sentence; all of it is in --json."""
    try:
        answer = json.loads(output)
    except ValueError:
        return output
    if not isinstance(answer, dict):
        return output
    return str(answer.get("say") or answer.get("error") or output)


def _cut(cell: Text) -> Text:
    """Shortened rather than wrapped."""
    cell.no_wrap, cell.overflow = True, "ellipsis"
    return cell


def clean(text: str, style: str = "") -> Text:
    return Text(_CONTROL.sub("\ufffd", text), style)
