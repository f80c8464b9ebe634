"""The roster: every agent's card, and whether they fit together.

A card says who an agent hands over to and which tools it has. Together they must be a
sound graph before a single call is taken: `check` finds what is not.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.operators import GENERAL, Operator
from callcenter.domain.problems import Problem, did_you_mean
from callcenter.domain.voices import voice_flaw

MAX_DESCRIPTION_CHARACTERS: Final = 1024
"""The Realtime API refuses the whole session.update for one longer description."""

MAX_TOOL_NAME_CHARACTERS: Final = 64
"""The Realtime API's limit for the name of a tool."""

HASH_DIGITS: Final = 12
"""Enough to tell a house's rosters apart, short enough to read out."""


_NAME: Final = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Roster:
    """All agents, the rules that they share, and who answers the telephone."""

    cards: tuple[Card, ...]
    house_style: str
    entry: AgentName

    def card(self, name: str) -> Card:
        """The card of that name; KeyError if there is none."""
        return {str(card.name): card for card in self.cards}[name]

    def voice(self, name: str) -> str:
        """The voice of an agent: its own, or the entry agent's; empty: the house's."""
        return self.card(name).voice or self.card(self.entry).voice

    def instructions(self, name: str) -> str:
        """All that an agent is told: the house style first, then its own card."""
        own = self.card(name).instructions
        return f"{self.house_style}\n\n{own}" if self.house_style else own

    @property
    def hash(self) -> str:
        """A short name for exactly this roster, whatever the order of its cards."""
        texts = sorted(card.fingerprint() for card in self.cards)
        whole = "\0".join([self.entry, self.house_style, *texts])
        return sha256(whole.encode()).hexdigest()[:HASH_DIGITS]


def name_flaw(name: str) -> str:
    """Why an agent cannot be called that; empty when it can."""
    if _NAME.fullmatch(name):
        return ""
    return (
        f"'{name}' is no name for an agent: use small letters, digits and '-', such as "
        "'billing' or 'night-desk'"
    )


def handoff_tool(name: str) -> str:
    """The tool by which the SDK hands over to an agent of that name."""
    return "transfer_to_" + re.sub(r"[^A-Za-z0-9_]", "_", name).lower()


def handoff_description(card: Card) -> str:
    """What the model reads of that tool, in the SDK's words and the card's."""
    spoken = f"Handoff to the {card.name} agent to handle the request."
    return f"{spoken} {card.description}"


def check(roster: Roster, tools: Mapping[str, str]) -> list[Problem]:
    """What is wrong with the graph; `tools` are the known ones and what they say."""
    names = [card.name for card in roster.cards]
    problems = [p for card in roster.cards for p in _check_card(card, names, tools)]
    problems += _colliding(roster.cards, tools)
    if roster.entry not in names:
        hint = did_you_mean(roster.entry, names)
        text = f"there is no agent '{roster.entry}' to answer the telephone{hint}"
        return [*problems, Problem("ENTRY_AGENT", 0, text)]
    problems += _unreachable(roster)
    problems += _warnings(roster)
    return problems


def check_topics(
    cards: Iterable[Card], operators: Collection[Operator]
) -> Iterator[Problem]:
    """Warnings of topics that no operator takes, or that look like another's skill.

    A house without operators has no skills to compare with.
    """
    skills = {skill for one in operators for skill in one.skills}
    for card in cards if operators else ():
        if card.topic == GENERAL or card.topic in skills:
            continue
        hint = did_you_mean(card.topic, skills - {GENERAL})
        if hint or GENERAL not in skills:
            text = f"has the topic '{card.topic}', a skill of no operator{hint}"
            yield _warning(card, card.line_of("topic"), text)


def _check_card(
    card: Card, names: list[AgentName], tools: Mapping[str, str]
) -> Iterator[Problem]:
    for tool in card.tools:
        line = card.line_of("tools", tool)
        if tool not in tools:
            hint = did_you_mean(tool, tools)
            yield Problem(card.file, line, f"there is no tool '{tool}'{hint}")
        elif too_long := _too_long(tools[tool]):
            yield Problem(card.file, line, f"tool '{tool}' {too_long}")
    for other in card.handoffs:
        line = card.line_of("handoffs", other)
        if other == card.name:
            yield Problem(card.file, line, f"'{other}' hands over to itself")
        elif other not in names:
            hint = did_you_mean(other, names)
            yield Problem(card.file, line, f"there is no agent '{other}'{hint}")
    if flaw := voice_flaw(card.voice, card.file, card.line_of("voice")):
        yield flaw
    yield from _check_as_handoff(card)


def _check_as_handoff(card: Card) -> Iterator[Problem]:
    """The card becomes a tool of whoever hands over to it."""
    if flaw := name_flaw(card.name):
        yield Problem(card.file, 0, f"{flaw}, and rename the file")
    if too_long := _too_long(handoff_description(card)):
        yield Problem(card.file, card.line_of("description"), f"its handoff {too_long}")
    if len(handoff_tool(card.name)) > MAX_TOOL_NAME_CHARACTERS:
        most = MAX_TOOL_NAME_CHARACTERS - len(handoff_tool(""))
        yield Problem(card.file, 0, f"a name has at most {most} characters")


def _too_long(description: str) -> str:
    if len(description) <= MAX_DESCRIPTION_CHARACTERS:
        return ""
    return (
        f"has a description of {len(description)} characters; the Realtime API "
        f"takes at most {MAX_DESCRIPTION_CHARACTERS}"
    )


def _colliding(cards: Iterable[Card], tools: Mapping[str, str]) -> Iterator[Problem]:
    """Two agents, or an agent and a tool, that would be one name to the model."""
    owners: dict[str, str] = {tool: f"the tool '{tool}'" for tool in tools}
    for card in cards:
        name = handoff_tool(card.name)
        if name in owners:
            text = f"its handoff would be called '{name}', and so is {owners[name]}"
            yield Problem(card.file, 0, f"{text}: rename the file")
        owners[name] = f"the handoff to '{card.name}'"


def _unreachable(roster: Roster) -> Iterator[Problem]:
    ways = {card.name: card.handoffs for card in roster.cards}
    reached, open_ends = {roster.entry}, [roster.entry]
    while open_ends:
        ahead = set(ways.get(open_ends.pop(), ())) - reached
        reached |= ahead
        open_ends += ahead
    for card in roster.cards:
        if card.name not in reached:
            text = f"no way leads from '{roster.entry}' to '{card.name}'"
            yield Problem(card.file, 0, f"{text}: name it under somebody's handoffs")


def _warnings(roster: Roster) -> Iterator[Problem]:
    """What a card says and a call cannot do, or what its author may not have meant."""
    entry = roster.card(roster.entry)
    for card in roster.cards:
        yield from _warnings_of(card, entry)


def _warnings_of(card: Card, entry: Card) -> Iterator[Problem]:
    # The API refuses another speed while a response is under way, as at a handoff.
    if card.tuning.speed not in {None, entry.tuning.speed}:
        text = f"will speak at the speed of '{entry.name}', not {card.tuning.speed:g}"
        yield _warning(card, card.line_of("model", "speed"), text)
    if unknown := [tag for tag in entry.languages if tag not in card.languages]:
        text = f"does not speak {', '.join(unknown)}, as '{entry.name}' does"
        yield _warning(card, card.line_of("languages"), text)
    if card.language_menu and (card.name != entry.name or len(card.languages) == 1):
        text = "has a 'language_menu' that no caller hears"
        yield _warning(card, card.line_of("language_menu"), text)


def _warning(card: Card, line: int, text: str) -> Problem:
    return Problem(card.file, line, f"'{card.name}' {text}", warning=True)
