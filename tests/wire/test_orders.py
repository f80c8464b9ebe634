"""What nodes ask each other survives the bus; what is nobody's does not."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.people import Role
from callcenter.domain.supervision import LONGEST_NOTE, Act
from callcenter.wire.orders import (
    MOST_BYTES,
    Document,
    Letter,
    Nonsense,
    Order,
    Outcome,
    Reply,
    Standing,
    Webhook,
    dump,
    load,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
MESSAGES: dict[type[Any], st.SearchStrategy[Any]] = {
    Letter: st.builds(Letter, TEXT, TEXT, st.binary()),
    Reply: st.builds(Reply, TEXT, st.binary()),
    Order: st.builds(
        Order,
        TEXT,
        TEXT,
        st.sampled_from(Act),
        TEXT,
        st.sampled_from(Role),
        TEXT,
        TEXT,
        st.booleans(),
    ),
    Outcome: st.builds(Outcome, st.booleans(), TEXT),
    Webhook: st.builds(
        Webhook,
        TEXT,
        TEXT,
        TEXT,
        st.dictionaries(TEXT, TEXT),
        st.lists(st.tuples(TEXT, TEXT)),
    ),
    Document: st.builds(Document, st.integers(100, 599), TEXT, TEXT),
    Standing: st.builds(
        Standing,
        TEXT,
        TEXT,
        TEXT,
        st.booleans(),
        st.lists(TEXT).map(tuple),
        st.booleans(),
        st.booleans(),
    ),
}
ORDER = Order("o1", "call_1", Act.WHISPER, "eva", Role.SUPERVISOR, text="Be brief.")


@pytest.mark.parametrize("kind", MESSAGES)
def test_what_one_node_says_is_what_another_understands(kind: type[Any]) -> None:
    @given(MESSAGES[kind])
    def check(message: Any) -> None:  # any of them
        assert load(dump(message), kind) == message

    check()


@given(st.binary(), st.sampled_from(list(MESSAGES)))
def test_whatever_comes_over_a_bus_is_a_message_or_nonsense(
    text: bytes, kind: type[Any]
) -> None:
    with suppress(Nonsense):
        assert isinstance(load(text, kind), kind)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        (b'"whisper"', b'"shout"'),
        (b'"supervisor"', b'"king"'),
        (b'"call_1"', b'"' + b"c" * 201 + b'"'),
        (b"Be brief.", b"b" * (LONGEST_NOTE + 1)),
        (b'"person":"eva",', b""),
        (b'"at_once":false', b'"at_once":"no"'),
    ],
)
def test_an_order_that_nobody_can_have_given_is_not_followed(
    good: bytes, bad: bytes
) -> None:
    assert load(dump(ORDER), Order) == ORDER
    assert good in dump(ORDER)
    with pytest.raises(Nonsense):
        load(dump(ORDER).replace(good, bad), Order)


def test_what_a_newer_node_says_besides_is_not_minded() -> None:
    newer = dump(ORDER).replace(b'"id"', b'"mood":"glad","id"')
    assert load(newer, Order) == ORDER


def test_a_message_that_would_fill_the_memory_is_not_read() -> None:
    page = Document(200, "text/xml", "x" * MOST_BYTES)
    with pytest.raises(Nonsense, match="bytes"):
        load(dump(page), Document)


def test_a_message_that_is_nested_without_end_is_nonsense() -> None:
    with pytest.raises(Nonsense):
        load(b'{"done":true,"text":"","more":' + b"[" * 100_000, Outcome)
