"""What is wrong in a file of the house's, and which word may have been meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

from typing_extensions import override


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a file, and where; a warning does not stop the house."""

    file: str
    line: int
    """From 1; 0 when it is about the file as a whole."""
    text: str
    warning: bool = False

    @override
    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {'warning: ' if self.warning else ''}{self.text}"


def nearest(word: str, known: Iterable[str]) -> str:
    """The word that was probably meant; empty when no known word is near."""
    return next(iter(get_close_matches(word, sorted(known), n=1)), "")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The end of a complaint about a word; empty when no known word is near."""
    meant = nearest(word, known)
    return f"; did you mean '{meant}'?" if meant else ""
