"""How an agent does: shares of what there was, and nothing where there was nothing."""

from hypothesis import given, strategies as st

from callcenter.domain.agent_figures import BUCKET_MS, AgentFigures

FIGURES = AgentFigures(
    calls=4,
    seconds=600.0,
    answers=20,
    interrupted=5,
    tools=8,
    tools_failed=2,
    ended=10,
    contained=9,
)


def test_shares_are_of_what_could_have_been() -> None:
    assert FIGURES.handle_time_s == 150
    assert FIGURES.interruption == 0.25
    assert FIGURES.tool_errors == 0.25
    assert FIGURES.containment == 0.9


def test_of_nothing_there_is_no_share() -> None:
    idle = AgentFigures()
    assert idle.handle_time_s is None
    assert idle.interruption is None
    assert idle.tool_errors is None
    assert idle.containment is None
    assert idle.latency_ms(0.5) is None


def test_half_of_the_answers_came_before_that() -> None:
    figures = AgentFigures(latencies={20: 1, 9: 9, 11: 10})
    assert figures.latency_ms(0.5) == 600, "the tenth of twenty"
    assert figures.latency_ms(0.45) == 500
    assert figures.latency_ms(1) == 1_050


@given(
    st.lists(st.integers(0, 10_000), min_size=1, max_size=50), st.sampled_from([50, 95])
)
def test_a_latency_that_is_told_is_right_to_one_step(
    answers_ms: list[int], percent: int
) -> None:
    steps = [took_ms // BUCKET_MS for took_ms in answers_ms]
    latencies = {step: steps.count(step) for step in steps}
    told = AgentFigures(latencies=latencies).latency_ms(percent / 100)
    place = -(-len(answers_ms) * percent // 100)
    exact = sorted(answers_ms)[place - 1]
    assert told is not None
    assert exact < told <= exact + BUCKET_MS
