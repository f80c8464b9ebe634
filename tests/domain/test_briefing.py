"""What an operator hears before pressing 1."""

from typing import Any

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.briefing import (
    REASON_CHARACTERS,
    briefing,
    of_call,
    spoken_number,
)
from callcenter.domain.call import Attempt, CallState, Escalation
from callcenter.domain.ids import AttemptId, EscalationId
from callcenter.domain.outcomes import AttemptOutcome


def test_a_briefing_is_who_why_and_what_was_done() -> None:
    assert briefing("+4799991234", "wants a refund.", ["found the bill"]) == (
        "Call from a number ending in 1 2 3 4. Reason: wants a refund. "
        "So far the assistant has found the bill."
    )


def test_nothing_done_is_not_mentioned() -> None:
    assert briefing("+4799991234", "wants a person", []) == (
        "Call from a number ending in 1 2 3 4. Reason: wants a person."
    )


@pytest.mark.parametrize(
    ("done", "told"),
    [
        (["a", "b"], "a, and b."),
        (["a", "b", "c"], "a, b, and c."),
        (["a", "b", "c", "d"], "b, c, and d."),
    ],
)
def test_only_the_last_things_fit_into_a_breath(done: list[str], told: str) -> None:
    assert briefing("1", "why", done).endswith(f"So far the assistant has {told}")


def test_an_operator_hears_of_the_ticket_however_much_was_done_since() -> None:
    ticket = "opened ticket K 7 Q 2 X: Chain slips"
    done = [ticket, "b", "c", "d"]
    assert briefing("1", "why", done).endswith(f"has {ticket}, c, and d.")
    assert briefing("1", "why", done[:3]).endswith(f"has {ticket}, b, and c.")
    later = [*done, "opened ticket R 4 4 4 4: Bell", "e", "f", "g"]
    assert "R 4 4 4 4: Bell, f, and g." in briefing("1", "why", later)
    assert "K 7 Q 2 X" not in briefing("1", "why", later)


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("+4799991234", "a number ending in 1 2 3 4"),
        ("+47 99 99 12-3", "a number ending in 9 1 2 3"),
        ("12", "a number ending in 1 2"),
        ("anonymous", "a withheld number"),
        ("", "a withheld number"),
    ],
)
def test_a_number_is_spoken_digit_by_digit(number: str, spoken: str) -> None:
    assert spoken_number(number) == spoken


@pytest.mark.parametrize("reason", ["", " \n ", "...", ". ."])
def test_a_reason_that_was_not_given_is_said_to_be_so(reason: str) -> None:
    assert "Reason: not given." in briefing("1", reason, [])


def test_a_reason_is_one_line() -> None:
    assert "Reason: a b c." in briefing("1", " a\n\nb\tc ", [])


def test_a_long_reason_ends_with_a_whole_word() -> None:
    exact = "x" * (REASON_CHARACTERS - 5) + " word"
    assert f"Reason: {exact}." in briefing("1", exact, [])
    assert f"Reason: {exact[:-5]}." in briefing("1", f"{exact}s", [])


def test_a_long_reason_without_spaces_is_still_a_reason() -> None:
    assert f"Reason: {'理' * REASON_CHARACTERS}." in briefing("1", "理" * 999, [])


@given(st.text(), st.text())
def test_no_reason_makes_a_briefing_long(number: str, reason: str) -> None:
    assert len(briefing(number, reason * 9, [])) < REASON_CHARACTERS + 80


# Of a call.


def state(**known: Any) -> CallState:  # any field
    return CallState(caller_number="+4799991234", **known)


def test_of_a_call_whose_reason_nobody_gave_only_the_caller_is_known() -> None:
    told = "Call from a number ending in 1 2 3 4. Reason: not given."
    assert of_call(state()) == told


def test_what_the_caller_relies_on_and_need_not_say_again_comes_last() -> None:
    first = Escalation(
        EscalationId("e1"),
        "a refund",
        "support",
        (
            Attempt(AttemptId("a0"), "Bea", AttemptOutcome.NO_ANSWER),
            Attempt(AttemptId("a1"), "Ada", AttemptOutcome.ACCEPTED),
        ),
    )
    again = Escalation(EscalationId("e2"), "still a refund", "support")
    assert of_call(
        state(
            escalations=(first, again),
            was_bridged=True,
            callback_requested=True,
            message_taken=True,
            verified=True,
        )
    ) == (
        "Call from a number ending in 1 2 3 4. Reason: still a refund. "
        "They were promised a call back. They have left a message already. "
        "They have talked with Ada before in this call. "
        "They have proved who they are."
    )


def test_an_operator_who_took_it_and_never_had_the_caller_is_not_named() -> None:
    taken = (Attempt(AttemptId("a1"), "Ada", AttemptOutcome.ACCEPTED),)
    before = Escalation(EscalationId("e1"), "x", "support", taken)
    now = Escalation(EscalationId("e2"), "x", "support")
    assert "Ada" not in of_call(state(escalations=(before, now)))
    talking = state(escalations=(before,), was_bridged=True)
    assert "Ada" not in of_call(talking), "it is them who hear it"
