"""A card that gets one handoff more, and is its author's otherwise."""

import pytest

from callcenter.domain.ids import AgentName
from callcenter.wire.card_edit import CannotEdit, with_handoff
from callcenter.wire.front_matter import BadCard

BILLING = AgentName("billing")


def card(*lines: str) -> str:
    return "\n".join(["---", "description: x", *lines, "---", "Hi.", "---", ""])


def edited(*lines: str) -> str:
    return with_handoff(card(*lines), "triage.md", BILLING)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ([], ["handoffs: [billing]"]),
        (["handoffs: []"], ["handoffs: [billing]"]),
        (["handoffs: [a, b]  # all"], ["handoffs: [a, b, billing]  # all"]),
        (["handoffs: [a,]"], ["handoffs: [a, billing]"]),
        (
            ["handoffs:", "  - a", "  - b # last", "voice: marin"],
            ["handoffs:", "  - a", "  - b # last", "  - billing", "voice: marin"],
        ),
        (["handoffs:", "- a"], ["handoffs:", "- a", "- billing"]),
    ],
)
def test_the_new_one_stands_after_the_others(
    before: list[str], after: list[str]
) -> None:
    assert edited(*before) == card(*after)


@pytest.mark.parametrize(
    "lines",
    [
        ["handoffs: [a,", "  b]"],
        ["handoffs: [", "  ]"],
        ["handoffs: [billing]"],
        ["tools: &both", "  - a", "handoffs: *both"],
    ],
)
def test_a_card_that_would_come_out_wrong_is_left_alone(lines: list[str]) -> None:
    with pytest.raises(CannotEdit):
        edited(*lines)


def test_a_card_that_is_wrong_already_is_not_edited() -> None:
    with pytest.raises(BadCard):
        with_handoff("Nothing.", "triage.md", BILLING)
