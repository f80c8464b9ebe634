"""The card that `callcenter agents new` writes: sound, small, and explained."""

from typing import Final

from callcenter.domain.card import ONLY_ENGLISH
from callcenter.domain.roster import Roster

_TEMPLATE: Final = """\
---
# When should other agents hand over here? They read this, and nothing else, to decide.
description: Questions about {title}.

# What it may do. All there are: callcenter agents tools
tools:
{tools}

# To whom it may hand over. Others hand over here once they name it in their own card.
handoffs: [{entry}]

# Which operators take over from it: a skill in operators.toml.
topic: general
{languages}
# Said while a slow tool works.
fillers:
  - One moment, please.

# More keys, with examples: docs/agents.md (model, guardrails, mcp, greeting, voice).
---

# You know about {title}

Say in a sentence or two what you do for callers. The house style comes before this
text, so only write what is special about this agent.

## How you do it
- What do you need to know first? Ask for one thing at a time.
- Which tool gives the answer, and what do you do when it fails?
- What must you never promise?

## When to pass on
- What belongs to somebody else: hand over to them by name.
- Anything else that is not yours: hand over to {entry}.
"""


NEEDED: Final = ("transfer_to_human", "take_message", "request_callback", "end_call")
"""So that a caller who cannot be helped is not stuck."""


def starter(name: str, roster: Roster) -> str:
    """A card for an agent of this name, with the tools that all others have, too."""
    entry = roster.card(roster.entry)
    shared = [
        tool for tool in entry.tools if all(tool in card.tools for card in roster.cards)
    ]
    tools = "\n".join(f"  - {tool}" for tool in shared or NEEDED)
    languages = ""
    if entry.languages != ONLY_ENGLISH:
        spoken = ", ".join(entry.languages)
        languages = (
            f"\n# What it speaks, as {entry.name} does; the first is the one it begins "
            f"in.\nlanguages: [{spoken}]\n"
        )
    title = name.replace("-", " ").replace("_", " ")
    return _TEMPLATE.format(
        title=title, tools=tools, entry=entry.name, languages=languages
    )
