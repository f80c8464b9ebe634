"""Turns, put together from what the server says and what the bridge reports."""

from typing import Any

from callcenter.bridge.run import Heard
from callcenter.domain.events import AgentSpoke, Event
from callcenter.domain.ids import AgentName, ItemId
from callcenter.realtime.turns import Turns

HELLO = ItemId("hello")


def turns() -> tuple[Turns, list[Event]]:
    facts: list[Event] = []
    return Turns(AgentName("triage"), record=facts.append, clock=lambda: 5), facts


def text(delta: str) -> dict[str, Any]:
    kind = "response.output_audio_transcript.delta"
    return {"type": kind, "item_id": HELLO, "delta": delta}


DONE = {"type": "response.done", "response": {"id": "r1"}}


def test_words_without_a_sound_were_not_heard_and_are_told_to_nobody() -> None:
    said, facts = turns()
    said.read(text("The number of Kari is"))
    assert said.pending() == ()

    said.read(DONE)

    (spoke,) = facts
    assert isinstance(spoke, AgentSpoke)
    assert (spoke.generated, spoke.heard) == ("The number of Kari is", "")
    said.flush()
    assert said.pending() == ()


def test_words_that_are_being_heard_are_told_to_the_next_session() -> None:
    said, facts = turns()
    said.read(text("Hello"))
    said.agent_audio(HELLO)
    said.read(DONE)

    assert [turn.heard for turn in said.pending()] == ["Hello"]
    assert facts == []

    said.heard(Heard(HELLO, 20, 20))
    assert said.pending() == ()
    assert len(facts) == 1
