"""The words that had been heard when the caller cut in."""

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.transcript import heard_part

SENTENCE = "We open at nine tomorrow"  # 24 characters: 100 ms each, below


@pytest.mark.parametrize(
    ("heard_ms", "heard"),
    [
        (-500, ""),
        (0, ""),
        (100, ""),
        (200, "We"),
        (300, "We"),
        (600, "We"),
        (700, "We open"),
        (800, "We open"),
        (1000, "We open at"),
        (2300, "We open at nine"),
        (2400, SENTENCE),
        (9999, SENTENCE),
    ],
)
def test_no_word_is_half_heard(heard_ms: int, heard: str) -> None:
    assert heard_part(SENTENCE, heard_ms=heard_ms, spoken_ms=2400) == heard


def test_one_long_word_is_heard_whole_or_not_at_all() -> None:
    assert heard_part("Congratulations", heard_ms=999, spoken_ms=1000) == ""


def test_what_made_no_sound_keeps_its_words() -> None:
    assert heard_part("Hello", heard_ms=0, spoken_ms=0) == "Hello"


@given(st.text(), st.integers(-100, 5000), st.integers(1, 5000))
def test_what_was_heard_is_a_beginning_of_what_was_said(
    generated: str, heard_ms: int, spoken_ms: int
) -> None:
    heard = heard_part(generated, heard_ms=heard_ms, spoken_ms=spoken_ms)

    assert generated.startswith(heard)
    rest = generated[len(heard) :]
    assert not heard or not rest or rest[0].isspace()
    assert heard == generated or heard_ms < spoken_ms
