"""What must not be kept is taken out of facts, however it is said."""

import json
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import assume, given, strategies as st

from callcenter.domain import events as e
from callcenter.domain.events import Fact
from callcenter.domain.guardrails import GuardrailTripped
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    EscalationId,
    ItemId,
    ToolCallId,
)
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.redaction import (
    Policy,
    Redactor,
    redacted,
    redacted_text,
)
from callcenter.domain.redaction_patterns import BadPattern, patterns_of
from callcenter.domain.secrets_said import is_luhn

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CARD = "4111111111111111"
ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
]
NORWEGIAN = ["null", "en", "to", "tre", "fire", "fem", "seks", "sju", "åtte", "ni"]


@st.composite
def cards(draw: st.DrawFn) -> str:
    """13 to 19 digits with the right check digit."""
    body = draw(st.text("0123456789", min_size=12, max_size=18))
    return next(f"{body}{last}" for last in range(10) if is_luhn(f"{body}{last}"))


@given(
    card=cards(),
    words=st.sampled_from([list("0123456789"), ENGLISH, NORWEGIAN]),
    between=st.sampled_from([" ", "-", " - ", ", ", " … ", " uh, ", ". "]),
)
def test_no_card_number_is_left_however_it_is_read_out(
    card: str, words: list[str], between: str
) -> None:
    said = between.join(words[int(digit)] for digit in card)
    told = redacted_text(f"Ja, it is {said}.")
    assert "[card number]" in told
    assert said not in told
    assert redacted_text(told) == told


@given(card=cards(), cuts=st.sets(st.integers(1, 11), min_size=1, max_size=3))
def test_a_number_in_several_turns_is_found_in_the_last_of_them(
    card: str, cuts: set[int]
) -> None:
    places = [0, *sorted(cuts), len(card)]
    parts = [card[a:b] for a, b in pairwise(places)]
    redact, stored = Redactor(), dict[int, e.Event]()
    for number, part in enumerate(parts):
        event = e.CallerSpoke(ItemId(f"i{number}"), part, 0, 1)
        for fact in redact(Fact(CallId("c"), number, NOON, event)):
            stored[fact.sequence] = fact.event
    kept = "".join(getattr(one, "text", "") for one in stored.values())
    assert not any(digit in kept for digit in "0123456789"), kept


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("My card is 4111 1111 1111 1111, ok?", "My card is [card number], ok?"),
        ("4111-1111-1111-1111", "[card number]"),
        ("four triple one, double one double one, eight times one: 1111 1111.",
         "four triple one, double one double one, eight times one: 1111 1111."),
        ("four triple one, double one double one, 1111 1111", "[card number]"),
        ("It is 078-05-1120.", "It is [SSN]."),
        ("My social security number is 219099999.",
         "My social security number is [SSN]."),
        ("AB 12 34 56 C", "[national insurance number]"),
        ("Fødselsnummer 010107 50160", "Fødselsnummer [national identity number]"),
        ("NO93 8601 1117 947 please", "[bank account] please"),
        ("GB82WEST12345698765432", "[bank account]"),
        ("My PIN is 4711.", "My PIN is [code]."),
        ("pinkoden er fire sju en en", "pinkoden er [code]"),
        ("the CVV: 123", "the CVV: [code]"),
    ],
)  # fmt: skip
def test_what_is_said_and_what_is_kept_of_it(said: str, told: str) -> None:
    assert redacted_text(said) == told


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Call me at +47 55 50 12 34.",
        "On 2026-05-17 at 14:30, for two of us.",
        "My postal code is 5003.",
        "Your code is C H K 2 4.",
        "4111 1111 1111 1112",
        "010107 50161",
        "It costs 1,299 kroner, and I am forty two.",
    ],
)
def test_what_is_no_secret_is_kept(said: str) -> None:
    assert redacted_text(said) == said


def test_a_code_that_was_asked_for_is_not_kept() -> None:
    redact = Redactor()
    asked = e.AgentSpoke(
        ItemId("a"),
        AgentName("triage"),
        "What is your PIN?",
        "What is your PIN?",
        0,
        1,
        1,
    )
    redact(Fact(CallId("c"), 1, NOON, asked))
    said = e.CallerSpoke(ItemId("b"), "Four seven one one.", 2, 3)
    (told,) = redact(Fact(CallId("c"), 2, NOON, said))
    assert told.event == e.CallerSpoke(ItemId("b"), "[code].", 2, 3)


def test_half_a_number_that_was_heard_is_not_kept_either() -> None:
    event = e.AgentSpoke(
        ItemId("a"), AgentName("x"), f"It is {CARD[:8]} {CARD[8:]}.", "It is 41111111",
        0, 9, 4,
    )  # fmt: skip
    told = redacted(event)
    assert (told.generated, told.heard) == (
        "It is [card number].",
        "It is [card number]",
    )


def test_what_a_guardrail_stopped_is_kept_as_far_as_it_was_heard() -> None:
    redact, agent = Redactor(), AgentName("x")
    tripped = GuardrailTripped("no_foreign_numbers", agent, ItemId("a"))
    redact(Fact(CallId("c"), 1, NOON, tripped))
    spoke = e.AgentSpoke(ItemId("a"), agent, "Call +1 900 123 4567", "Call", 0, 9, 2)
    (told,) = redact(Fact(CallId("c"), 2, NOON, spoke))
    assert isinstance(told.event, e.AgentSpoke)
    assert told.event.generated == "Call [stopped: no_foreign_numbers]"


def test_what_tools_are_told_stays_json() -> None:
    arguments = json.dumps({"card": int(CARD), "name": "Kari", "list": [CARD, 7, None]})
    event = e.ToolCalled(ToolCallId("t"), AgentName("x"), "pay", arguments)
    assert json.loads(redacted(event).arguments) == {
        "card": "[card number]", "name": "Kari", "list": ["[card number]", 7, None]
    }  # fmt: skip
    broken = e.ToolCalled(ToolCallId("t"), AgentName("x"), "pay", f'{{"card": {CARD}')
    assert CARD not in redacted(broken).arguments


def test_a_house_may_keep_nothing_that_is_personal() -> None:
    event = e.ToolReturned(
        ToolCallId("t"),
        "x",
        ToolOutcome.OK,
        '{"say": "Kari, at noon"}',
        5,
        personal=True,
    )
    assert redacted(event) is event
    assert "Kari" not in redacted(event, Policy(personal=True)).output
    assert redacted_text("kari@example.com", Policy(emails=True)) == "[email address]"


def test_words_are_looked_at_wherever_a_fact_has_some() -> None:
    for event in (
        e.MessageTaken(CARD),
        e.CallbackRequested("noon", CARD),
        e.OperatorBriefed(AttemptId("a"), CARD),
        e.AgentHandedOff(AgentName("a"), AgentName("b"), CARD, CARD),
        e.CallEscalated(EscalationId("e"), AgentName("a"), CARD, "billing"),
        e.SessionLost(CARD),
    ):
        assert CARD not in repr(redacted(event))


# A house's own patterns.


def test_a_house_hides_what_it_names() -> None:
    policy = Policy(patterns=patterns_of("# ours\nmember number = M\\d{6}\n"))
    assert redacted_text("I am M123456.", policy) == "I am [member number]."


@pytest.mark.parametrize(
    "line",
    ["nonsense", "x = ", "x = (", "x = a*", "x = (a+)+b", "x = (a|aa)+b", "x = a+b+c",
     "x = (.*)(.*)x", r"x = (a)\1+", "x = (a{1,50}){1,50}", "X! = a",
     "x = " + "a" * 201],
)  # fmt: skip
def test_a_pattern_that_could_stall_a_call_is_refused(line: str) -> None:
    with pytest.raises(BadPattern):
        patterns_of(line)


@given(st.text(max_size=200))
def test_no_text_is_too_odd(text: str) -> None:
    assume("[" not in text)
    told = redacted_text(text)
    assert redacted_text(told) == told
