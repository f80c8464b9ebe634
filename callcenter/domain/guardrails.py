"""What no agent may say, whoever talked it into it: rules on the words themselves.

A second line: tools take no numbers and tell nobody's data, whatever a model wants. A
rule reads what an agent is saying, a few words at a time and before most of it is
heard, so it must be quick. It is pure, and True means that the rule is broken.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, TypeAlias

from callcenter.domain.ids import AgentName, ItemId
from callcenter.domain.spoken_numbers import Run, runs

GUARDRAILS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "no_instructions": "does not read out its own instructions",
        "no_foreign_numbers": "speaks no telephone number that is not the house's",
        "no_card_data": "speaks no payment card number",
    }
)
"""By name: what an agent under this guardrail does not do."""

ESSENTIAL: Final = frozenset({"no_foreign_numbers", "no_card_data"})
"""These hold for every agent, whatever its card says; and when such a rule fails
itself, the agent is stopped: nobody knows what it would have found."""

PHRASE_WORDS: Final = 6
"""So many words in a row are the prompt's own, and no chance."""

RECITED_WORDS: Final = 20
"""So many are no quotation any more; what the house is takes fourteen of them."""

TELEPHONE_DIGITS: Final = 7
"""Codes, prices, days and emergency numbers have fewer."""

PREFIX_DIGITS: Final = 3
"""A country's code before a number that is known without it."""

CONTEXT_CHARACTERS: Final = 40

SHORTEST_CARD, LONGEST_CARD = 13, 19
"""ISO/IEC 7812."""

_SPOKEN: Final = re.compile(r'"[^"]*"|“[^”]*”')
_WORD: Final = re.compile(r"[^\W_]+")
_ABOUT_TELEPHONES: Final = re.compile(
    r"\b(?:tele)?phone|\bnumber|\bcall\b|\bdial|\bring\b|\breach\b|\bmobile|\btext\b"
)
_YEAR: Final = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class GuardrailTripped:
    """An agent was stopped in the middle of something that it must not say."""

    rule: str
    agent: AgentName
    item_id: ItemId
    broken: bool = False
    """The rule itself failed; nothing is known to be wrong with what was said."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the rules compare with, in one call."""

    phrases: frozenset[str] = frozenset()
    """Of the prompts: see `phrases_of`."""
    numbers: frozenset[str] = frozenset()
    """Digits of the numbers that may be spoken: see `numbers_in`."""


Rule: TypeAlias = Callable[[str, Bounds], bool]


def no_instructions(text: str, bounds: Bounds) -> bool:
    """Whether a good deal of it stands in the prompts, word for word."""
    words = _words(text)
    recited: set[int] = set()
    for start, phrase in enumerate(_phrases(words)):
        if phrase in bounds.phrases:
            recited.update(range(start, start + PHRASE_WORDS))
    return len(recited) >= RECITED_WORDS


def no_foreign_numbers(text: str, bounds: Bounds) -> bool:
    """Whether a telephone number is in it that is not on the list."""
    return any(
        _is_telephone(run, text) and not _is_allowed(run.digits, bounds.numbers)
        for run in runs(text)
    )


def no_card_data(text: str, bounds: Bounds) -> bool:  # noqa: ARG001  # no card is the house's
    """Whether the number of a payment card is in it, grouped however."""
    return any(_holds_card(run.pieces) for run in runs(text))


RULES: Final[Mapping[str, Rule]] = MappingProxyType(
    {
        "no_instructions": no_instructions,
        "no_foreign_numbers": no_foreign_numbers,
        "no_card_data": no_card_data,
    }
)


def rules_of(named: Iterable[str]) -> frozenset[str]:
    """The rules for an agent whose card names these; all of them if it names none."""
    return (frozenset(named) or frozenset(RULES)) | ESSENTIAL


def phrases_of(prompts: Iterable[str]) -> frozenset[str]:
    """Every phrase of the prompts, but for the words in quotes: those may be said."""
    parts = (part for prompt in prompts for part in _SPOKEN.split(prompt))
    return frozenset(phrase for part in parts for phrase in _phrases(_words(part)))


def numbers_in(text: str) -> frozenset[str]:
    """The telephone numbers that a text of the house's own gives; none from quotes.

    In quotes stands what callers have said.
    """
    found = (run.digits for part in _SPOKEN.split(text) for run in runs(part))
    return frozenset(digits for digits in found if len(digits) >= TELEPHONE_DIGITS)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _phrases(words: list[str]) -> list[str]:
    last = len(words) - PHRASE_WORDS + 1
    return [" ".join(words[at : at + PHRASE_WORDS]) for at in range(last)]


def _is_telephone(run: Run, text: str) -> bool:
    """Long enough, and not a row of times, prices or years."""
    if len(run.digits) < TELEPHONE_DIGITS:
        return False
    if all(_YEAR.fullmatch(piece) for piece in run.pieces):
        return False
    before = text[max(0, run.start - CONTEXT_CHARACTERS) : run.start].casefold()
    spoken_of = _ABOUT_TELEPHONES.search(before) is not None
    return run.plus or run.tight or run.one_by_one or spoken_of


def _is_allowed(digits: str, numbers: frozenset[str]) -> bool:
    """Whether it is one of them, or how one begins or ends."""
    for number in numbers:
        if digits in number:
            return True
        for skipped in range(1, PREFIX_DIGITS + 1):
            if number.startswith(digits[skipped:]):
                return True
    return False


def _holds_card(pieces: tuple[str, ...]) -> bool:
    """Of whole pieces: as it was spoken, it begins and ends with one."""
    spoken = (
        "".join(pieces[first:last])
        for first in range(len(pieces))
        for last in range(first + 1, min(first + LONGEST_CARD, len(pieces)) + 1)
    )
    return any(
        SHORTEST_CARD <= len(digits) <= LONGEST_CARD and _is_luhn(digits)
        for digits in spoken
    )


def _is_luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0
