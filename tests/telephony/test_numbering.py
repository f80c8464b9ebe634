"""The number plans, as far as they guard against toll fraud."""

import pytest

from callcenter.domain.destinations import DialRules, NumberFacts, NumberKind, Refusal
from callcenter.telephony.numbering import facts_of, why_not

PREMIUM, SHARED = NumberKind.PREMIUM_RATE, NumberKind.SHARED_COST


@pytest.mark.parametrize(
    ("destination", "facts"),
    [
        ("+4721000000", NumberFacts("NO")),
        ("+442079460958", NumberFacts("GB")),
        ("+15005550101", NumberFacts("US")),  # Twilio's own test numbers
        ("+18765551234", NumberFacts("JM")),  # looks like the USA, and costs more
        ("+4782012345", NumberFacts("NO", PREMIUM)),
        ("+19005550101", NumberFacts("US", PREMIUM)),
        ("+979123456789", NumberFacts("", PREMIUM)),
        ("+80812345678", NumberFacts("", SHARED)),
        ("+881612345678", NumberFacts("")),
        ("+9999999999", NumberFacts("")),
        ("sip:+4782012345@example.com", NumberFacts("NO", PREMIUM)),
        ("sip:ada@example.com", NumberFacts("")),
    ],
)
def test_what_is_known_of_a_number(destination: str, facts: NumberFacts) -> None:
    assert facts_of(destination) == facts


def test_a_number_is_judged_by_its_plan() -> None:
    rules = DialRules(countries=frozenset({"US"}))
    assert why_not("+15005550101", rules) is None
    assert why_not("+18765551234", rules) is Refusal.COUNTRY
    assert why_not("+19005550101", rules) is Refusal.PREMIUM_RATE
