"""How a call begins: which words, in which language, spoken by whom."""

from dataclasses import dataclass

from callcenter.domain.language_menu import offers
from callcenter.domain.languages import LANGUAGES
from callcenter.domain.roster import Roster


@dataclass(frozen=True, slots=True)
class Welcome:
    """The first words that a caller hears."""

    words: str
    recorded: bool
    """Spoken by the carrier while the model connects; else by the agent itself."""
    say: str
    """The language of the recording, as the carrier calls it."""
    menu: str = ""
    """How to choose another language by a key."""


def welcome(roster: Roster, house_greeting: str | None) -> Welcome:
    """The house's greeting, or else the card's; see floor.house.Rules.greeting."""
    entry = roster.card(roster.entry)
    return Welcome(
        words=house_greeting or entry.greeting,
        recorded=house_greeting != "",
        say=LANGUAGES[entry.language].say,
        menu=offers(entry.languages) if entry.language_menu else "",
    )
