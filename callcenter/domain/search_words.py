"""What is looked for in what was said: words without case, accents and marks.

The index and the question are written the same way, so that no database needs to know
how people write. Of a script without spaces each character is a word.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

LONGEST_WORD: Final = 64
"""Characters; the rest of a longer one is no word that anybody looks for."""

MOST_TERMS: Final = 16
"""Of one question: a pasted page is no question."""

_NO_SPACES: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff"
_WORD: Final = re.compile(rf"[{_NO_SPACES}]|[^\W_{_NO_SPACES}]+")
_TERM: Final = re.compile(r'"([^"]*)"|(\S+)')


@dataclass(frozen=True, slots=True)
class Term:
    """Words in a row; of the last one it may be only the beginning."""

    words: tuple[str, ...]
    begins: bool = False
    """`refun*`: the last word begins so."""
    without: bool = False
    """`-refund`: calls in which this was said are not looked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """A piece of a text, and whether it is what was looked for."""

    text: str
    hit: bool


def folded(word: str) -> str:
    """Without case and accents."""
    if word.isascii():  # most are, and it is ten times as quick
        return word.lower()[:LONGEST_WORD]
    apart = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(one for one in apart if not unicodedata.combining(one))
    return plain[:LONGEST_WORD]


def words_of(text: str) -> list[str]:
    """The words of a text, folded, in order."""
    return [folded(match[0]) for match in _WORD.finditer(text)]


def indexed(text: str) -> str:
    """A text as the index has it: one line of words with a space between."""
    return " ".join(words_of(text))


def terms_of(question: str) -> tuple[Term, ...]:
    """What is looked for. Anything is understood; marks that mean nothing are none."""
    terms = []
    for quoted, bare in _TERM.findall(question):
        said = quoted or bare
        words = tuple(words_of(said))
        if words:
            without = bool(bare) and bare.startswith("-")
            terms.append(Term(words, said.rstrip().endswith("*"), without))
    return tuple(terms[:MOST_TERMS])


def marked(text: str, terms: tuple[Term, ...]) -> list[Found]:
    """The text in pieces, those that were looked for marked; one piece if none is."""
    spans = [(one.start(), one.end()) for one in _WORD.finditer(text)]
    words = [folded(text[start:end]) for start, end in spans]
    hit = [False] * len(words)
    for term in terms:
        if not term.without:
            _mark(term, words, hit)
    pieces, at, place = list[Found](), 0, 0
    while place < len(words):
        if not hit[place]:
            place += 1
            continue
        first = place
        while place < len(words) and hit[place]:
            place += 1
        start, end = spans[first][0], spans[place - 1][1]
        pieces += [Found(text[at:start], hit=False), Found(text[start:end], hit=True)]
        at = end
    pieces.append(Found(text[at:], hit=False))
    return [piece for piece in pieces if piece.text]


def _mark(term: Term, words: list[str], hit: list[bool]) -> None:
    length = len(term.words)
    for at in range(len(words) - length + 1):
        *whole, last = words[at : at + length]
        same = (
            last.startswith(term.words[-1]) if term.begins else last == term.words[-1]
        )
        if same and tuple(whole) == term.words[:-1]:
            hit[at : at + length] = [True] * length


def excerpt(pieces: list[Found], around: int = 60) -> list[Found]:
    """The pieces about the first hit, so many characters before and after it."""
    first = next((at for at, one in enumerate(pieces) if one.hit), None)
    if first is None:
        return [_cut(pieces[0], around * 2)] if pieces else []
    told, room = list[Found](), around * 2
    if first:
        before = pieces[0].text
        short = before if len(before) <= around else f"…{before[-around:]}"
        told.append(Found(short, hit=False))
    for piece in pieces[first:]:
        told.append(piece if piece.hit else _cut(piece, room))
        room -= len(piece.text)
        if room <= 0:
            break
    return told


def _cut(piece: Found, room: int) -> Found:
    if len(piece.text) <= room:
        return piece
    return Found(f"{piece.text[: max(room, 0)]}…", piece.hit)
