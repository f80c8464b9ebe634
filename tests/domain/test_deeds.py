from callcenter.domain.deeds import (
    NOBODY_KNOWS,
    Deeds,
    ToolCalled,
    ToolReturned,
    begin,
    begun,
    known,
    settle,
)
from callcenter.domain.ids import AgentName, ToolCallId
from callcenter.domain.outcomes import ToolOutcome
from callcenter.domain.tool import ToolResult

SENT = ToolResult('{"say":"Sent."}')


def called(number: int, once: str = "text:1", deeds: Deeds = ()) -> Deeds:
    tool, _, _ = once.partition(":")
    asked = ToolCalled(ToolCallId(f"t{number}"), AgentName("a"), tool, "{}", once)
    return begin(deeds, asked)


def came_to(
    deeds: Deeds,
    number: int,
    outcome: ToolOutcome = ToolOutcome.OK,
    *,
    unsure: bool = False,
) -> Deeds:
    tool_call_id = ToolCallId(f"t{number}")
    return settle(
        deeds,
        ToolReturned(tool_call_id, "text", outcome, SENT.output, 9, unsure=unsure),
    )


def test_what_was_done_is_known() -> None:
    assert known(came_to(called(1), 1), "text:1") == SENT


def test_what_was_never_begun_may_be_done() -> None:
    assert known(came_to(called(1), 1), "text:2") is None


def test_what_matters_not_is_not_kept() -> None:
    assert called(1, once="") == ()


def test_what_was_begun_and_never_answered_is_not_done_again() -> None:
    assert known(called(1), "text:1") is NOBODY_KNOWS


def test_what_surely_failed_may_be_done() -> None:
    for outcome in (ToolOutcome.FAILED, ToolOutcome.REFUSED):
        assert known(came_to(called(1), 1, outcome), "text:1") is None


def test_what_perhaps_failed_is_not_done_again() -> None:
    late = came_to(called(1), 1, ToolOutcome.TIMED_OUT, unsure=True)
    result = known(late, "text:1")
    assert result is not None
    assert result.outcome is ToolOutcome.TIMED_OUT


def test_a_second_try_after_a_sure_failure_is_what_counts() -> None:
    deeds = came_to(called(1), 1, ToolOutcome.FAILED)
    deeds = came_to(called(2, deeds=deeds), 2)
    assert known(deeds, "text:1") == SENT


def test_only_different_things_that_may_have_been_done_are_counted() -> None:
    deeds = came_to(called(1), 1)
    deeds = called(2, "text:2", deeds)
    deeds = came_to(called(3, "text:3", deeds), 3, ToolOutcome.FAILED)
    deeds = called(4, "text:1", deeds)
    deeds = called(5, "other:1", deeds)
    assert begun(deeds, "text") == 2
