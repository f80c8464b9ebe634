"""Numbers as agents speak them: "+47 55 50", "five five, double five", "fifty-five".

Transcripts write them in either way. A number is a run of pieces with nothing but
spaces and marks between; any other word ends it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = {
    "zero": "0", "one": "1", "two": "2", "three": "3", "four": "4",
    "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9",
    "oh": "0", "o": "0", "nought": "0", "null": "0",
}  # fmt: skip
_TEENS: Final = {
    "ten": "10", "eleven": "11", "twelve": "12", "thirteen": "13", "fourteen": "14",
    "fifteen": "15", "sixteen": "16", "seventeen": "17", "eighteen": "18",
    "nineteen": "19",
}  # fmt: skip
_TENS: Final = {
    "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50",
    "sixty": "60", "seventy": "70", "eighty": "80", "ninety": "90",
}  # fmt: skip
_VALUES: Final = {**_DIGITS, **_TEENS, **_TENS}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3}

_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DATE: Final = (
    rf"\b\d{{4}}-\d\d-\d\d\b|\b{_DAY}(?P<between>[./]){_MONTH}(?P=between)"
    r"(?:\d\d)?\d\d(?![.-]?\d)"
)
_CLOCK: Final = r"(?<![\d.])(?:[01]?\d|2[0-3])[:.][0-5]\d(?!\d|[.-]\d)"
_TOKEN: Final = re.compile(
    rf"(?P<time>{_DATE}|{_CLOCK})|(?P<figures>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)|(?P<word>[^\W\d_]+)"
    r"|(?P<plus>\+)|(?P<mark>[^\w\s])",
)
_INSIDE: Final = frozenset("-.()/ ,;…–—'")
"""Marks that stand between the groups of a number."""

_LOOSE: Final = frozenset(",;")
"""… and also between numbers of which each means something by itself."""


@dataclass(frozen=True, slots=True)
class Run:
    """Digits that were spoken one after the other."""

    pieces: tuple[str, ...]
    start: int
    """Where in the text."""
    end: int
    plus: bool = False
    """As in +47: an international number."""
    tight: bool = True
    """No comma between its pieces: it was one number."""

    @property
    def digits(self) -> str:
        return "".join(self.pieces)

    @property
    def one_by_one(self) -> bool:
        """Whether it was dictated, digit by digit."""
        return all(len(set(piece)) == 1 and len(piece) <= 3 for piece in self.pieces)


def runs(text: str) -> Iterator[Run]:
    """Every run of digits in a text. Dates and times of day are none."""
    found = _Finding()
    for token in _TOKEN.finditer(text.casefold()):
        yield from found.take(token)
    yield from found.finished()


class _Finding:
    """One pass over the tokens of a text."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._start = self._end = 0
        self._plus = self._tens = False
        self._tight = self._tight_so_far = True
        self._times = 1

    def take(self, token: re.Match[str]) -> Iterator[Run]:
        kind, text = token.lastgroup, token[0]
        if kind == "figures":
            self._add(text.replace(",", ""), token)
        elif kind == "plus" or text == "plus":
            yield from self.finished()
            self._begin(plus=True, start=token.start())
        elif text in _TIMES:
            self._times = _TIMES[text]
        elif text in _VALUES:
            self._add_word(text, token)
        elif kind == "mark" and text in _INSIDE:
            self._tight = self._tight and not (self._pieces and text in _LOOSE)
            self._tens = self._tens and text == "-"
        else:
            yield from self.finished()

    def finished(self) -> Iterator[Run]:
        if self._pieces:
            # A comma behind the last piece is not between two.
            tight = self._tight_so_far
            yield Run(tuple(self._pieces), self._start, self._end, self._plus, tight)
        self._begin(plus=False, start=0)

    def _begin(self, *, plus: bool, start: int) -> None:
        self._pieces = []
        self._start = self._end = start
        self._plus, self._tens = plus, False
        self._tight = self._tight_so_far = True
        self._times = 1

    def _add_word(self, word: str, token: re.Match[str]) -> None:
        """`fifty five` is 55, and `fifty` is 50."""
        digits = _VALUES[word]
        if self._tens and word in _DIGITS and digits != "0":
            self._pieces[-1] = self._pieces[-1][0] + digits
            self._end, self._tens = token.end(), False
            return
        self._add(digits, token)
        self._tens = word in _TENS

    def _add(self, digits: str, token: re.Match[str]) -> None:
        if not self._pieces and not self._plus:
            self._start = token.start()
        self._pieces.append(digits * self._times)
        self._times, self._tens = 1, False
        self._end, self._tight_so_far = token.end(), self._tight
