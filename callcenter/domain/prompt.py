"""All that an agent is told: what the model gets as its instructions."""

from typing import Final

from callcenter.domain.card import ONLY_ENGLISH, Card
from callcenter.domain.handover import Handover, note
from callcenter.domain.languages import LANGUAGES, closest
from callcenter.domain.roster import Roster

SWITCH: Final = "switch_language"
"""The tool by which an agent tells the house that it speaks another language now."""

NOTHING: Final = Handover()

BYTES_PER_TOKEN: Final = 4
"""OpenAI's own rule of thumb for English text."""


def about_tokens(text: str) -> int:
    """An estimate, two digits of which may be believed: the tokenizer is not here."""
    tokens = len(text.encode()) / BYTES_PER_TOKEN
    step = 10 if tokens < 1_000 else 100
    return max(1, round(tokens / step)) * step


def prompt(
    roster: Roster,
    name: str,
    *,
    briefing: str = "",
    language: str = "",
    handover: Handover = NOTHING,
) -> str:
    """The house style, the agent's card, its languages, and what is known of the call.

    `language` is the tag of what the caller has chosen; empty as long as they have not.
    """
    card = roster.card(name)
    parts = (
        roster.house_style,
        card.instructions,
        language_note(card, language),
        briefing,
        note(handover),
    )
    return "\n\n".join(part.strip() for part in parts if part.strip())


def language_note(card: Card, chosen: str) -> str:
    """In which language to speak; empty when there is nothing but English."""
    if not chosen:
        return _heading(_unchosen(card)) if card.languages != ONLY_ENGLISH else ""
    if spoken := closest(chosen, card.languages):
        return _heading(f"The caller has chosen {_named(spoken)}. {_only(spoken)}")
    return _heading(
        f"The caller has chosen {_named(chosen)}, which you do not speak. Tell them "
        f"so in one simple sentence of {_named(card.language)}, and offer a colleague."
    )


def _heading(text: str) -> str:
    return f"# Language\n\n{text}"


def _unchosen(card: Card) -> str:
    first, *others = card.languages
    begin = f"Speak {_named(first)}."
    if not others:
        return f"{begin} {_all_in(first)}"
    known = " and ".join(_named(tag) for tag in others)
    go_on = "go on in it"
    if SWITCH in card.tools:
        go_on = f"call {SWITCH} once, and go on in it"
    return f"{begin} You also speak {known}: if the caller speaks it, {go_on}."


def _only(tag: str) -> str:
    return f"Speak {LANGUAGES[tag].name} from now on. {_all_in(tag)}"


def _all_in(tag: str) -> str:
    name = LANGUAGES[tag].name
    return (
        f"Words that you are told to say, and sentences of tools, are said in {name}, "
        f"with the same meaning. Say days, times and numbers as {name} does."
    )


def _named(tag: str) -> str:
    one = LANGUAGES[tag]
    return one.name if one.name == one.native else f"{one.name} ({one.native})"
