"""Model settings of agents that share a session."""

from callcenter.domain.tuning import Tuning, beside


def test_what_no_card_sets_is_left_to_the_model() -> None:
    assert beside(Tuning(), [Tuning(eagerness="low")]) == Tuning()


def test_what_one_card_sets_every_agent_sets_for_itself() -> None:
    """The API keeps whatever it is not told: the agent before would shine through."""
    thorough = Tuning(reasoning="high", max_output_tokens=200)
    assert beside(Tuning(), [thorough]) == Tuning(
        reasoning="low", max_output_tokens=4096
    )
    assert beside(thorough, [Tuning()]) == thorough
