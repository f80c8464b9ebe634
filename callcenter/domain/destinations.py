"""Whether a telephone may be rung at our cost: the guard against toll fraud and loops.

The directory is the first defence (no tool and no model names a number); this is the
second, for a directory that somebody has written the wrong number into.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

SATELLITE: Final = ("+870", "+881", "+882", "+883")
"""Inmarsat, the satellite networks, and the networks without a country."""

PREMIUM: Final = ("+979", "+1900", "+1976")
"""International premium rate, and North America's, which a number plan may not know."""

SHARED_COST: Final = ("+808",)

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_SIP: Final = re.compile(
    r"sips?:(?P<user>[^\s@;?:,<>]{1,128})@[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?"
    r"(;transport=(udp|tcp|tls))?",
    re.ASCII,
)
_CLIENT: Final = re.compile(r"client:[A-Za-z0-9_.-]{1,121}", re.ASCII)
_PREFIXED: Final = re.compile(r"(\+|00|011)(?P<digits>[1-9][0-9]{6,14})", re.ASCII)
_SEPARATORS: Final = re.compile(r"[-.()]")


class Refusal(StrEnum):
    """Why a destination is not rung."""

    NOT_A_DESTINATION = "not_a_destination"
    NOT_IN_DIRECTORY = "not_in_directory"
    OWN_NUMBER = "own_number"
    CALLERS_NUMBER = "callers_number"
    PREMIUM_RATE = "premium_rate"
    SATELLITE = "satellite"
    SHARED_COST = "shared_cost"
    COUNTRY = "country"
    TOO_MANY = "too_many"
    TOO_LONG = "too_long"


EXPLAINED: Final[dict[Refusal, str]] = {
    Refusal.NOT_A_DESTINATION: "it is no number, SIP address or client",
    Refusal.NOT_IN_DIRECTORY: "nobody on the list of operators has it",
    Refusal.OWN_NUMBER: "it is the house's own number: the call would come back to us",
    Refusal.CALLERS_NUMBER: "it is the number of the very caller",
    Refusal.PREMIUM_RATE: "premium-rate numbers are never rung",
    Refusal.SATELLITE: "satellite telephones are never rung",
    Refusal.SHARED_COST: "shared-cost numbers are never rung",
    Refusal.COUNTRY: "its country is not one of those that may be rung: DIAL_COUNTRIES",
    Refusal.TOO_MANY: "too many were rung: MAX_DIALS_PER_HOUR, MAX_DIALS_PER_DAY",
    Refusal.TOO_LONG: "too many minutes were dialled: MAX_DIALLED_MINUTES_PER_DAY",
}


class NumberKind(StrEnum):
    """What a number costs, as far as it matters here."""

    ORDINARY = "ordinary"
    PREMIUM_RATE = "premium_rate"
    SHARED_COST = "shared_cost"


@dataclass(frozen=True, slots=True)
class NumberFacts:
    """What number plans say of a number."""

    country: str = ""
    """As ISO 3166 writes it, such as NO; empty: none that is known."""
    kind: NumberKind = NumberKind.ORDINARY


@dataclass(frozen=True, slots=True)
class DialRules:
    """What may be rung."""

    own_numbers: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    """Nothing outside them is rung; SIP addresses and clients have no country."""


def refusal(
    destination: str,
    facts: NumberFacts,
    rules: DialRules,
    *,
    caller: str = "",
    listed: bool = True,
) -> Refusal | None:
    """Why this must not be rung; None: it may be. `facts` are of its number."""
    if not listed:
        return Refusal.NOT_IN_DIRECTORY
    number = telephone_number(destination)
    if number is None:
        known = _SIP.fullmatch(destination) or _CLIENT.fullmatch(destination)
        return None if known else Refusal.NOT_A_DESTINATION
    if number in rules.own_numbers:
        return Refusal.OWN_NUMBER
    if number == caller:
        return Refusal.CALLERS_NUMBER
    return _costly(number, facts, rules)


def telephone_number(destination: str) -> str | None:
    """The number that would be rung, in E.164; None if it is no number.

    A SIP address may hide one. Digits without a prefix are an extension there.
    """
    if address := _SIP.fullmatch(destination):
        hidden = _PREFIXED.fullmatch(_SEPARATORS.sub("", address["user"]))
        return None if hidden is None else f"+{hidden['digits']}"
    return destination if _E164.fullmatch(destination) else None


def _costly(number: str, facts: NumberFacts, rules: DialRules) -> Refusal | None:
    if number.startswith(SATELLITE):
        return Refusal.SATELLITE
    if facts.kind is NumberKind.PREMIUM_RATE or number.startswith(PREMIUM):
        return Refusal.PREMIUM_RATE
    if facts.kind is NumberKind.SHARED_COST or number.startswith(SHARED_COST):
        return Refusal.SHARED_COST
    return None if facts.country in rules.countries else Refusal.COUNTRY
