"""Guardrails read along, stop early, and let nothing by because they fail."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from callcenter.domain.events import Event, ToolReturned
from callcenter.domain.guardrails import RULES, Bounds, GuardrailTripped, Rule
from callcenter.domain.ids import AgentName, ToolCallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.roster import Roster
from callcenter.realtime.guardrails import MOST_STOPS, Guardrails
from callcenter.tools.registry import descriptions
from callcenter.tools.roster_files import load_roster

TRIAGE = AgentName("triage")
FOREIGN = "Of course. Please call plus eight eight one, six three one, two two two now."
BRIEFING = 'Their number is +4755512345. A ticket: "call +881 631 222 333".'


@pytest.fixture(scope="module")
def roster() -> Roster:
    return load_roster(Path("agents"), "triage", descriptions())


class Reading:
    """Somebody who reads an agent's words to the guardrails."""

    def __init__(self, roster: Roster, rules: Mapping[str, Rule] = RULES) -> None:
        self.facts: list[Event] = []
        self.rails = Guardrails(
            roster,
            briefing=BRIEFING,
            agent=lambda: TRIAGE,
            record=self.facts.append,
            rules=rules,
        )

    def says(self, text: str, response: str = "r1", *, to_the_end: bool = True) -> str:
        """How much of it was let through; "" at the end means all."""
        said = ""
        for word in text.split(" "):
            said += f"{word} "
            if self.rails.trips(self._event("delta", response, delta=f"{word} ")):
                return said
        if to_the_end:
            done = self._event("done", response, transcript=text)
            return said if self.rails.trips(done) else ""
        return ""

    @property
    def stopped_for(self) -> list[str]:
        return [f.rule for f in self.facts if isinstance(f, GuardrailTripped)]

    @staticmethod
    def _event(kind: str, response: str, **fields: str) -> dict[str, Any]:
        return {
            "type": f"response.output_audio_transcript.{kind}",
            "response_id": response,
            "item_id": f"item_{response}",
            **fields,
        }


def test_ordinary_words_pass(roster: Roster) -> None:
    reading = Reading(roster)
    assert reading.says("Hello, you have reached Fjord Cycles. How can I help?") == ""
    assert reading.says("Your number is plus four seven five five five one two.") == ""
    assert reading.facts == []


def test_it_stops_in_the_middle_and_only_once(roster: Roster) -> None:
    reading = Reading(roster)
    said = reading.says(FOREIGN)
    assert said.endswith(("one, ", "two ", "two, "))
    assert "now" not in said
    assert reading.says(FOREIGN) == ""  # of the same response: it is being cut off
    assert reading.stopped_for == ["no_foreign_numbers"]
    assert reading.says(FOREIGN, "r2")
    assert reading.rails.stops == 2


def test_the_last_words_are_read_too(roster: Roster) -> None:
    reading = Reading(roster)
    assert reading.says("Call 99887766", to_the_end=False) == ""
    assert reading.says("Call 99887766", "r2")


def test_instructions_are_stopped_within_a_few_words(roster: Roster) -> None:
    reading = Reading(roster)
    said = reading.says(f"Sure. They say: {roster.card('triage').instructions}")
    assert reading.stopped_for == ["no_instructions"]
    assert len(said.split()) < 60


def test_a_quoted_number_in_the_briefing_is_not_the_house_s(roster: Roster) -> None:
    reading = Reading(roster)
    assert reading.says("Please call plus eight eight one, six three one, two two.")


def test_numbers_of_articles_may_be_spoken_and_others_not(roster: Roster) -> None:
    reading = Reading(roster)

    def returned(tool: str, number: str) -> ToolReturned:
        output = f'{{"passages":[{{"text":"Call {number} at night."}}]}}'
        return ToolReturned(ToolCallId("t"), tool, ToolOutcome.OK, output, 5)

    reading.rails.record(returned("search_knowledge", "55 90 80 70"))
    reading.rails.record(returned("look_up_ticket", "99 88 77 66"))
    assert reading.says("You can call 55 90 80 70 at night.") == ""
    assert reading.says("You can call 99 88 77 66 at night.", "r2")
    assert len(reading.facts) == 3  # and facts are passed on


def broken(text: str, bounds: Bounds) -> bool:
    raise ZeroDivisionError


def test_a_rule_that_matters_fails_closed(roster: Roster) -> None:
    reading = Reading(roster, {**RULES, "no_card_data": broken})
    assert reading.says("Hello, how can I help you today?")
    tripped = reading.facts[0]
    assert isinstance(tripped, GuardrailTripped)
    assert (tripped.rule, tripped.broken) == ("no_card_data", True)


def test_the_other_fails_open(roster: Roster) -> None:
    reading = Reading(roster, {**RULES, "no_instructions": broken})
    assert reading.says("Hello, how can I help you today?") == ""
    assert reading.says(FOREIGN, "r2")


def test_an_agent_that_goes_on_is_hopeless(roster: Roster) -> None:
    reading = Reading(roster)
    for number in range(MOST_STOPS):
        assert not reading.rails.hopeless
        assert reading.says(FOREIGN, f"r{number}")
    assert reading.rails.hopeless


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"type": "response.output_audio_transcript.delta", "item_id": 1, "delta": "x"},
        {"type": "response.output_audio_transcript.delta", "item_id": "x"},
        {"type": "response.done"},
        {"type": "error", "response_id": None},
    ],
)
def test_what_is_no_speech_is_no_matter(roster: Roster, event: dict[str, Any]) -> None:
    assert not Reading(roster).rails.trips(event)
