"""How sessions begin: who is greeted, and who never twice."""

import pytest

from callcenter.domain.ids import AgentName, ItemId
from callcenter.domain.opening import (
    QUESTION,
    Opening,
    after_a_break,
    came_back,
    greeting,
    nobody_answered,
    relayed,
    renewed,
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


def test_who_comes_back_is_not_greeted_and_what_was_said_meanwhile_is_not_guessed() -> (
    None
):
    opening = came_back(TRIAGE, HISTORY, "left a message")

    assert spoken(opening) == "I am back with you. What else can I do for you?"
    assert "meanwhile they have left a message. You did not hear" in opening.note
    assert opening.reason == "the caller came back, having left a message"


def test_a_session_that_was_renewed_says_nothing() -> None:
    opening = renewed(TRIAGE, HISTORY)

    assert opening.silent
    assert '"' not in opening.note
    assert opening.history == HISTORY


def test_an_agent_with_another_voice_goes_on_at_once() -> None:
    opening = relayed(TRIAGE, HISTORY)

    assert not opening.silent
    assert "Do not greet. Go on at once" in opening.note
    assert opening.history == HISTORY
