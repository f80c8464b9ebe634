"""A card changed in one place, and left as its author wrote it everywhere else."""

import re
from dataclasses import replace
from typing import Final

from callcenter.domain.ids import AgentName
from callcenter.wire.cards import parse
from callcenter.wire.front_matter import FENCE, BadCard

_FLOW: Final = re.compile(r"^handoffs:\s*\[(?P<names>[^\]#]*)\](?P<rest>\s*(#.*)?)$")


class CannotEdit(ValueError):
    """The card is written in a way that only a person should change."""


def with_handoff(text: str, file: str, name: AgentName) -> str:
    """The card's text, handing over to one agent more. Raises BadCard or CannotEdit."""
    card = parse(text, file)
    lines = text.split("\n")
    line = card.line_of("handoffs")
    if not line:
        lines.insert(lines.index(FENCE, 1), f"handoffs: [{name}]")
    elif flow := _FLOW.match(lines[line - 1]):
        names = ", ".join(filter(None, (flow["names"].strip(" ,"), name)))
        lines[line - 1] = f"handoffs: [{names}]{flow['rest']}"
    elif card.handoffs:
        last = card.line_of("handoffs", card.handoffs[-1])
        indent, dash, _ = lines[last - 1].partition("-")
        lines.insert(last, f"{indent}{dash} {name}")
    edited = "\n".join(lines)
    try:
        whole = parse(edited, file)
    except BadCard as error:
        raise CannotEdit(file) from error
    if whole != replace(card, handoffs=(*card.handoffs, name)):
        raise CannotEdit(file)
    return edited
