"""The cost of a call by what was paid for: parts that add up to the whole."""

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.call_costs import (
    INBOUND_USD_PER_MINUTE as CALLER,
    OUTBOUND_USD_PER_MINUTE as OPERATOR,
    STREAM_USD_PER_MINUTE as STREAM,
    model_costs,
    scaled,
    telephony_estimate,
)
from callcenter.domain.prices import STANDARD, Tokens

COUNTS = st.integers(0, 100_000)


@st.composite
def used(draw: st.DrawFn) -> Tokens:
    """Cached tokens are some of those that came in."""
    text, audio = draw(COUNTS), draw(COUNTS)
    return Tokens(
        text,
        draw(st.integers(0, text)),
        draw(COUNTS),
        audio,
        draw(st.integers(0, audio)),
        draw(COUNTS),
    )


@given(st.lists(used(), max_size=5))
def test_the_parts_are_what_the_model_costs(every: list[Tokens]) -> None:
    parts = model_costs(every, STANDARD)
    assert sum(parts.values()) == pytest.approx(sum(map(STANDARD.of, every)))


def test_what_was_cached_is_paid_for_once_and_cheaply() -> None:
    fresh = model_costs([Tokens(text_in=1_000)], STANDARD)
    cached = model_costs([Tokens(text_in=1_000, text_cached=1_000)], STANDARD)
    assert cached["text"] == 0
    assert 0 < cached["text_cached"] < fresh["text"]


@given(st.floats(0.01, 100), st.floats(0.01, 100), st.floats(0, 100))
def test_scaled_parts_add_up_to_what_was_paid(
    text: float, audio: float, paid: float
) -> None:
    parts = scaled({"text": text, "audio": audio}, paid)
    assert sum(parts.values()) == pytest.approx(paid, abs=2e-6)


def test_what_cost_nothing_has_parts_of_nothing() -> None:
    assert scaled({"text": 0.0}, 5) == {"text": 0.0}


def test_a_begun_minute_of_any_leg_is_paid_for() -> None:
    assert telephony_estimate(1, 0, 0) == CALLER
    assert telephony_estimate(60, 61, 0) == pytest.approx(CALLER + 2 * STREAM)
    assert telephony_estimate(0, 0, 121) == pytest.approx(3 * OPERATOR)
    assert telephony_estimate(-5, 0, 0) == 0, "clocks that disagree earn nobody money"
