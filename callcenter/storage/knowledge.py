"""The house's articles by full text: passages of Markdown, found by what was asked.

The index is SQLite's FTS5, in memory: it is the same whatever the main database is, and
has nothing to migrate. Words are weighed by how rare they are, as in bm25. A passage
that lacks too much of what a question weighs is no answer, however well the rest fits.
"""

import math
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from callcenter.domain.articles import Article
from callcenter.domain.tickets import Passage
from callcenter.storage.spoken_words import (
    TALK,
    Vocabulary,
    matters,
    misheard,
    sound,
    words,
)

TITLE_WEIGHT: Final = 1.5
HEADING_WEIGHT: Final = 3.0
TEXT_WEIGHT: Final = 1.0
"""A word in the heading says more about a passage than one in its text."""

ENOUGH: Final = 0.65
ENOUGH_OF_TWO: Final = 0.5
"""The share of a question, by the weight of its words, that a passage must have: one
word may be there by chance, two are hardly."""

NOBODY_S: Final = 0.5
"""A word that no passage has weighs as if half a passage had it."""

TALKS: Final = 0.25
"""What talk is worth beside words that matter: it may tip the scales, not fill them."""

MISHEARD: Final = 0.8
"""What a word is worth that only sounds like one of ours."""

WEIGHTY: Final = 0.5
"""A missing word is told from so much of the weight of one that no passage has."""


@dataclass(slots=True)
class _Word:
    """A word of a question, and the passages that have it."""

    said: str
    weight: float
    numbers: frozenset[int]
    headings: frozenset[int]
    """Those that have it in their heading, or in what is also said for it."""
    sought: str
    """What the index is asked for."""
    sure: bool
    """Neither talk nor misheard. Without one of these, or talk in a heading, nothing
    fits."""
    talk: bool
    """It counts for little, and only where it is found."""


@dataclass(slots=True)
class _Fit:
    """How much of a question a passage has."""

    share: float
    enough: bool
    missing: list[str] = field(default_factory=list)


class Knowledge:
    """An index of passages. It may be searched from any thread, by one at a time."""

    def __init__(self, articles: Iterable[Article]) -> None:
        articles = list(articles)
        self._plain = Vocabulary(group for one in articles for group in one.same)
        self._passages: list[Passage] = []
        self._sounds: dict[str, set[str]] = defaultdict(set)
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.execute(
            "CREATE VIRTUAL TABLE passages USING fts5(title, heading, text, "
            "tokenize='porter unicode61 remove_diacritics 2')"
        )
        for article in articles:
            self._add(article)

    @property
    def passages(self) -> Sequence[Passage]:
        """All of them, in the order of the files."""
        return tuple(self._passages)

    def close(self) -> None:
        """Let the index go; nothing can be searched any more."""
        self._index.close()

    def search(self, question: str, most: int = 3) -> Sequence[Passage]:
        """The passages that fit best; none when nothing fits well."""
        asked = [self._word(meant, said) for meant, said in self._heard(question)]
        fits = {
            number: fit
            for number in {number for word in asked for number in word.numbers}
            if (fit := self._fit(asked, number)).enough
        }
        if not fits:
            return ()
        ranked = sorted(
            (
                replace(
                    self._passages[number],
                    score=score * fits[number].share,
                    missing=tuple(fits[number].missing),
                )
                for number, score in self._scores(asked)
                if number in fits
            ),
            key=lambda passage: -passage.score,
        )
        return ranked[:most]

    def _add(self, article: Article) -> None:
        plain = self._plain.plain
        title = plain(" ".join((article.title, *article.also)))
        for section in article.sections:
            columns = (
                title,
                plain(" ".join((section.heading, *section.also))),
                plain(section.text),
            )
            for word in words(" ".join(columns)):
                self._sounds[sound(word)].add(word)
            self._index.execute(
                "INSERT INTO passages (rowid, title, heading, text) "
                "VALUES (?, ?, ?, ?)",
                (len(self._passages), *columns),
            )
            passage = Passage(
                article=article.title,
                heading=section.heading,
                text=section.text,
                source=article.source,
                score=0.0,
                line=section.line,
            )
            self._passages.append(passage)

    def _heard(self, question: str) -> Iterator[tuple[str, str]]:
        """The words that matter, each once."""
        seen: set[str] = set()
        for meant, said in self._plain.read(question):
            if matters(meant) and meant not in seen:
                seen.add(meant)
                yield meant, said

    def _word(self, meant: str, said: str) -> _Word:
        talk, worth = meant in TALK, 1.0
        found = self._having(meant)
        sure = bool(found) and not talk
        if not found and not talk and (near := self._near(meant)):
            meant, found, worth = near, self._having(near), MISHEARD
        headings = self._having(meant, "heading : ") if found else frozenset()
        weight = self._weight(len(found)) * worth
        return _Word(said, weight, found, headings, meant, sure, talk)

    def _near(self, word: str) -> str:
        return misheard(word, self._sounds.get(sound(word), ()))

    def _weight(self, passages: int) -> float:
        """What a word says that so many passages have.

        As in bm25: one that all have says little about any of them, and one that none
        has is what the caller wanted to know.
        """
        return math.log(1 + len(self._passages) / max(passages, NOBODY_S))

    def _having(self, word: str, where: str = "") -> frozenset[int]:
        """Passages with the word; `where` may be a column: `heading : `."""
        rows = self._index.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ?",
            [f"{where}{_quoted(word)}"],
        )
        return frozenset(number for (number,) in rows)

    def _fit(self, asked: Sequence[_Word], number: int) -> _Fit:
        has, lacks, sure, found = 0.0, 0.0, False, 0
        missing = []
        for word in asked:
            worth = word.weight * (TALKS if word.talk else 1.0)
            if number in word.numbers:
                has += worth
                found += not word.talk
                sure = sure or word.sure or (word.talk and number in word.headings)
            elif not word.talk:
                lacks += worth
                if worth >= WEIGHTY * self._weight(0):
                    missing.append(word.said)
        enough = ENOUGH_OF_TWO if found > 1 else ENOUGH
        share = has / (has + lacks) if has else 0.0
        return _Fit(share, sure and share >= enough, missing)

    def _scores(self, asked: Sequence[_Word]) -> list[tuple[int, float]]:
        sought = " OR ".join(_quoted(word.sought) for word in asked if word.sought)
        return self._index.execute(
            "SELECT rowid, -bm25(passages, ?, ?, ?) FROM passages "
            "WHERE passages MATCH ?",
            [TITLE_WEIGHT, HEADING_WEIGHT, TEXT_WEIGHT, sought],
        ).fetchall()


def _quoted(word: str) -> str:
    """A string to FTS5, so that no word is an operator (sqlite.org/fts5.html, 3.1)."""
    return f'"{word}"'
