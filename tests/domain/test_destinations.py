"""What may be rung at our cost: refused in code, whoever asks."""

import pytest

from callcenter.domain.destinations import (
    EXPLAINED,
    DialRules,
    NumberFacts,
    NumberKind,
    Refusal,
    refusal,
    telephone_number,
)

RULES = DialRules(frozenset({"+4721000000"}), frozenset({"NO"}))
NORWAY = NumberFacts("NO")


def test_an_ordinary_number_of_an_allowed_country_may_be_rung() -> None:
    assert refusal("+4770123456", NORWAY, RULES, caller="+4755512345") is None


@pytest.mark.parametrize(
    "destination",
    [
        "sip:ada@example.com",
        "sips:ada@10.0.0.1:5061;transport=tls",
        "sip:1001@pbx.example.com",
        "client:ada",
    ],
)
def test_an_address_that_hides_no_number_may_be_rung(destination: str) -> None:
    assert refusal(destination, NumberFacts(), RULES) is None


@pytest.mark.parametrize(
    ("destination", "facts", "why"),
    [
        ("+4721000000", NORWAY, Refusal.OWN_NUMBER),
        ("+4755512345", NORWAY, Refusal.CALLERS_NUMBER),
        ("+870773111632", NORWAY, Refusal.SATELLITE),
        ("+881612345678", NORWAY, Refusal.SATELLITE),
        ("+88216123456", NORWAY, Refusal.SATELLITE),
        ("+883510012345", NORWAY, Refusal.SATELLITE),
        ("+979123456789", NORWAY, Refusal.PREMIUM_RATE),
        ("+19005550101", NORWAY, Refusal.PREMIUM_RATE),
        (
            "+4782012345",
            NumberFacts("NO", NumberKind.PREMIUM_RATE),
            Refusal.PREMIUM_RATE,
        ),
        ("+80812345678", NORWAY, Refusal.SHARED_COST),
        ("+4981012345", NumberFacts("NO", NumberKind.SHARED_COST), Refusal.SHARED_COST),
        ("+18765551234", NumberFacts("JM"), Refusal.COUNTRY),
        ("+4770123456", NumberFacts(), Refusal.COUNTRY),
        ("sip:+19005550101@gateway.example.com", NORWAY, Refusal.PREMIUM_RATE),
        ("sip:00881-612-345678@gateway.example.com", NORWAY, Refusal.SATELLITE),
        ("sip:01118765551234@example.com", NumberFacts("JM"), Refusal.COUNTRY),
        ("sip:+4721000000@example.com", NORWAY, Refusal.OWN_NUMBER),
    ],
)
def test_what_is_refused(destination: str, facts: NumberFacts, why: Refusal) -> None:
    assert refusal(destination, facts, RULES, caller="+4755512345") is why


@pytest.mark.parametrize(
    "destination",
    [
        "",
        "70123456",
        "+4770123456;ext=9",
        "+4770123456,,1",
        "+47٧٠١٢٣٤٥٦",
        "tel:+4770123456",
        "sip:ada",
        "sip:ada@example.com?X-Evil=1",
        "sip:ada@example.com;user=phone",
        "client:a b",
    ],
)
def test_other_spellings_are_not_destinations(destination: str) -> None:
    assert refusal(destination, NORWAY, RULES) is Refusal.NOT_A_DESTINATION


def test_a_number_that_nobody_on_the_list_has_is_refused() -> None:
    why = refusal("+4770123456", NORWAY, RULES, listed=False)
    assert why is Refusal.NOT_IN_DIRECTORY


def test_the_number_in_a_sip_address_is_found() -> None:
    assert telephone_number("sip:+47.701.23456@example.com") == "+4770123456"
    assert telephone_number("sip:ada@example.com") is None


def test_every_refusal_is_explained() -> None:
    assert set(EXPLAINED) == set(Refusal)
