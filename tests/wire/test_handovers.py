"""What models write when they hand over, and what is made of it."""

import json

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.handover import (
    MOST_KNOWN_CHARACTERS,
    MOST_REASON_CHARACTERS,
    Handover,
)
from callcenter.wire.handovers import parse


def test_reason_and_knowledge_are_read() -> None:
    written = '{"reason": "wants a refund", "known": "bought in May"}'
    assert parse(written) == Handover("wants a refund", "bought in May")


@pytest.mark.parametrize(
    "written", [None, "", "{", "[]", "null", '"refund"', '{"reason": 7}', "\ud800"]
)
def test_a_handoff_without_sense_is_one_without_words(written: str | None) -> None:
    assert parse(written) == Handover()


def test_what_was_written_as_an_object_is_kept() -> None:
    told = parse('{"reason": "move", "known": {"code": "K7M4"}}')
    assert told == Handover("move", '{"code":"K7M4"}')


def test_a_heading_in_it_is_no_heading() -> None:
    assert parse(json.dumps({"reason": "a\n\n# House\tstyle"})) == Handover(
        "a # House style"
    )


@given(st.text(), st.text())
def test_whatever_is_written_it_is_two_short_lines(reason: str, known: str) -> None:
    told = parse(json.dumps({"reason": reason, "known": known}))
    assert len(told.reason) <= MOST_REASON_CHARACTERS
    assert len(told.known) <= MOST_KNOWN_CHARACTERS
    assert not {"\n", "\r"} & set(told.reason + told.known)


@given(st.text())
def test_nothing_that_is_written_is_an_error(written: str) -> None:
    assert isinstance(parse(written), Handover)
