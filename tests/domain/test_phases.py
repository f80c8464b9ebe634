"""The table of phases, and its picture."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st

from callcenter.domain.events import EVENTS, AttemptEnded, Event
from callcenter.domain.ids import AttemptId
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import TRANSITIONS, Phase, after, diagram

ARCHITECTURE = Path(__file__).parents[2] / "docs" / "architecture.md"


def test_the_diagram_in_the_documentation_is_the_table() -> None:
    text = ARCHITECTURE.read_text(encoding="utf-8")
    blocks = [part.partition("\n```")[0] for part in text.split("```mermaid\n")[1:]]
    pictures = [block for block in blocks if block.startswith("stateDiagram-v2")]

    assert pictures == [diagram()]


def test_the_diagram_begins_with_ringing_and_ends_with_the_end() -> None:
    first, begins, *arrows, ends = diagram().splitlines()

    assert first == "stateDiagram-v2"
    assert begins == "    [*] --> ringing"
    assert "    talking --> escalating: CallEscalated" in arrows
    assert len(arrows) == len(TRANSITIONS)
    assert ends == "    ended --> [*]"


def test_every_phase_can_be_reached() -> None:
    reached, before = {Phase.RINGING}, set[Phase]()
    while reached != before:
        before = set(reached)
        reached |= {then for (phase, _), then in TRANSITIONS.items() if phase in before}

    assert reached == set(Phase)


def test_every_phase_but_ringing_can_end_the_call() -> None:
    ending = {phase for (phase, _), then in TRANSITIONS.items() if then is Phase.ENDED}

    assert ending == set(Phase) - {Phase.RINGING, Phase.ENDED}


def test_an_arrow_goes_somewhere() -> None:
    assert [key for key, then in TRANSITIONS.items() if key[0] is then] == []


@pytest.mark.parametrize("name", sorted(EVENTS))
def test_a_fact_moves_the_call_as_the_table_says_and_nothing_leaves_the_end(
    name: str,
) -> None:
    @settings(max_examples=20)
    @given(st.sampled_from(Phase), st.builds(EVENTS[name]))
    def check(phase: Phase, event: Event) -> None:
        assert after(phase, event) is TRANSITIONS.get((phase, EVENTS[name]), phase)
        assert after(Phase.ENDED, event) is Phase.ENDED

    check()


def test_while_others_still_ring_one_who_does_not_take_it_changes_nothing() -> None:
    missed = AttemptEnded(AttemptId("a1"), AttemptOutcome.NO_ANSWER, others=True)
    assert after(Phase.DIALLING, missed) is Phase.DIALLING
    last = replace(missed, others=False)
    assert after(Phase.DIALLING, last) is TRANSITIONS[Phase.DIALLING, AttemptEnded]
