"""How sessions begin: who is greeted, and who never twice."""

import pytest

from callcenter.domain.ids import AgentName, ItemId
from callcenter.domain.opening import (
    QUESTION,
    Opening,
    after_a_break,
    greeting,
    nobody_answered,
)
from callcenter.domain.transcript import Speaker, Turn

TRIAGE = AgentName("triage")
HISTORY = (Turn(ItemId("i1"), Speaker.CALLER, None, "Hello", "Hello", 0),)


def spoken(opening: Opening) -> str:
    """The words that the note puts in quotation marks."""
    _, words, _ = opening.note.split('"')
    return words


def test_the_agent_greets_when_no_recording_has() -> None:
    opening = greeting(TRIAGE, "Welcome to Hjul.", recorded=False)

    assert spoken(opening) == f"Welcome to Hjul. {QUESTION}"
    assert (opening.agent, opening.history, opening.reason) == (TRIAGE, (), "")


def test_nobody_is_greeted_twice() -> None:
    opening = greeting(TRIAGE, "Welcome to Hjul.", recorded=True)

    assert spoken(opening) == QUESTION
    assert "Welcome to Hjul. Do not welcome them again" in opening.note


@pytest.mark.parametrize(
    ("tried", "happened"),
    [
        (True, "none of my colleagues could take the call just now"),
        (False, "none of my colleagues is available right now"),
    ],
)
def test_the_caller_hears_what_became_of_the_transfer(
    tried: bool,
    happened: str,
) -> None:
    opening = nobody_answered(TRIAGE, HISTORY, tried=tried)

    assert spoken(opening).startswith(f"I am sorry, {happened}. Shall I take a message")
    assert (opening.history, opening.reason) == (HISTORY, "no operator answered")


def test_while_we_are_closed_the_agent_says_until_when() -> None:
    soon = "We open again at eight tomorrow."
    opening = nobody_answered(TRIAGE, HISTORY, tried=False, reopens=soon)

    assert f"available right now. {soon} Shall I take" in spoken(opening)


def test_a_conversation_goes_on_where_it_broke() -> None:
    opening = after_a_break(TRIAGE, HISTORY)

    assert spoken(opening) == "Sorry, we were cut off for a moment."
    assert (opening.history, opening.reason) == (HISTORY, "the connection broke")
