"""What the number plans of the world say of a number: where it is, what it costs."""

from typing import Final

import phonenumbers
from phonenumbers import PhoneNumberType

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


def why_not(destination: str, rules: DialRules) -> Refusal | None:
    """Why nobody may have this as their telephone; see callcenter.domain."""
    return refusal(destination, facts_of(destination), rules)
