"""Agents' cards, both ways: Markdown with YAML front matter.

    ---
    description: Weather now and in the days to come, anywhere.
    tools: [get_weather]
    handoffs: [triage]
    ---
    You are the weather specialist …

What is wrong is said with its file and line, all at once.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import PurePath
from typing import Any, Final

import yaml

from callcenter.domain.card import ONLY_ENGLISH, Card
from callcenter.domain.ids import AgentName
from callcenter.wire import card_values as read
from callcenter.wire.front_matter import FENCE, BadCard, Reading, split, text_of


@dataclass(frozen=True, slots=True)
class Key:
    """One key of the front matter: its field of Card, its reader, its writer."""

    field: str
    read: read.Reader
    write: Callable[[Card], Any]
    """What the file says; left out when it is empty."""


def _languages(card: Card) -> list[str]:
    return [] if card.languages == ONLY_ENGLISH else list(card.languages)


def _spoken(card: Card, words: Mapping[str, Any]) -> Any:  # noqa: ANN401  # YAML's
    """Without a language, when it is the first and the only one."""
    plain = {
        tag: list(said) if isinstance(said, tuple) else said
        for tag, said in words.items()
    }
    return plain[card.language] if list(plain) == [card.language] else plain


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value not in {None, "", ()}
    }


KEYS: Final[Mapping[str, Key]] = {
    "description": Key("description", read.text, lambda card: card.description),
    "voice": Key("voice", read.text, lambda card: card.voice),
    "topic": Key("topic", read.text, lambda card: card.topic),
    "languages": Key("languages", read.languages, _languages),
    "language_menu": Key(
        "language_menu", read.yes_or_no, lambda card: card.language_menu
    ),
    "greeting": Key(
        "greetings", read.spoken(read.text), lambda card: _spoken(card, card.greetings)
    ),
    "tools": Key("tools", read.words, lambda card: list(card.tools)),
    "handoffs": Key("handoffs", read.words, lambda card: list(card.handoffs)),
    "fillers": Key(
        "fillers", read.spoken(read.words), lambda card: _spoken(card, card.fillers)
    ),
    "model": Key("tuning", read.tuning, lambda card: _filled(asdict(card.tuning))),
    "guardrails": Key(
        "guardrails", read.guardrails, lambda card: list(card.guardrails)
    ),
    "mcp": Key(
        "mcp", read.servers, lambda card: [_filled(asdict(s)) for s in card.mcp]
    ),
}


def parse(written: bytes | str, file: str) -> Card:
    """Read one file; `file` is how messages call it, and its stem is the agent's name.

    Raises BadCard.
    """
    front, body, body_line = split(text_of(written, file), file)
    reading = Reading(file)
    values = _values(reading, front)
    if "languages" not in reading.broken:
        _settle_languages(reading, values)
    if "description" not in {*reading.lines, *reading.broken}:
        reading.problem(1, "needs a 'description': when should others hand over here?")
    if not body:
        reading.problem(body_line, "says nothing below its front matter: instructions?")
    if reading.problems:
        raise BadCard(reading.problems)
    name = AgentName(PurePath(file).stem)
    return Card(name=name, instructions=body, file=file, lines=reading.lines, **values)


def _values(reading: Reading, front: str) -> dict[str, Any]:
    """What the keys say. Raises BadCard when there are no keys to be seen."""
    root = reading.compose(front)
    values: dict[str, Any] = {}
    for name, node in reading.entries("", root, KEYS) if root else ():
        before = len(reading.problems)
        value = KEYS[name].read(reading, name, node)
        if len(reading.problems) > before:
            reading.broken.add(name)
        if value is not None:
            values[KEYS[name].field] = value
    if reading.problems and not isinstance(root, yaml.MappingNode):
        raise BadCard(reading.problems)
    return values


def render(card: Card) -> str:
    """The file that reads back as this card."""
    front = {name: key.write(card) for name, key in KEYS.items()}
    settings = yaml.safe_dump(
        {name: value for name, value in front.items() if value},
        allow_unicode=True,
        default_flow_style=None,
        sort_keys=False,
        width=float("inf"),
    )
    return f"{FENCE}\n{settings}{FENCE}\n\n{card.instructions}\n"


def _settle_languages(reading: Reading, values: dict[str, Any]) -> None:
    """Words without a language are in the first; others in one that is declared."""
    declared = values.get("languages") or ONLY_ENGLISH
    for key in ("greeting", "fillers"):
        words = values.get(KEYS[key].field, {})
        if read.FIRST in words:
            words[declared[0]] = words.pop(read.FIRST)
        for tag in words:
            if tag not in declared:
                told = f"'{key}' speaks '{tag}', which 'languages' does not name"
                reading.problem(reading.lines[f"{key}:{tag}"], told)
