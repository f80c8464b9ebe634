"""What matters of a spoken question: its words, without the talk around them."""

import re
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from typing import Final

_WORD: Final = re.compile(r"[^\W_]+")

STOP_WORDS: Final = frozenset(
    _WORD.findall(
        "a about above after again all also am an and any anybody anyone anything are "
        "as ask asking at be because been being both but by can could couldn d did "
        "didn do does doesn doing don done each either else er erm even ever every for "
        "from get gets getting give given go goes going gone gonna got gotta guess had "
        "hadn has hasn have haven having he hello help her here hers hey hi him his "
        "hm hmm how i if im in into is isn it its ive just kind know let lets like ll "
        "long m ma make makes many may maybe me mean might mine much must my need "
        "needs neither no nor not of oh ok okay on one or ought our ours out over "
        "please question quite rather re really s said say says see shall she should "
        "shouldn so some somebody someone something sort still such sure t tell than "
        "thank thanks that the their theirs them then there these they thing things "
        "think this those though to too uh um up us use ve very want wanted wants was "
        "wasn way we well were weren what whatever when where whether which while who "
        "whose why will with won wonder wondering would wouldn yeah yes yet you your "
        "yours"
    )
)
"""What any spoken question has: it says nothing about which one it is."""

TALK: Final = frozenset(
    _WORD.findall(
        "actually afternoon ago already although always angry anymore anyway "
        "anywhere around away awful awfully back bad badly basically because before "
        "began begin behind believe best better between big bit bloody bought bring "
        "brought calling came chance check come comes coming correct course curious "
        "dad daughter day days dear decided definitely different difficult easily "
        "easy end enough evening exactly expect expected explain family far fast "
        "feel felt few finally find fine first folks forgot found friend funny "
        "girlfriend glad good great guy guys half happen happened happens happy "
        "hard hate hear heard hold home honest honestly hope hoping hour hours "
        "husband idea immediately information instead issue keep keeps kid kids "
        "kinda knew lads lady last late lately later least leave less little live "
        "longer look looked looking lot lots love madam man mate matter meant "
        "minute moment moments month months more morning most mostly mother mum "
        "naturally near nearly never new next nice night nothing now often old once "
        "only order other others own part partner people perhaps person place plan "
        "planning point possible possibly probably problem properly put quick "
        "quickly quite ran read ready real reason recently remember right round saw "
        "second seem seems seen simple simply since sir sister sits soon sorry "
        "sounds spoke start started stuff stupid suddenly suppose supposed take "
        "taken takes talk talking terrible today together told tomorrow tonight "
        "took totally tried try trying turn turned turns two type under understand "
        "unfortunately unless until using usual usually wait waiting week weekend "
        "weeks went whole wife woman work working works world worried worry worse "
        "wrong year years yesterday young"
    )
)
"""What people wrap a question in. It ranks what fits, and does not say whether it does:
nobody is refused an answer, or given one, because of their wife and last week."""

SHORTEST: Final = 4
"""Letters of a word that may have been misheard; shorter ones sound like too many."""

ALIKE: Final = 0.75
"""As difflib measures it: "break" and "brake" are 0.8, "tire" and "tyre" 0.75."""

_SOUNDS: Final = str.maketrans("bfpvcgjkqsxzdtlmnr", "111122222222334556")


def words(text: str) -> list[str]:
    """In lower case, in order. "What's" is two."""
    return _WORD.findall(text.lower())


def matters(word: str) -> bool:
    return len(word) > 1 and word not in STOP_WORDS


def sound(word: str) -> str:
    """Soundex: what words have in common that a telephone confuses."""
    code, last = word[:1], word[:1].translate(_SOUNDS)
    for letter in word[1:]:
        digit = letter.translate(_SOUNDS)
        if digit.isdigit() and digit != last:
            code += digit
        if letter not in "hw":
            last = digit
    return code[:4]


def misheard(word: str, known: Iterable[str]) -> str:
    """Which of the known words, all of the same sound, looks like it; empty: none."""
    if len(word) < SHORTEST or not word.isalpha():
        return ""
    near = [
        (SequenceMatcher(None, word, one).ratio(), one)
        for one in known
        if len(one) >= SHORTEST
    ]
    likeness, best = max(near, default=(0.0, ""))
    return best if likeness >= ALIKE else ""


class Vocabulary:
    """Groups of words that are one: whichever is said, the first of them is meant."""

    def __init__(self, groups: Iterable[Sequence[str]]) -> None:
        self._meant: dict[tuple[str, ...], list[str]] = {}
        for first, *others in groups:
            meant = ["".join(words(first))]
            for phrase in (first, *others):
                self._meant[tuple(words(phrase))] = meant
        self._longest = max(map(len, self._meant), default=1)

    def read(self, text: str) -> list[tuple[str, str]]:
        """The words that are meant, and beside each what was said."""
        said, found, at = words(text), list[tuple[str, str]](), 0
        while at < len(said):
            length, meant = self._at(said[at : at + self._longest])
            spoken = " ".join(said[at : at + length])
            found += [(one, spoken) for one in meant]
            at += length
        return found

    def plain(self, text: str) -> str:
        """The text in the words that are meant."""
        return " ".join(meant for meant, _ in self.read(text))

    def _at(self, said: Sequence[str]) -> tuple[int, list[str]]:
        """The longest group that begins here: how many words, and what they mean."""
        for length in range(len(said), 0, -1):
            phrase = tuple(said[:length])
            one = (*phrase[:-1], phrase[-1].removesuffix("s"))
            meant = self._meant.get(phrase) or self._meant.get(one)
            if meant:
                return length, meant
        return 1, [said[0]]
