"""What one agent tells the next, and how often a caller may be passed on."""

from callcenter.domain.handover import MOST_IN_A_ROW, Handover, note, why_not


def test_who_takes_over_is_told_what_is_wanted_and_known() -> None:
    told = note(Handover("wants to move an appointment", "code K7M4, on Friday"))
    assert "- What the caller wants: wants to move an appointment\n" in told
    assert "- What is known: code K7M4, on Friday\n" in told
    assert "Do not greet" in told


def test_nothing_is_said_about_what_nobody_told() -> None:
    assert note(Handover()) == ""
    assert "What is known" not in note(Handover("wants to know the weather"))


def test_a_caller_may_be_passed_on_until_it_is_a_circle_or_too_much() -> None:
    last = MOST_IN_A_ROW - 1
    assert why_not(handoffs=7, in_a_row=last, most=8) == ""
    assert "transfer_to_human" in why_not(handoffs=8, in_a_row=0, most=8)
    assert "transfer_to_human" in why_not(handoffs=3, in_a_row=last + 1, most=8)
