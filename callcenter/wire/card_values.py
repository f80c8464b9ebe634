"""Readers of a card's values: each turns one YAML node into one typed value.

They note what is wrong with the reading, on its line, and then return None.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import yaml

from callcenter.domain.guardrails import GUARDRAILS
from callcenter.domain.languages import LANGUAGES, language_meant
from callcenter.domain.mcp import McpServer
from callcenter.domain.problems import did_you_mean
from callcenter.domain.tuning import (
    EAGERNESS,
    EFFORTS,
    FASTEST,
    LONGEST_SILENCE_MS,
    MAX_OUTPUT_TOKENS,
    NO_LONGER,
    NOISE_REDUCTIONS,
    SLOWEST,
    TURN_DETECTIONS,
    Tuning,
)
from callcenter.wire.front_matter import Reading, line_of

Reader: TypeAlias = Callable[[Reading, str, yaml.Node], Any]

FIRST: Final = ""
"""The language of words that are written without one: the card's first."""

_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?(e[-+]?[0-9]+)?", re.IGNORECASE)
_SERVER_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,32}")
_BOOLEANS: Final = {"true": True, "yes": True, "false": False, "no": False}


def text(reading: Reading, what: str, node: yaml.Node) -> str | None:
    return reading.text(what, node)


def words(reading: Reading, what: str, node: yaml.Node) -> tuple[str, ...]:
    return reading.words(what, node)


def yes_or_no(reading: Reading, what: str, node: yaml.Node) -> bool | None:
    written = reading.text(what, node)
    if written is None or written in _BOOLEANS:
        return _BOOLEANS.get(written or "")
    reading.problem(line_of(node), f"'{what}' should be true or false")
    return None


def one_of(choices: tuple[str, ...]) -> Reader:
    """A reader of one of these words."""

    def read(reading: Reading, what: str, node: yaml.Node) -> str | None:
        written = reading.text(what, node)
        if written is None or written in choices:
            return written
        hint = did_you_mean(written, choices) or f": {', '.join(choices)}"
        reading.problem(line_of(node), f"'{what}' cannot be '{written}'{hint}")
        return None

    return read


def number(least: float, most: float) -> Reader:
    """A reader of a number between these, or equal to one of them."""

    def read(reading: Reading, what: str, node: yaml.Node) -> float | None:
        written = reading.text(what, node)
        if written is None:
            return None
        if _NUMBER.fullmatch(written) and least <= float(written) <= most:
            return float(written)
        told = f"'{what}' should be a number from {least:g} to {most:g}"
        reading.problem(line_of(node), f"{told}, not '{written}'")
        return None

    return read


def whole(least: int, most: int) -> Reader:
    """A reader of a whole number between these, or equal to one of them."""
    exact = number(least, most)

    def read(reading: Reading, what: str, node: yaml.Node) -> int | None:
        value = exact(reading, what, node)
        if value is None or value.is_integer():
            return None if value is None else int(value)
        reading.problem(line_of(node), f"'{what}' should be a whole number")
        return None

    return read


def names_of(known: Mapping[str, Any], kind: str) -> Reader:
    """A reader of a list of known names."""

    def read(reading: Reading, what: str, node: yaml.Node) -> tuple[str, ...]:
        found = reading.words(what, node)
        for name in found:
            if name not in known:
                hint = did_you_mean(name, known)
                told = f"there is no {kind} '{name}'{hint}"
                reading.problem(reading.lines[f"{what}:{name}"], told)
        return found

    return read


guardrails: Final = names_of(GUARDRAILS, "guardrail")


def languages(reading: Reading, what: str, node: yaml.Node) -> tuple[str, ...] | None:
    """Tags of known languages, one at least."""
    tags = reading.words(what, node)
    for tag in tags:
        if tag not in LANGUAGES:
            told = f"there is no language '{tag}'{language_meant(tag)}"
            reading.problem(reading.lines[f"{what}:{tag}"], told)
    if isinstance(node, yaml.SequenceNode) and not node.value:
        reading.problem(line_of(node), f"'{what}' is empty: name one at least")
        return None
    return tags


def spoken(value: Reader) -> Reader:
    """A reader of a value in the first language, or of one for each language."""

    def read(reading: Reading, what: str, node: yaml.Node) -> dict[str, Any]:
        if not isinstance(node, yaml.MappingNode):
            return _kept({FIRST: value(reading, what, node)})
        return _kept(
            {
                tag: value(reading, f"{what}:{tag}", each)
                for tag, each in reading.entries(what, node, LANGUAGES)
            }
        )

    return read


def _kept(values: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value}


TUNING: Final[Mapping[str, Reader]] = {
    "turn_detection": one_of(TURN_DETECTIONS),
    "eagerness": one_of(EAGERNESS),
    "threshold": number(0, 1),
    "silence_ms": whole(1, LONGEST_SILENCE_MS),
    "padding_ms": whole(0, LONGEST_SILENCE_MS),
    "noise_reduction": one_of(NOISE_REDUCTIONS),
    "max_output_tokens": whole(1, MAX_OUTPUT_TOKENS),
    "speed": number(SLOWEST, FASTEST),
    "reasoning": one_of(EFFORTS),
}


def tuning(reading: Reading, what: str, node: yaml.Node) -> Tuning | None:
    """The model's settings, typed, in range, and fit for one another."""
    values = {
        key: TUNING[key](reading, key, value)
        for key, value in reading.entries(what, node, (*TUNING, *NO_LONGER))
        if _exists(reading, what, key)
    }
    detection = values.get("turn_detection", "")
    if detection is None or f"{what}:turn_detection" in reading.broken:
        return None
    by_loudness = detection == "server_vad"
    fitting = ("threshold", "silence_ms", "padding_ms")
    for key in ("eagerness",) if by_loudness else fitting:
        if key in values:
            needed = "semantic_vad" if by_loudness else "server_vad"
            told = f"'{key}' needs 'turn_detection: {needed}'"
            reading.problem(reading.lines[f"{what}:{key}"], told)
    return Tuning(**{key: value for key, value in values.items() if value is not None})


def _exists(reading: Reading, what: str, key: str) -> bool:
    if key in NO_LONGER:
        told = f"the Realtime API has no '{key}': leave it out"
        reading.problem(reading.lines[f"{what}:{key}"], told)
    return key not in NO_LONGER


SERVER: Final[Mapping[str, Reader]] = {
    "name": text,
    "url": text,
    "command": words,
    "tools": words,
    "headers": words,
}


def servers(reading: Reading, what: str, node: yaml.Node) -> tuple[McpServer, ...]:
    """MCP servers, each under a name of its own."""
    found: dict[str, McpServer] = {}
    for item in reading.items(what, node):
        line = line_of(item)
        server = _server(reading, what, item)
        if server is None:
            continue
        if server.name in found:
            reading.problem(line, f"'{server.name}' stands twice under '{what}'")
        found[server.name] = server
        reading.lines[f"{what}:{server.name}"] = line
    return tuple(found.values())


def _server(reading: Reading, what: str, node: yaml.Node) -> McpServer | None:
    values = {
        key: SERVER[key](reading, key, value)
        for key, value in reading.entries(what, node, SERVER)
    }
    if not isinstance(node, yaml.MappingNode) or None in values.values():
        return None  # the problem has been noted
    server = McpServer(**{"name": "", **values})
    if flaw := _flaw(server):
        reading.problem(line_of(node), flaw)
        return None
    return server


def _flaw(server: McpServer) -> str:
    if not _SERVER_NAME.fullmatch(server.name):
        return "an MCP server needs a 'name' of letters, digits, '-' and '_'"
    if bool(server.url) == bool(server.command):
        return f"MCP server '{server.name}' needs either a 'url' or a 'command'"
    if server.url and not server.url.startswith(("https://", "http://")):
        return f"MCP server '{server.name}' needs a 'url' like https://example.com/mcp"
    return f"MCP server '{server.name}': {flaw}" if (flaw := server.flaw()) else ""
