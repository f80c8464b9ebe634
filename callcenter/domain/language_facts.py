"""What happens to the language of a call: a fact, member of `events.Event`."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """From here on the call is held in this language: it was wished, or heard."""

    language: str
    """A tag from callcenter.domain.languages."""
    by_key: bool = False
