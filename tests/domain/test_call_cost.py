"""What a call has cost: parts that add up to what was paid, whatever prices are now."""

import pytest
from hypothesis import given, strategies as st

from callcenter.domain import events as e
from callcenter.domain.call_cost import KINDS, LIST_PRICES, Rates, cost_of
from callcenter.domain.ids import CallSid, ItemId
from callcenter.domain.prices import STANDARD, Tokens
from tests.jobs.calls import facts

COUNTS = st.integers(0, 100_000)
ANSWERED = e.CallAnswered(CallSid("CA1"), "+4755512345", "+15005550006")


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


def model_parts(*events: e.Event, rates: Rates = LIST_PRICES) -> dict[str, float]:
    split = cost_of(facts(events=(ANSWERED, *events)), rates, 0).split()
    return {kind: split[kind] for kind in KINDS}


@given(st.lists(st.tuples(used(), st.floats(0, 10)), max_size=4))
def test_the_models_parts_are_what_was_paid(every: list[tuple[Tokens, float]]) -> None:
    parts = model_parts(*(e.ModelUsed(tokens, paid) for tokens, paid in every))
    paid = sum(usd for tokens, usd in every)
    anything = any(STANDARD.of(tokens) for tokens, _ in every)
    assert sum(parts.values()) == pytest.approx(paid if anything else 0, abs=1e-5)


def test_what_was_cached_is_paid_for_once_and_cheaply() -> None:
    tokens = Tokens(text_in=2_000, text_cached=1_000)
    parts = model_parts(e.ModelUsed(tokens, STANDARD.of(tokens)))
    assert 0 < parts["text_cached"] < parts["text_in"]
    now = STANDARD.text_in * 1_000, STANDARD.text_cached * 1_000
    assert parts["text_in"] / parts["text_cached"] == pytest.approx(now[0] / now[1])


def test_what_callers_say_is_transcribed_by_the_minute() -> None:
    said = e.CallerSpoke(ItemId("i"), "Hello", 1_000, 61_000)
    told = facts(events=(ANSWERED, said))
    assert cost_of(told, LIST_PRICES, 0).transcription == pytest.approx(0.0045)
    dear = Rates("", "somebody's", 0, 0)
    assert cost_of(told, dear, 0).transcription > 0.0045, "one we don't know is dear"


def test_the_total_is_the_sum_of_what_is_shown() -> None:
    split = cost_of(facts(), LIST_PRICES, 0.25).split()
    total = split.pop("total")
    assert split["summary"] == 0.25
    assert total == pytest.approx(sum(split.values()))
