"""What a text model writes of a call: read strictly, bounded, and never trusted."""

import json
from typing import Any

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.outcomes import Disposition
from callcenter.domain.wrap_up import (
    FOLLOW_UP_CHARACTERS,
    MOST_FOLLOW_UPS,
    SUMMARY_CHARACTERS,
    TOPIC_CHARACTERS,
    FollowUp,
    PromiseKind,
    Satisfaction,
    WrapUp,
    WrapUpKind,
)
from callcenter.wire.wrap_ups import LANGUAGE_CHARACTERS, parse, schema

ANSWER: dict[str, Any] = {
    "summary": "Ada wants her bicycle serviced.",
    "topic": "bicycle service",
    "follow_ups": [{"kind": "callback", "text": "The price.", "when": "tomorrow"}],
    "satisfaction": "satisfied",
    "language": " en ",
    "disposition": "resolved",
    "doubt": "",
}


def read(**changed: object) -> WrapUp:
    return parse(json.dumps(ANSWER | changed), model="gpt-6-luna", cost_usd=0.01)


def test_an_answer_becomes_a_wrap_up_that_says_who_wrote_it_and_what_it_cost() -> None:
    assert read() == WrapUp(
        WrapUpKind.MODEL,
        "Ada wants her bicycle serviced.",
        "bicycle service",
        [FollowUp(PromiseKind.CALLBACK, "The price.", "tomorrow")],
        Satisfaction.SATISFIED,
        "en",
        Disposition.RESOLVED,
        "",
        "gpt-6-luna",
        0.01,
    )


def test_however_much_a_model_writes_people_get_what_they_can_read() -> None:
    long = "word " * 5_000
    promise = {"kind": "other", "text": long, "when": long}
    told = read(
        summary=long, topic=long, language=long, doubt=long, follow_ups=[promise] * 99
    )
    assert len(told.summary) <= SUMMARY_CHARACTERS
    assert len(told.topic) <= TOPIC_CHARACTERS
    assert len(told.language) <= LANGUAGE_CHARACTERS
    assert len(told.doubt) <= FOLLOW_UP_CHARACTERS
    assert len(told.follow_ups) == MOST_FOLLOW_UPS
    assert len(told.follow_ups[0].text) <= FOLLOW_UP_CHARACTERS
    assert len(told.follow_ups[0].when) <= TOPIC_CHARACTERS


@pytest.mark.parametrize(
    ("changed", "where"),
    [
        ({"summary": ""}, "^summary: "),
        ({"disposition": "glad"}, "^disposition: "),
        (
            {"follow_ups": [{"kind": "callback", "text": "x"}]},
            r"^follow_ups\.0\.when: ",
        ),
        ({"mood": "glad"}, "^mood: "),
    ],
)
def test_what_is_wrong_is_said_with_its_place(
    changed: dict[str, object], where: str
) -> None:
    with pytest.raises(ValueError, match=where):
        read(**changed)


@given(st.text())
def test_whatever_else_a_model_writes_is_refused_and_not_repeated(text: str) -> None:
    text = f"no {text}"  # JSON begins otherwise
    with pytest.raises(ValueError, match=r"^the answer: "):
        parse(text, model="m", cost_usd=0)


def test_the_model_is_asked_for_every_field_and_for_no_other() -> None:
    asked = schema()
    assert set(asked["required"]) == set(asked["properties"]) == set(ANSWER)
    assert asked["additionalProperties"] is False
    (promise,) = (one for one in asked["$defs"].values() if one.get("type") == "object")
    assert set(promise["required"]) == {"kind", "text", "when"}
