"""Where in a text something stands that must not be kept: numbers of cards and people.

People say numbers in figures or words, English or Norwegian, in groups, with pauses and
"uh" between them. A number is found when whole pieces of it, as they were said, have
the right length and the right check digits.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

CARD, IDENTITY, SSN = "[card number]", "[national identity number]", "[SSN]"
NINO, IBAN, CODE = "[national insurance number]", "[bank account]", "[code]"
EMAIL = "[email address]"

SHORTEST_CARD, LONGEST_CARD = 13, 19
"""ISO/IEC 7812."""

SHORTEST_IBAN, LONGEST_IBAN = 15, 34
"""ISO 13616."""

SHORTEST_CODE, LONGEST_CODE = 3, 8
"""From the three digits on a card's back to the longest PIN."""

_UNITS: Final = {
    "en": "zero one two three four five six seven eight nine ten eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "no": "null en to tre fire fem seks syv åtte ni ti elleve tolv tretten fjorten "
    "femten seksten sytten atten nitten",
}
_TENS: Final = {
    "en": "twenty thirty forty fifty sixty seventy eighty ninety",
    "no": "tjue tretti førti femti seksti sytti åtti nitti",
}
_ALSO: Final = {
    "en": {"oh": "0", "o": "0", "nought": "0", "null": "0", "nil": "0"},
    "no": {"ein": "1", "ett": "1", "sju": "7", "tyve": "20", "tredve": "30"},
}
_TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "dobbel": 2, "trippel": 3}


def _values(language: str) -> dict[str, str]:
    units = {word: str(at) for at, word in enumerate(_UNITS[language].split())}
    tens = {word: str(at) for at, word in enumerate(_TENS[language].split(), 2)}
    whole = units | {word: f"{ten}0" for word, ten in tens.items()} | _ALSO[language]
    digits = [(word, unit) for word, unit in whole.items() if unit in "123456789"]
    together = {  # "femtifem" is one word
        f"{word}{one}": f"{ten}{unit}"
        for word, ten in tens.items()
        for one, unit in digits
    }
    return whole | together


_VALUES: Final = {language: _values(language) for language in _UNITS}
_TEN_WORDS: Final = frozenset(" ".join(_TENS.values()).split()) | {"tyve", "tredve"}

_TOKEN: Final = re.compile(r"(?P<figures>\d+)|(?P<word>[^\W\d_]+)|(?P<mark>[^\w\s])")
_INSIDE: Final = frozenset("-.()/,;:…–—'\"")
_PAUSES: Final = frozenset(
    re.findall(
        r"\w+",
        "uh um er erm eh hm øh øhm ehm and then dash hyphen space pause og så strek",
    )
)
"""Said between the groups of a number, and no part of it."""

_TELLING: Final = {*_VALUES["en"], *_VALUES["no"]} - {"en", "to", "o"}
_HINT: Final = re.compile(rf"\d|@|\b(?:{'|'.join(sorted(_TELLING))})\b", re.IGNORECASE)
"""Without any of this there is no number: most sentences end here."""

_NINO: Final = re.compile(
    r"\b(?!BG|GB|KN|NK|NT|TN|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]"
    r"[ .-]?\d\d[ .-]?\d\d[ .-]?\d\d[ .-]?[A-D]\b",
    re.IGNORECASE,
)
_IBAN: Final = re.compile(r"\b[A-Z]{2}\d\d(?:[ -]?[A-Z0-9]){11,30}", re.IGNORECASE)
_EMAIL: Final = re.compile(
    r"[\w.+%-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
)
_ASKED_CODE: Final = re.compile(
    r"(?<!post )(?<!postal )(?<!zip )(?<!area )(?<!country )"
    r"\b(?:pin|pinkode\w*|passcode|code|kode[nr]?|cvv|cvc|security code"
    r"|kontrollkode\w*)\b[^.!?\d]{0,40}$",
    re.IGNORECASE,
)
_ABOUT_SSN: Final = re.compile(
    r"\b(?:ssn|social security)\b[^.!?]{0,60}$", re.IGNORECASE
)
_NEAR: Final = 80
"""Characters before a number in which it may be said what it is."""


@dataclass(frozen=True, slots=True)
class Span:
    """A secret's place in a text, and what is written there instead."""

    start: int
    end: int
    instead: str


@dataclass(frozen=True, slots=True)
class _Piece:
    digits: str
    start: int
    end: int


def spans(text: str, *, emails: bool = False) -> list[Span]:
    """Every secret in a text, in order, none over another."""
    if not _HINT.search(text):
        return []
    found = [
        *(Span(one.start(), one.end(), NINO) for one in _NINO.finditer(text)),
        *_ibans(text),
        *(span for one in _VALUES.values() for run in _runs(text, one)
          for span in _in_run(text, run)),
    ]  # fmt: skip
    if emails:
        found += [Span(*one.span(), EMAIL) for one in _EMAIL.finditer(text)]
    return merged(found)


def merged(found: list[Span]) -> list[Span]:
    """In order; of two that overlap, one that covers both."""
    apart = list[Span]()
    for span in sorted(found, key=lambda one: (one.start, -one.end)):
        if apart and span.start < apart[-1].end:
            last = apart[-1]
            apart[-1] = Span(last.start, max(last.end, span.end), last.instead)
        else:
            apart.append(span)
    return apart


def _runs(text: str, values: dict[str, str]) -> Iterator[list[_Piece]]:
    """The digits that were said one after the other."""
    run, times, tens = list[_Piece](), 1, False
    for token in _TOKEN.finditer(text):
        kind, said = token.lastgroup, token[0].casefold()
        digits = token[0] if kind == "figures" else values.get(said)
        if digits is not None:
            digits = "".join(str(int(one)) for one in digits if one.isdecimal())
            if tens and run and len(digits) == 1 and digits != "0":
                last = run.pop()  # "fifty five" is 55
                digits = last.digits[:-1] + digits
                run.append(_Piece(digits, last.start, token.end()))
            else:
                run.append(_Piece(digits * times, token.start(), token.end()))
            times, tens = 1, said in _TEN_WORDS
        elif said in _TIMES:
            times = _TIMES[said]
        elif said in _PAUSES or (kind == "mark" and said in _INSIDE):
            tens = tens and said == "-"
        elif run:
            yield run
            run, times, tens = [], 1, False
    if run:
        yield run


def _in_run(text: str, run: list[_Piece]) -> Iterator[Span]:
    first = 0
    while first < len(run):
        length, instead = _number_at(text, run, first)
        if instead:
            yield Span(run[first].start, run[first + length - 1].end, instead)
        first += max(length, 1)


def _number_at(text: str, run: list[_Piece], first: int) -> tuple[int, str]:
    """How many pieces from this one on are a secret, and which; the longest."""
    digits, best = "", (0, "")
    before = text[max(0, run[first].start - _NEAR) : run[first].start]
    if first == 0 and _ASKED_CODE.search(before):
        said = "".join(one.digits for one in run)
        if SHORTEST_CODE <= len(said) <= LONGEST_CODE:
            return len(run), CODE
    for length, piece in enumerate(run[first : first + LONGEST_CARD], start=1):
        digits += piece.digits
        if len(digits) > LONGEST_CARD:
            break
        groups = [len(one.digits) for one in run[first : first + length]]
        if instead := _kind(digits, groups, before):
            best = (length, instead)
    return best


def _kind(digits: str, groups: list[int], before: str) -> str:
    if SHORTEST_CARD <= len(digits) <= LONGEST_CARD and is_luhn(digits):
        return CARD
    if len(digits) == 11 and is_birth_number(digits):
        return IDENTITY
    told = groups == [3, 2, 4] or bool(_ABOUT_SSN.search(before))
    if len(digits) == 9 and told and is_ssn(digits):
        return SSN
    return ""


def is_luhn(digits: str) -> bool:
    """The check digit of payment cards (ISO/IEC 7812-1, annex B)."""
    doubled = (int(digit) * (1 + at % 2) for at, digit in enumerate(reversed(digits)))
    return sum(value // 10 + value % 10 for value in doubled) % 10 == 0


def is_ssn(digits: str) -> bool:
    """What the Social Security Administration may have given out."""
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    known_area = area not in {"000", "666"} and area < "900"
    return known_area and group != "00" and serial != "0000"


def is_birth_number(digits: str) -> bool:
    """Norwegian fødselsnummer and D-number: a day, and two check digits (modulo 11)."""
    numbers = [int(one) for one in digits]
    for weights in ((3, 7, 6, 1, 8, 9, 4, 5, 2, 1), (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)):
        if sum(a * b for a, b in zip(weights, numbers, strict=False)) % 11:
            return False
    day, month = int(digits[:2]) % 40, int(digits[2:4]) % 40
    try:
        date(2000, month, day)  # a leap year: the century is another matter
    except ValueError:
        return False
    return True


def _ibans(text: str) -> Iterator[Span]:
    for match in _IBAN.finditer(text):
        shortest = match.start() + SHORTEST_IBAN - 1
        ends = [at for at in range(match.end(), shortest, -1) if _ends(text, at)]
        for end in ends:
            if is_iban(text[match.start() : end]):
                yield Span(match.start(), end, IBAN)
                break


def _ends(text: str, at: int) -> bool:
    """Whether a group of letters and digits ends here."""
    return not text[at : at + 1].isalnum() and text[at - 1].isalnum()


def is_iban(text: str) -> bool:
    """ISO 13616: modulo 97."""
    plain = "".join(one for one in text.upper() if one.isascii() and one.isalnum())
    if not SHORTEST_IBAN <= len(plain) <= LONGEST_IBAN:
        return False
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1
