"""What proves who a caller is, and what does not."""

import pytest
from hypothesis import given, settings, strategies as st

from callcenter.domain.verification import (
    Customer,
    Detail,
    Method,
    fits,
    is_number,
    normalised,
    pin_problem,
    proves,
    seal,
)

SALT = b"0123456789abcdef"
NAME, POSTCODE, BIRTH = Detail.NAME, Detail.POSTCODE, Detail.DATE_OF_BIRTH
KARI = Customer(
    "+4755512345",
    details={
        NAME: seal(normalised(NAME, "Kari Nilsen"), SALT),
        POSTCODE: seal(normalised(POSTCODE, "5003"), SALT),
        BIRTH: seal(normalised(BIRTH, "1980-05-17"), SALT),
    },
)


def test_a_seal_fits_its_secret_alone_and_does_not_show_it() -> None:
    sealed = seal("274913", SALT)
    assert fits(sealed, "274913")
    assert not fits(sealed, "274914")
    assert not fits(sealed, "")
    assert "274913" not in sealed


@settings(max_examples=10, deadline=None)
@given(st.text("0123456789", min_size=4, max_size=8), st.binary(min_size=16))
def test_two_customers_with_one_pin_have_two_seals(pin: str, salt: bytes) -> None:
    assert seal(pin, salt) != seal(pin, salt[::-1] + b"x")


@pytest.mark.parametrize(
    ("detail", "one", "other"),
    [
        (NAME, "Kari Nilsen", "nilsen,  KARI"),
        (NAME, "Bjørn Åse", "bjorn ase"),
        (NAME, "Zoë", "zoe"),
        (POSTCODE, "SW1A 1AA", "sw1a-1aa"),
        (BIRTH, "1980-05-17", " 1980-05-17 "),
    ],
)
def test_spelling_is_no_difference(detail: Detail, one: str, other: str) -> None:
    assert normalised(detail, one) == normalised(detail, other) != ""


def test_a_date_that_is_none_is_nothing() -> None:
    assert normalised(BIRTH, "in the spring") == ""


@pytest.mark.parametrize(
    ("told", "enough"),
    [
        ({NAME: "Kari Nilsen", POSTCODE: "5003"}, True),
        ({NAME: "Kari Nilsen", BIRTH: "1980-05-17"}, True),
        ({NAME: "Kari Nilsen", POSTCODE: "5003", BIRTH: "1980-05-17"}, True),
        ({NAME: "Kari Nilsen"}, False),
        ({}, False),
        ({NAME: "Kari Nilsen", POSTCODE: " "}, False),
        ({NAME: "Kari Nilsen", POSTCODE: "5004"}, False),
        ({NAME: "Kari Nilsen", POSTCODE: "5003", BIRTH: "1980-05-18"}, False),
    ],
)
def test_two_right_facts_prove_and_a_wrong_one_undoes_them(
    told: dict[Detail, str], enough: bool
) -> None:
    assert proves(KARI, told) is enough


def test_a_fact_that_the_house_does_not_have_proves_nothing() -> None:
    short = Customer(KARI.number, details={NAME: (KARI.details or {})[NAME]})
    assert not proves(short, {NAME: "Kari Nilsen", POSTCODE: "5003"})
    told = {NAME: "Kari Nilsen", POSTCODE: "5003"}
    assert not proves(Customer(KARI.number), told)


def test_a_customer_proves_by_what_there_is() -> None:
    assert Customer("+4755512345").methods == ()
    assert Customer("+4755512345", pin="x").methods == (Method.PIN,)
    assert KARI.methods == (Method.FACTS,)
    assert Customer("", "x", KARI.details).methods == (Method.PIN, Method.FACTS)


@pytest.mark.parametrize(
    "pin", ["123", "123456789", "12a4", "", "1111", "1234", "4321"]
)
def test_a_pin_that_anybody_would_try_is_refused(pin: str) -> None:
    assert pin_problem(pin)


@pytest.mark.parametrize("pin", ["2749", "86420135", "1122"])
def test_other_pins_are_not(pin: str) -> None:
    assert not pin_problem(pin)


def test_a_number_is_one_that_carriers_send() -> None:
    assert is_number("+4755512345")
    assert not any(map(is_number, ["55512345", "+0755512345", "+47 555", "anonymous"]))
