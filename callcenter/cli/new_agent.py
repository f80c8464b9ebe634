"""A new agent's card, written where the others are. Nothing else changes unasked."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from callcenter.cli.starter_card import starter
from callcenter.domain.ids import AgentName
from callcenter.domain.problems import did_you_mean
from callcenter.domain.roster import (
    MAX_TOOL_NAME_CHARACTERS,
    Roster,
    handoff_tool,
    name_flaw,
)
from callcenter.errors import ConfigurationError
from callcenter.tools.roster_files import HOUSE_STYLE, shown
from callcenter.wire.card_edit import CannotEdit, with_handoff


def add(
    name: str, giver: str, folder: Path, roster: Roster, tools: Mapping[str, str]
) -> Iterator[str]:
    """Write the card, and say what was done and what is left to do.

    Raises ConfigurationError, and then nothing has been written.
    """
    flaw = _flaw(name, roster, tools) or _giver_flaw(giver, roster)
    file = folder / f"{name}.md"
    if flaw or file.exists():
        raise ConfigurationError(flaw or f"{shown(file)} exists already.")
    theirs = folder / f"{giver}.md"
    edited = _handing_over(theirs, AgentName(name)) if giver else ""
    _write(file, starter(name, roster))
    yield f"Wrote {shown(file)}: say there what the agent knows."
    if giver:
        _write(theirs, edited)
        yield f"{giver} hands over to {name} now ({shown(theirs)})."
    else:
        card = roster.card(roster.entry)
        yield (
            f"Nobody hands over to it yet: add {name} under 'handoffs' in another "
            f"card, such as {card.file}:{card.line_of('handoffs') or 1}."
        )
    yield "Then: callcenter agents check"


def _flaw(name: str, roster: Roster, tools: Mapping[str, str]) -> str:
    if flaw := name_flaw(name):
        return f"{flaw}."
    if f"{name}.md" == HOUSE_STYLE:
        return f"{HOUSE_STYLE} is for what all agents share."
    tool = handoff_tool(name)
    if len(tool) > MAX_TOOL_NAME_CHARACTERS:
        most = MAX_TOOL_NAME_CHARACTERS - len(handoff_tool(""))
        return f"'{name}' is too long: a name has at most {most} characters."
    if tool in tools:
        return f"'{name}' would be handed over to by '{tool}', which is another tool."
    if tool in {handoff_tool(card.name) for card in roster.cards}:
        return f"There is an agent '{name}' already, or one that sounds the same."
    return ""


def _giver_flaw(giver: str, roster: Roster) -> str:
    names = [str(card.name) for card in roster.cards]
    if giver and giver not in names:
        return f"There is no agent '{giver}'{did_you_mean(giver, names)}"
    return ""


def _handing_over(file: Path, name: AgentName) -> str:
    try:
        return with_handoff(file.read_text(encoding="utf-8"), shown(file), name)
    except CannotEdit as error:
        raise ConfigurationError(
            f"{error} is written in a way that only you should change: add {name} "
            "under its 'handoffs', after running this without --from."
        ) from error


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(
            f"{shown(file)} cannot be written: {error.strerror}"
        ) from error
