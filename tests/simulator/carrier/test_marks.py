"""How marks come back, and how they may not."""

from callcenter.simulator.carrier import StreamFaults
from callcenter.simulator.carrier.marks import Marks


def test_marks_come_back_once_and_in_order() -> None:
    marks = Marks(StreamFaults())
    marks.reach(["a", "b"], 100)
    assert marks.due(100) == ["a", "b"]
    assert marks.due(200) == []


def test_a_late_mark_waits_its_time() -> None:
    marks = Marks(StreamFaults(mark_delay_ms=40), delay_ms=60)
    marks.reach(["a"], 100)
    assert marks.due(199) == []
    assert marks.due(200) == ["a"]


def test_marks_may_be_lost_doubled_or_swapped() -> None:
    lost = Marks(StreamFaults(lose_marks=True))
    lost.reach(["a"], 0)
    assert lost.due(1000) == []
    doubled = Marks(StreamFaults(duplicate_marks=True))
    doubled.reach(["a"], 0)
    assert doubled.due(0) == ["a", "a"]
    swapped = Marks(StreamFaults(swap_marks=True))
    swapped.reach(["a", "b", "c"], 0)
    assert swapped.due(0) == ["b", "a"]
