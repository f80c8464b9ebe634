"""One agent as the model gets it: its whole prompt, its tools, what they cost."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any, Protocol

from callcenter.domain.card import Card
from callcenter.domain.handover import PARAMETERS
from callcenter.domain.prompt import about_tokens, prompt
from callcenter.domain.roster import Roster, handoff_description, handoff_tool


class Described(Protocol):
    """A tool, as far as the model reads of it."""

    @property
    def description(self) -> str: ...

    @property
    def parameters(self) -> Mapping[str, Any]: ...


def page(
    roster: Roster, card: Card, tools: Mapping[str, Described], language: str = ""
) -> dict[str, Any]:
    """Everything, as JSON can hold it; `language` is what the caller has chosen."""
    instructions = prompt(roster, card.name, language=language)
    schemas = [*_tools(card, tools), *_handoffs(roster, card)]
    return {
        "name": card.name,
        "file": card.file,
        "description": card.description,
        "languages": card.languages,
        "greeting": dict(card.greetings),
        "fillers": dict(card.fillers),
        "topic": card.topic,
        "voice": card.voice,
        "model": {
            key: value
            for key, value in asdict(card.tuning).items()
            if value not in {None, ""}
        },
        "guardrails": card.guardrails,
        "mcp": [asdict(server) for server in card.mcp],
        "handoffs": card.handoffs,
        "tools": card.tools,
        "roster": roster.hash,
        "instructions": instructions,
        "schemas": schemas,
        "about_tokens": {
            "instructions": about_tokens(instructions),
            "schemas": about_tokens(json.dumps(schemas, ensure_ascii=False)),
        },
    }


def printed(told: Mapping[str, Any]) -> Iterator[str]:
    """The same for a person at a terminal, line by line."""
    for key, value in told.items():
        if key not in {"instructions", "schemas", "about_tokens"}:
            yield f"{key:<12} {_short(value)}"
    about = told["about_tokens"]
    yield (
        f"\n── The prompt: about {about['instructions']:,} tokens (estimated, at four "
        "bytes each). What is known of the call follows it: the date, the caller. ──\n"
    )
    yield told["instructions"]
    yield f"\n── The tools: about {about['schemas']:,} tokens ──"
    for schema in told["schemas"]:
        yield f"\n{schema['name']}: {schema['description']}"
        if schema["parameters"].get("properties"):
            yield json.dumps(schema["parameters"], indent=2, ensure_ascii=False)


def _tools(card: Card, tools: Mapping[str, Described]) -> Iterator[dict[str, Any]]:
    for name in card.tools:
        yield _schema(name, tools[name].description, dict(tools[name].parameters))


def _handoffs(roster: Roster, card: Card) -> Iterator[dict[str, Any]]:
    for other in card.handoffs:
        description = handoff_description(roster.card(other))
        yield _schema(handoff_tool(other), description, dict(PARAMETERS))


def _schema(name: str, description: str, parameters: Any) -> dict[str, Any]:  # noqa: ANN401  # JSON Schema
    return {
        "type": "function",
        "name": name,
        "description": description,
        "parameters": parameters,
    }


def _short(value: Any) -> str:  # noqa: ANN401  # whatever a page holds
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_short(each)}" for key, each in value.items()) or "–"
    if isinstance(value, tuple | list):
        return ", ".join(_short(each) for each in value) or "–"
    return str(value) or "–"
