"""Tools of MCP servers, with the manners of ours: a time-out, words for every failure.

They are an agent's own: its card names the server. What a server says is told to the
model and bounded; it is never trusted to fit the Realtime API.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any, Final, Protocol

import structlog
from pydantic import RootModel

from callcenter.domain.card import Card
from callcenter.domain.mcp import Came, McpServer, Offer, Reply
from callcenter.domain.roster import (
    MAX_DESCRIPTION_CHARACTERS,
    MAX_TOOL_NAME_CHARACTERS,
    handoff_tool,
)
from callcenter.domain.tool import Tool
from callcenter.tools.definition import Answer, Sorry, ToolDefinition, Unsure
from callcenter.tools.desk import Desk
from callcenter.tools.mcp_schema import fault

ANSWER_SECONDS: Final = 8.0
FILLER: Final = "One moment, please."

MOST_TOOLS: Final = 32
"""Of one server: the model pays for each of them, in every session."""

MAX_SCHEMA_CHARACTERS: Final = 8_000
MAX_ANSWER_CHARACTERS: Final = 3_000
"""The rest would not be listened to; see callcenter.tools.outputs."""

NOT_WORKING: Final = (
    "This is not working just now. Do not invent a result. Say so, and offer to take a "
    "message, or transfer_to_human. It may work again in some minutes."
)
NOT_WORKING_SAY: Final = "I am sorry, that is not working just now."
PERHAPS: Final = (
    "There was no answer: it may or may not have been done. Do not invent a result and "
    "do not try again. Tell the caller so; offer take_message or transfer_to_human."
)

_NAME: Final = re.compile(rf"[A-Za-z0-9_-]{{1,{MAX_TOOL_NAME_CHARACTERS}}}")
_SCHEMA_KEYS: Final = (
    "type",
    "properties",
    "required",
    "additionalProperties",
    "$defs",
)
"""What the Realtime API takes at the top: with anything else the session is refused."""

logger = structlog.get_logger(__name__)


class Anything(RootModel[dict[str, Any]]):
    """The server knows what its tools take; here it is one JSON object."""


class Connection(Protocol):
    """One server; see callcenter.realtime.mcp."""

    @property
    def offers(self) -> Sequence[Offer]: ...

    async def ask(self, tool: str, arguments: Mapping[str, Any]) -> Reply:
        """Never raises."""
        ...


class Connections(Protocol):
    """All servers; see callcenter.realtime.mcp_servers."""

    def connection_of(self, server: McpServer) -> Connection | None: ...


def mcp_tools(
    cards: Iterable[Card], connections: Connections, ours: Iterable[str], desk: Desk
) -> dict[str, Tool]:
    """Every card's tools from MCP servers, each for that agent alone.

    `ours` are names that are taken. The keys of the result are nobody's names.
    """
    cards, ours = tuple(cards), tuple(ours)
    taken = {*ours, *(handoff_tool(card.name) for card in cards)}
    return {
        f"{card.name}/{definition.name}": replace(
            definition.bind(desk), agents=(card.name,)
        )
        for card in cards
        for definition in _of_card(card, connections, taken)
    }


def _of_card(
    card: Card, connections: Connections, taken: Iterable[str]
) -> Iterator[ToolDefinition]:
    names = set(taken)
    for server in card.mcp:
        connection = connections.connection_of(server)
        for offer in _allowed(server, connection):
            name = offer.name
            if name in names:
                name = f"{server.name}_{name}"
            if problem := _problem(name, offer, names):
                logger.warning(
                    "mcp_tool_refused", server=server.name, tool=name, why=problem
                )
                continue
            names.add(name)
            yield _definition(name, offer, connection)


def _allowed(server: McpServer, connection: Connection | None) -> list[Offer]:
    """What the card lets through.

    A tool that the card names is there even before its server ever was: to say that it
    does not work is better than not to know it.
    """
    offers = {offer.name: offer for offer in (connection.offers if connection else ())}
    if server.tools:
        absent = not offers
        return [
            offers.get(name, Offer(name))
            for name in server.tools
            if name in offers or absent
        ]
    return list(offers.values())[:MOST_TOOLS]


def _problem(name: str, offer: Offer, names: set[str]) -> str:
    if not _NAME.fullmatch(name):
        return "the model could not call this name"
    if name in names:
        return "the name is taken"
    if len(json.dumps(offer.parameters)) > MAX_SCHEMA_CHARACTERS:
        return "its schema is too large"
    return fault(_top(offer))


def _definition(
    name: str, offer: Offer, connection: Connection | None
) -> ToolDefinition:
    return ToolDefinition(
        name=name,
        description=offer.description.strip()[:MAX_DESCRIPTION_CHARACTERS],
        parameters=_top(offer),
        timeout_s=ANSWER_SECONDS,
        filler=FILLER,
        late=NOT_WORKING if offer.read_only else PERHAPS,
        arguments=Anything,
        function=partial(_ask, connection, offer),
        changes=not offer.read_only,
    )


def _top(offer: Offer) -> dict[str, Any]:
    """Of its schema what the model is told."""
    schema = {k: v for k, v in offer.parameters.items() if k in _SCHEMA_KEYS}
    if schema.get("type") != "object":
        return {"type": "object", "properties": {}}
    return schema


async def _ask(
    connection: Connection | None, offer: Offer, desk: Desk, *, root: dict[str, Any]
) -> Answer:
    del desk  # a server knows nothing of the call
    if connection is None:
        raise Sorry(NOT_WORKING, say=NOT_WORKING_SAY)
    reply = await connection.ask(offer.name, root)
    match reply.came:
        case Came.ANSWER:
            return Answer("", facts={"result": _readable(reply.text)})
        case Came.ERROR if reply.text:
            raise Sorry(reply.text[:MAX_ANSWER_CHARACTERS])
        case Came.UNKNOWN if not offer.read_only:
            raise Unsure(PERHAPS, say=NOT_WORKING_SAY)
        case _:
            raise Sorry(NOT_WORKING, say=NOT_WORKING_SAY)


def _readable(text: str) -> object:
    """JSON as it is, other text as text; too much of either is cut off."""
    if len(text) > MAX_ANSWER_CHARACTERS:
        return f"{text[:MAX_ANSWER_CHARACTERS]} … (cut off)"
    try:
        found: object = json.loads(text, parse_constant=_not_json)
    except (ValueError, RecursionError):
        return text
    return found


def _not_json(constant: str) -> None:
    raise ValueError(f"{constant} is Python's, not JSON's")
