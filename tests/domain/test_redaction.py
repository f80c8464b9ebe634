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
from callcenter.domain.outcomes import Disposition, ToolOutcome
from callcenter.domain.redaction import (
    MOST_CALLS,
    Policy,
    Redactor,
    redacted,
    redacted_text,
)
from callcenter.domain.redaction_patterns import (
    MOST_PATTERNS,
    BadPattern,
    patterns_of,
)
from callcenter.domain.secrets_said import is_iban, is_luhn

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


# What is said over several turns.


def caller(call: str, number: int, text: str | None) -> Fact:
    said = e.CallerSpoke(ItemId(f"i{number}"), text, 0, 1)
    return Fact(CallId(call), number, NOON, said)


def agent(call: str, number: int, generated: str, heard: str) -> Fact:
    spoke = e.AgentSpoke(
        ItemId(f"i{number}"), AgentName("x"), generated, heard, 0, 1, 1
    )
    return Fact(CallId(call), number, NOON, spoke)


def test_only_turns_that_had_a_part_of_it_are_told_again() -> None:
    redact = Redactor()
    for number, text in enumerate(("Hello there.", f"Mine is {CARD[:8]}"), 1):
        redact(caller("c", number, text))
    now, older = redact(caller("c", 3, f"{CARD[8:]}. Thanks."))
    assert now == caller("c", 3, "[card number]. Thanks.")
    assert older == caller("c", 2, "Mine is [card number]")


def test_an_agent_who_reads_a_number_back_in_two_turns_is_not_kept_either() -> None:
    redact = Redactor()
    redact(agent("c", 1, f"So {CARD[:8]}", ""))
    now, older = redact(agent("c", 2, f"{CARD[8:]}, right?", f"{CARD[8:]}, right?"))
    assert now == agent("c", 2, "[card number], right?", "[card number], right?")
    assert older == agent("c", 1, "So [card number]", ""), "unheard it stays"


def test_a_caller_who_completes_what_the_agent_began_to_read_is_not_kept() -> None:
    redact = Redactor()
    redact(agent("c", 1, CARD[:8], CARD[:8]))
    assert redact(caller("c", 2, CARD[8:])) == [caller("c", 2, "[card number]")]


def test_when_a_call_is_over_nothing_of_it_goes_on() -> None:
    redact = Redactor()
    redact(caller("c", 1, CARD[:8]))
    redact(Fact(CallId("c"), 2, NOON, e.CallEnded(Disposition.RESOLVED, "hung up")))
    late = caller("c", 3, CARD[8:])
    assert redact(late) == [late]


def test_of_very_many_calls_the_oldest_are_forgotten_and_the_others_are_not() -> None:
    redact = Redactor()
    redact(caller("first", 1, CARD[:8]))
    redact(caller("second", 1, CARD[:8]))
    for number in range(MOST_CALLS - 1):
        redact(caller(f"c{number}", 1, "Hello."))
    rest = caller("first", 2, CARD[8:])
    assert redact(rest) == [rest]
    assert len(redact(caller("c5", 2, CARD[8:]))) == 1
    assert len(redact._said) == MOST_CALLS


def test_what_was_stopped_long_ago_is_forgotten() -> None:
    redact, speaker = Redactor(), AgentName("x")
    for number in range(MOST_CALLS + 1):
        tripped = GuardrailTripped("rule", speaker, ItemId("i2"))
        redact(Fact(CallId(f"c{number}"), 1, NOON, tripped))
    first, last = agent("c0", 2, "a b", "a"), agent(f"c{MOST_CALLS}", 2, "a b", "a")
    assert redact(first) == [first]
    assert redact(last) == [agent(f"c{MOST_CALLS}", 2, "a [stopped: rule]", "a")]


def test_what_may_be_told_of_a_fact_is_the_fact_without_its_secret() -> None:
    told = Redactor().publishable(caller("c", 1, f"It is {CARD}."))
    assert told == caller("c", 1, "It is [card number].")


def test_what_was_heard_of_other_words_is_looked_at_by_itself() -> None:
    told = redacted(
        e.AgentSpoke(
            ItemId("i"), AgentName("x"), f"It is {CARD}.", f"Well, {CARD}", 0, 1, 1
        )
    )
    assert told.generated == "It is [card number]."
    assert told.heard == "Well, [card number]"


# What is a number, and what is none.


def test_more_digits_than_any_card_has_are_looked_at_in_their_groups() -> None:
    assert redacted_text(f"{CARD} 12345") == "[card number] 12345"
    assert redacted_text("1234567890 1234567890") == "1234567890 1234567890"


def test_an_account_number_with_a_wrong_check_digit_is_none() -> None:
    right = "NO93 8601 1117 947"
    assert redacted_text(f"It is {right}.") == "It is [bank account]."
    assert redacted_text(f"It is {right[:-1]}8.") == f"It is {right[:-1]}8."
    assert not is_iban("NO93 8601"), "too short"


def test_a_pattern_may_look_ahead_and_say_what_must_not_follow() -> None:
    policy = Policy(patterns=patterns_of(r"member = M\d{3}(?!\d)(?=\b)"))
    assert redacted_text("M123, M1234", policy) == "[member], M1234"


def test_a_house_has_not_more_patterns_than_a_call_has_time_for() -> None:
    lines = [f"p{number} = x{number}" for number in range(MOST_PATTERNS + 1)]
    assert len(patterns_of("\n".join(lines[:-1]))) == MOST_PATTERNS
    with pytest.raises(BadPattern, match="51 patterns are too many"):
        patterns_of("\n".join(lines))
