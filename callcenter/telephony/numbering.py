"""What the number plans of the world say of a number: where it is, what it costs."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import phonenumbers
from phonenumbers import PhoneNumberType, timezone

from callcenter.domain.destinations import (
    DialRules,
    NumberFacts,
    NumberKind,
    Refusal,
    refusal,
    telephone_number,
)

_KINDS: Final = {
    PhoneNumberType.PREMIUM_RATE: NumberKind.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST: NumberKind.SHARED_COST,
}

NOWHERE: Final = "001"
"""What phonenumbers calls the country of a network that has none."""


def facts_of(destination: str) -> NumberFacts:
    """Of the number in it. One that no plan assigns has no country."""
    number = telephone_number(destination)
    if number is None:
        return NumberFacts()
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return NumberFacts()
    country = phonenumbers.region_code_for_number(parsed) or ""
    kind = _KINDS.get(phonenumbers.number_type(parsed), NumberKind.ORDINARY)
    return NumberFacts("" if country == NOWHERE else country, kind)


def zones_of(number: str, house: ZoneInfo) -> Sequence[ZoneInfo]:
    """Where somebody with this number may be; when nobody can say, as the house is.

    A mobile number of a large country may be in any zone of it.
    """
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return (house,)
    names = timezone.time_zones_for_number(parsed)
    zones = [zone for name in names if (zone := _zone(name)) is not None]
    return zones or (house,)


def _zone(name: str) -> ZoneInfo | None:
    """None for one that is unknown, to the library or to this machine."""
    try:
        return None if name == timezone.UNKNOWN_TIMEZONE else ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None


def why_not(destination: str, rules: DialRules) -> Refusal | None:
    """Why nobody may have this as their telephone; see callcenter.domain."""
    return refusal(destination, facts_of(destination), rules)
