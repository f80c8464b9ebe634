"""One agent's card: everything about it that is not code."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Final

from callcenter.domain.ids import AgentName
from callcenter.domain.languages import ENGLISH
from callcenter.domain.mcp import McpServer
from callcenter.domain.operators import GENERAL
from callcenter.domain.tuning import Tuning

ONLY_ENGLISH: Final = (ENGLISH,)
AS_THE_HOUSE: Final = Tuning()


@dataclass(frozen=True, slots=True)
class Card:
    """One agent. Where it was written is not part of what it is."""

    name: AgentName
    description: str
    """When to route here: other agents read it."""
    instructions: str
    tools: tuple[str, ...] = ()
    handoffs: tuple[AgentName, ...] = ()
    voice: str = ""
    """Empty: the voice of the house."""
    topic: str = GENERAL
    """The skill that an operator needs to take over from this agent."""
    languages: tuple[str, ...] = ONLY_ENGLISH
    """Tags of what it speaks; the first is the one that it begins in."""
    language_menu: bool = False
    """Whether callers are told which key chooses which language."""
    greetings: Mapping[str, str] = field(default_factory=dict)
    """By language."""
    fillers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What it may say while a slow tool works, by language."""
    tuning: Tuning = AS_THE_HOUSE
    """The card's `model`."""
    guardrails: tuple[str, ...] = ()
    """Names from callcenter.domain.guardrails."""
    mcp: tuple[McpServer, ...] = ()
    file: str = field(default="", compare=False)
    lines: Mapping[str, int] = field(default_factory=dict, compare=False)
    """Lines of keys ("tools") and of their items ("tools:get_weather"), from 1."""

    def line_of(self, key: str, item: str = "") -> int:
        """The line to look at; 0 if it is not known."""
        return self.lines.get(f"{key}:{item}", self.lines.get(key, 0))

    @property
    def language(self) -> str:
        """The tag of the language that it begins in."""
        return self.languages[0]

    @property
    def greeting(self) -> str:
        """In the language that it begins in; empty when the card has none."""
        return self.greeting_in(self.language)

    def greeting_in(self, language: str) -> str:
        """In this language, or else in its first; empty when the card has none."""
        return self.greetings.get(language, self.greetings.get(self.language, ""))

    def fillers_in(self, language: str) -> tuple[str, ...]:
        """In this language only: a filler in another one would startle the caller."""
        return self.fillers.get(language, ())

    def fingerprint(self) -> str:
        """Equal exactly for cards that are equal."""
        return repr(
            [
                sorted(value.items()) if isinstance(value, Mapping) else value
                for value in (
                    getattr(self, each.name) for each in fields(self) if each.compare
                )
            ]
        )
