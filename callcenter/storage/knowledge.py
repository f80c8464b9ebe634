"""The house's articles by full text: passages of Markdown, found by what was asked.

The index is SQLite's FTS5, in memory and built at the start: it is the same whatever
the main database is, and has nothing to migrate.
"""

import math
import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, Self

from callcenter.domain.tickets import Passage

TITLE_WEIGHT: Final = 2.0
HEADING_WEIGHT: Final = 3.0
TEXT_WEIGHT: Final = 1.0
"""A word in the heading says more about a passage than one in its text."""

ENOUGH: Final = 0.5
"""The share of a question, by the weight of its words, that a passage must match."""

ENOUGH_WORDS: Final = 1.3
"""… or as much as so many words that no passage has: a long story asks one thing."""

_WORD: Final = re.compile(r"[^\W_]+")

_STOP_WORDS: Final = frozenset(
    _WORD.findall(
        "a about also am an and any are as ask asking at be been but by can could d "
        "did didn do does doesn don for from get give got had has have he hello her "
        "hey hi him his how i if in into is isn it its just know let like ll long m "
        "many may maybe me might much my need no not of ok okay on or our please "
        "question re really s said say shall she should so some something t tell than "
        "thank thanks that the their them then there these they this to uh um up us "
        "ve very want was we well were what when where which who why will with wonder "
        "wondering would yes you your"
    )
)
"""What a spoken question has in any case."""

_HEADING: Final = re.compile(r"(?P<level>#{1,6})\s+(?P<text>.+?)\s*#*")


class Knowledge:
    """An index of passages; callcenter.tools.desk.Knowledge is its promise."""

    def __init__(self, passages: Sequence[Passage]) -> None:
        self._passages = tuple(passages)
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(title, heading, text, "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
        self._index.executemany(
            "INSERT INTO passages (rowid, title, heading, text) VALUES (?, ?, ?, ?)",
            [
                (number, one.article, one.heading, one.text)
                for number, one in enumerate(self._passages)
            ],
        )

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read every `*.md` of the folder; no folder, no knowledge."""
        passages: list[Passage] = []
        for path in sorted(folder.glob("*.md")):
            passages += split(path.read_text(encoding="utf-8"), path.name)
        return cls(passages)

    def close(self) -> None:
        """Let the index go; nothing can be searched any more."""
        self._index.close()

    def search(self, question: str, most: int = 3) -> Sequence[Passage]:
        """The passages that fit best; none when nothing fits well."""
        words = _words(question)
        having = {word: self._having(word) for word in words}
        weights = {word: self._weight(len(found)) for word, found in having.items()}
        matched: dict[int, float] = defaultdict(float)
        for word, found in having.items():
            for number in found:
                matched[number] += weights[word]
        enough = min(ENOUGH * sum(weights.values()), ENOUGH_WORDS * self._weight(0))
        fitting = {number for number, weight in matched.items() if weight >= enough}
        ranked = self._ranked(words) if fitting else iter(())
        return [passage for number, passage in ranked if number in fitting][:most]

    def _weight(self, passages: int) -> float:
        """What a word says that so many passages have.

        As in bm25: one that all have says little about any of them, and one that none
        has is what the caller wanted to know.
        """
        return math.log(1 + len(self._passages) / max(passages, 0.5))

    def _having(self, word: str) -> list[int]:
        rows = self._index.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ?", [_quoted(word)]
        )
        return [number for (number,) in rows]

    def _ranked(self, words: Sequence[str]) -> Iterator[tuple[int, Passage]]:
        rows = self._index.execute(
            "SELECT rowid, -bm25(passages, ?, ?, ?) AS score FROM passages "
            "WHERE passages MATCH ? ORDER BY score DESC",
            [
                TITLE_WEIGHT,
                HEADING_WEIGHT,
                TEXT_WEIGHT,
                " OR ".join(_quoted(word) for word in words),
            ],
        )
        for number, score in rows:
            one = self._passages[number]
            yield (
                number,
                Passage(one.article, one.heading, one.text, one.source, score),
            )


def split(markdown: str, source: str) -> list[Passage]:
    """An article's passages, one for each heading that has text under it.

    The article's title is its first heading, or the name of the file.
    """
    title, heading = "", ""
    lines: list[str] = []
    found: list[tuple[str, str]] = []
    for line in markdown.splitlines():
        match = _HEADING.fullmatch(line)
        if match is None:
            lines.append(line)
            continue
        found.append((heading, "\n".join(lines).strip()))
        heading, lines = match["text"], []
        title = title or heading
    found.append((heading, "\n".join(lines).strip()))
    title = title or Path(source).stem.replace("-", " ").capitalize()
    return [
        Passage(title, part or title, text, source, 0.0) for part, text in found if text
    ]


def _words(question: str) -> list[str]:
    """The words that matter, each once. "What's" is two words, and neither matters."""
    words = dict.fromkeys(word.lower() for word in _WORD.findall(question))
    return [word for word in words if word not in _STOP_WORDS and len(word) > 1]


def _quoted(word: str) -> str:
    """A string to FTS5, so that no word is an operator (sqlite.org/fts5.html, 3.1)."""
    return f'"{word}"'
