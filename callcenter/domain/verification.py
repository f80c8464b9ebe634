"""Who a caller has proved to be: by what, in how many tries. A number proves nothing.

The comparison is ours. A model asks for it and is told yes or no; it never sees what
is compared, and cannot say that it was right.
"""

import hmac
import re
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import scrypt
from itertools import pairwise
from typing import Final, TypeAlias

TRIES_PER_CALL: Final = 3
TRIES_PER_DAY: Final = 6
"""For each number, over all its calls: a PIN of four digits holds for years."""

FACTS_NEEDED: Final = 2
"""One is on every letter that the caller ever threw away."""

SHORTEST_PIN, LONGEST_PIN = 4, 8

SALT_BYTES: Final = 16

_COST, _BLOCK, _LANES = 2**14, 8, 1
"""Some 50 ms and 16 MiB for each guess (RFC 7914, 2, gives these for logins)."""

_LETTERS: Final = str.maketrans({"ø": "o", "æ": "ae", "ß": "ss", "ł": "l", "đ": "d"})
"""What Unicode does not take apart."""


class Method(StrEnum):
    """By what a caller proves who they are."""

    PIN = "pin"
    FACTS = "facts"


class Detail(StrEnum):
    """A fact that the house knows of a customer, and others mostly do not."""

    NAME = "name"
    POSTCODE = "postcode"
    DATE_OF_BIRTH = "date_of_birth"


class Verdict(StrEnum):
    """What came of it."""

    PROVED = "proved"
    WRONG = "wrong"
    NOTHING = "nothing"
    """Nothing was typed: that is no try."""
    LOCKED = "locked"
    """No try is left, in this call or on this day."""
    UNKNOWN = "unknown"
    """There is nothing to compare with."""


@dataclass(frozen=True, slots=True)
class VerificationTried:
    """The caller began a try. Counted before it is judged: none is free."""

    method: Method


@dataclass(frozen=True, slots=True)
class CallerVerified:
    """The caller proved to be the customer whom their number belongs to."""

    method: Method


VerificationEvent: TypeAlias = VerificationTried | CallerVerified


@dataclass(frozen=True, slots=True)
class Customer:
    """What the house keeps for proving who calls: seals, nothing that can be read."""

    number: str
    pin: str = ""
    """A seal; empty if there is no PIN."""
    details: Mapping[Detail, str] | None = None
    """A seal for each."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """How this customer can prove who they are, the better way first."""
        by_facts = len(self.details or {}) >= FACTS_NEEDED
        offered = ((Method.PIN, bool(self.pin)), (Method.FACTS, by_facts))
        return tuple(method for method, possible in offered if possible)


def normalised(detail: Detail, said: str) -> str:
    """As it is compared: however it was spelled, spaced or accented. "" is nothing."""
    if detail is Detail.DATE_OF_BIRTH:
        return _as_date(said)
    if detail is Detail.POSTCODE:
        return "".join(re.findall(r"[a-z0-9]", _plain(said)))
    return " ".join(sorted(re.findall(r"\w+", _plain(said))))


def pin_problem(pin: str) -> str:
    """Why this cannot be a PIN; "" if it can."""
    if not re.fullmatch(rf"[0-9]{{{SHORTEST_PIN},{LONGEST_PIN}}}", pin):
        return f"A PIN has {SHORTEST_PIN} to {LONGEST_PIN} digits, and nothing else."
    steps = {(int(b) - int(a)) % 10 for a, b in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        return "A PIN like 1111, 1234 or 4321 is the first that anybody would try."
    return ""


def seal(secret: str, salt: bytes) -> str:
    """What may be stored of a secret: it can be compared with, and not read."""
    parts = (str(_COST), str(_BLOCK), str(_LANES), _text(salt))
    return "$".join(("scrypt", *parts, _text(_hashed(secret, salt))))


def fits(sealed: str, said: str) -> bool:
    """Whether this is the secret, in a time that does not tell how nearly it was."""
    _, cost, block, lanes, salt, kept = sealed.split("$")
    made = scrypt(
        said.encode(), salt=b64decode(salt), n=int(cost), r=int(block), p=int(lanes)
    )
    return hmac.compare_digest(made, b64decode(kept))


def proves(customer: Customer, told: Mapping[Detail, str]) -> bool:
    """Whether enough was told, and every bit of it is right.

    All are compared, whatever the first one came to: the time tells no more than no.
    """
    given, kept = _given(told), customer.details or {}
    right = [fits(kept[one], said) for one, said in given.items() if one in kept]
    return is_enough(told) and len(right) == len(given) and all(right)


def is_enough(told: Mapping[Detail, str]) -> bool:
    """Whether so much was told that it can be judged at all."""
    return len(_given(told)) >= FACTS_NEEDED


def is_number(text: str) -> bool:
    """Whether a number is written as carriers do: E.164, such as +4755512345."""
    return re.fullmatch(r"\+[1-9][0-9]{6,14}", text) is not None


def _given(told: Mapping[Detail, str]) -> dict[Detail, str]:
    given = {detail: normalised(detail, said) for detail, said in told.items()}
    return {detail: said for detail, said in given.items() if said}


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _as_date(said: str) -> str:
    try:
        return date.fromisoformat(said.strip()).isoformat()
    except ValueError:
        return ""


def _hashed(secret: str, salt: bytes) -> bytes:
    return scrypt(secret.encode(), salt=salt, n=_COST, r=_BLOCK, p=_LANES)


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
