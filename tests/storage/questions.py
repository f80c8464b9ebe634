"""What callers ask, and what should be found; see questions.toml beside this file."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class Answerable:
    """A question that the house has written about."""

    asked: str
    where: tuple[str, ...]
    """Any of these passages answers it."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """One in the house's own words that it has not written about."""

    asked: str
    decisive: str
    """The word that makes it another question."""


@dataclass(frozen=True, slots=True)
class Questions:
    """One half of them."""

    answerable: tuple[Answerable, ...]
    unanswerable: tuple[str, ...]
    near_misses: tuple[NearMiss, ...]


def _half(name: str) -> Questions:
    path = Path(__file__).with_suffix(".toml")
    half = tomllib.loads(path.read_text(encoding="utf-8"))[name]
    return Questions(
        tuple(Answerable(asked, tuple(where)) for asked, *where in half["answerable"]),
        tuple(half["unanswerable"]),
        tuple(NearMiss(asked, word) for asked, word in half["near_misses"]),
    )


TUNED: Final = _half("tuned")
HELD_OUT: Final = _half("held_out")
