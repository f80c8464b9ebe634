"""A card as text, so that two versions of it can be laid beside each other.

It is what the card says, whatever its file looks like: a line for each key that is not
as usual, then the instructions. Addresses of servers lose their query: it may be a key.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Final

from callcenter.domain.card import Card
from callcenter.domain.mcp import McpServer
from callcenter.domain.roster import Roster

HOUSE_STYLE: Final = "house-style"
"""Among the names of the cards; no agent can be called that: its file is not a card."""


def texts_of(roster: Roster) -> dict[str, str]:
    """The text of each card, and of the house style, by name."""
    cards = {str(card.name): text_of(card) for card in roster.cards}
    return {HOUSE_STYLE: roster.house_style, **cards}


def text_of(card: Card) -> str:
    """One card."""
    return "\n".join([*_keys(card), "", card.instructions.strip(), ""])


def _keys(card: Card) -> Iterator[str]:
    yield f"description: {card.description}"
    yield f"topic: {card.topic}"
    yield f"languages: {', '.join(card.languages)}"
    if card.voice:
        yield f"voice: {card.voice}"
    if card.language_menu:
        yield "language_menu: yes"
    for tag, greeting in sorted(card.greetings.items()):
        yield f"greeting ({tag}): {greeting}"
    for tag, fillers in sorted(card.fillers.items()):
        yield from (f"filler ({tag}): {one}" for one in fillers)
    yield from (f"tool: {one}" for one in card.tools)
    yield from (f"handoff: {one}" for one in card.handoffs)
    yield from (f"guardrail: {one}" for one in card.guardrails)
    yield from (f"mcp: {mcp_address(one)}" for one in card.mcp)
    yield from tuned(card)


def tuned(card: Card) -> Iterator[str]:
    """What its model is told, where it is not as the house has it."""
    tuning: Mapping[str, object] = asdict(card.tuning)
    for key, value in tuning.items():
        if value not in {None, ""}:
            yield f"model.{key}: {value}"


def mcp_address(server: McpServer) -> str:
    """Its name and where it is, without what might be a secret."""
    place = server.url.partition("?")[0].rpartition("@")[2]
    return f"{server.name} {place or ' '.join(server.command[:1])}".strip()
