"""What the demo prints of a turn that was cut short."""

from callcenter.demo.screen import said
from callcenter.domain import events as e
from callcenter.domain.ids import AgentName, ItemId

CUT = e.AgentSpoke(
    ItemId("one"), AgentName("triage"), "We open at nine.", "We open", 0, 900, 400
)


def test_in_plain_text_the_cut_is_in_words() -> None:
    assert said(CUT, plain=True).plain == "We open […not heard: at nine.]"


def test_at_a_terminal_it_is_struck_out() -> None:
    shown = said(CUT, plain=False)
    assert shown.plain == "We open at nine.  (interrupted: not heard)"
    assert any("strike" in str(span.style) for span in shown.spans)
