"""What a response costs."""

import pytest

from callcenter.domain.ids import AgentName
from callcenter.domain.opening import renewed
from callcenter.domain.prices import MINI, STANDARD, Tokens, price_of


def test_cached_tokens_are_part_of_the_input_and_cheaper() -> None:
    used = Tokens(
        text_in=1000,
        text_cached=600,
        text_out=100,
        audio_in=2000,
        audio_cached=500,
        audio_out=300,
    )
    dollars = 400 * 4 + 600 * 0.4 + 100 * 24 + 1500 * 32 + 500 * 0.4 + 300 * 64
    assert STANDARD.of(used) == pytest.approx(dollars / 1_000_000)


def test_an_unknown_model_counts_as_dear() -> None:
    assert price_of("gpt-realtime-2.1-mini") is MINI
    assert price_of("somebody-elses") is STANDARD


def test_a_renewed_session_waits_for_the_caller() -> None:
    assert renewed(AgentName("weather"), ()).silent
