"""Whoever was erased is known again by their number, which is not written anywhere."""

from hypothesis import given, strategies as st

from callcenter.domain.pseudonyms import SEALED, either, sealed

NUMBERS = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)


@given(NUMBERS, NUMBERS)
def test_a_seal_is_of_one_number_and_does_not_show_it(one: str, other: str) -> None:
    assert (sealed(one) == sealed(other)) == (one == other)
    assert sealed(one).startswith(SEALED)
    assert one not in sealed(one)


def test_a_seal_stays_the_same_for_as_long_as_there_are_rows_with_it() -> None:
    seal = "erased:e459aefe0044e3b0612d80760c8b9ba1"  # sha256sum has made it
    assert sealed("+4755512345") == seal
    assert either("+4755512345") == ("+4755512345", seal)
