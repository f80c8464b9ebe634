"""Facts survive being written down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import cast

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.events import (
    EVENTS,
    AttemptEnded,
    CallerSpoke,
    Event,
    Fact,
    ToolCalled,
)
from callcenter.domain.ids import AgentName, AttemptId, CallId, ItemId, ToolCallId
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.wire.facts import (
    UnknownFact,
    dump,
    dump_line,
    load,
    load_line,
    load_lines,
    name_of,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
ZONES = st.sampled_from([UTC, timezone(timedelta(hours=2))])


def an(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Any event of the kind whose text a database can hold."""
    any_event = cast("st.SearchStrategy[Event]", st.builds(kind))
    return any_event.filter(lambda event: r"\x00" not in repr(event))


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_every_kind_of_fact_has_its_name(name: str) -> None:
    @given(an(EVENTS[name]))
    def check(event: Event) -> None:
        assert name_of(event) == name
        assert load(name, dump(event)) == event

    check()


@given(
    st.sampled_from(sorted(EVENTS)).flatmap(lambda name: an(EVENTS[name])),
    TEXT,
    st.integers(min_value=0, max_value=2**31),
    st.datetimes(min_value=datetime(2000, 1, 1), timezones=ZONES),  # noqa: DTZ001
)
def test_a_line_of_the_journal_is_the_fact_again(
    event: Event, call_id: str, sequence: int, at: datetime
) -> None:
    fact = Fact(CallId(call_id), sequence, at, event)
    line = dump_line(fact)
    assert line.count(b"\n") == 1
    assert load_line(line) == fact


def test_an_outcome_is_written_as_its_word() -> None:
    event = AttemptEnded(AttemptId("a1"), AttemptOutcome.NO_ANSWER)
    assert dump(event)["outcome"] == "no_answer"


def test_words_that_could_not_be_transcribed_stay_unknown() -> None:
    event = CallerSpoke(ItemId("i1"), None, 0, 900)
    assert load("CallerSpoke", dump(event)) == event


def test_a_field_of_a_newer_version_is_skipped() -> None:
    assert load("AttemptEnded", {"attempt_id": "a", "outcome": "busy", "mood": "bad"})


def test_a_kind_of_a_newer_version_is_an_error_that_names_it() -> None:
    with pytest.raises(UnknownFact, match=r"'CallerSneezed'.*newer"):
        load("CallerSneezed", {})


@pytest.mark.parametrize("data", [{}, {"attempt_id": "a", "outcome": "eaten"}])
def test_a_fact_with_a_hole_is_not_half_read(data: dict[str, str]) -> None:
    with pytest.raises(UnknownFact, match="AttemptEnded cannot be read"):
        load("AttemptEnded", data)


@pytest.mark.parametrize("half", [b"", b"{", b'{"call_id": "c"}', b"\xff\xfe"])
def test_half_a_line_is_refused(half: bytes) -> None:
    with pytest.raises(UnknownFact, match="line of the journal"):
        load_line(half)


def test_characters_that_no_database_takes_do_not_cost_the_fact() -> None:
    event = ToolCalled(ToolCallId("t"), AgentName("a"), "x", '{"n": "a\x00b\ud83d"}')
    assert dump(event)["arguments"] == '{"n": "a\ufffdb\ufffd"}'
    assert dump_line(Fact(CallId("c"), 1, datetime(2026, 1, 1, tzinfo=UTC), event))


def test_of_several_lines_those_that_are_known_are_read() -> None:
    fact = Fact(
        CallId("c"),
        1,
        datetime(2026, 1, 1, tzinfo=UTC),
        CallerSpoke(ItemId("i"), "Hi", 0, 1),
    )
    later = replace(fact, sequence=2)
    newer = dump_line(fact).replace(b"CallerSpoke", b"CallerSneezed")
    assert load_lines(dump_line(fact) + newer + dump_line(later) + b"{") == [
        fact,
        later,
    ]
    assert load_lines(b"") == []
