"""Nobody is left in silence: every promise of the watchdog, in virtual time."""

import random
from dataclasses import dataclass

import pytest

from callcenter.bridge.patience import Due, Limits, Patience

TICK_MS = 250
LIMITS = Limits()


def dues(patience: Patience, from_ms: int, to_ms: int) -> list[tuple[int, Due]]:
    """What becomes due, and when, if nothing else happens."""
    return [
        (now_ms, due)
        for now_ms in range(from_ms, to_ms + 1, TICK_MS)
        for due in patience.tick(now_ms)
    ]


def first(due: Due, found: list[tuple[int, Due]]) -> int:
    return next(at_ms for at_ms, one in found if one is due)


def test_a_caller_who_is_owed_an_answer_hears_something_asks_again_and_is_rescued() -> (
    None
):
    patience = Patience()
    patience.owe(1_000)
    assert dues(patience, 1_000, 30_000) == [
        (3_500, Due.FILL),
        (7_000, Due.ASK_AGAIN),
        (7_500, Due.FILL),
        (11_500, Due.FILL),
        (15_500, Due.FILL),
        (16_000, Due.GIVE_UP),
    ]


def test_giving_up_is_said_once() -> None:
    patience = Patience()
    patience.owe(0)
    dues(patience, 0, 15_000)
    assert dues(patience, 15_250, 120_000) == []


def test_an_answer_settles_the_debt() -> None:
    patience = Patience()
    patience.owe(0)
    patience.agent_spoke()
    assert dues(patience, 0, 11_000) == []


def test_a_new_debt_is_counted_from_its_own_beginning() -> None:
    patience = Patience()
    patience.owe(0)
    dues(patience, 0, 7_000)
    patience.owe(7_000)
    found = dues(patience, 7_000, 30_000)
    assert first(Due.FILL, found) == 9_500
    assert first(Due.ASK_AGAIN, found) == 13_000
    assert first(Due.GIVE_UP, found) == 22_000


def test_our_own_sounds_are_no_answer() -> None:
    """A chime that ends makes the line quiet: the debt stands all the same."""
    patience = Patience()
    patience.owe(0)
    patience.agent_quiet(3_000)
    assert first(Due.GIVE_UP, dues(patience, 3_000, 30_000)) == 15_000


def test_a_silent_caller_is_asked_twice_and_then_dismissed() -> None:
    patience = Patience()
    at_ms, said = 0, []
    for _ in range(3):
        patience.agent_spoke()
        patience.agent_quiet(at_ms)
        ((at_ms, due),) = dues(patience, at_ms, at_ms + LIMITS.idle_ms)
        said.append(due)
    assert said == [Due.NUDGE, Due.NUDGE, Due.DISMISS]
    assert at_ms == 3 * LIMITS.idle_ms


def test_a_caller_is_asked_again_even_if_the_question_never_came() -> None:
    patience = Patience()
    patience.agent_quiet(0)
    found = [due for _, due in dues(patience, 0, 3 * LIMITS.idle_ms)]
    assert found == [Due.NUDGE, Due.NUDGE, Due.DISMISS]


def test_a_caller_who_answers_is_given_all_the_time_again() -> None:
    patience = Patience()
    patience.agent_quiet(0)
    dues(patience, 0, 2 * LIMITS.idle_ms)
    patience.caller_spoke()
    patience.owe(30_000)
    patience.agent_spoke()
    patience.agent_quiet(31_000)
    found = dues(patience, 31_000, 31_000 + 2 * LIMITS.idle_ms)
    assert [due for _, due in found] == [Due.NUDGE, Due.NUDGE]


def test_nobody_is_asked_anything_while_they_speak() -> None:
    """Somebody may barge in and talk for a minute."""
    patience = Patience()
    patience.agent_spoke()
    patience.agent_quiet(0)
    patience.caller_spoke()
    patience.agent_quiet(20)  # their barge-in has made the line quiet
    assert dues(patience, 0, 60_000) == []
    assert not patience.callers_turn


def test_while_a_tool_works_an_answer_is_owed_whatever_was_said_before_it() -> None:
    """ "One moment, please", says the agent, and calls a tool that never returns."""
    patience = Patience()
    patience.agent_spoke()
    patience.expect_more(100)
    patience.agent_quiet(2_000)
    assert not patience.callers_turn
    found = dues(patience, 2_000, 30_000)
    assert first(Due.FILL, found) == 4_500
    assert first(Due.GIVE_UP, found) == 17_000
    assert Due.NUDGE not in [due for _, due in found]


def test_a_tool_called_after_the_words_were_heard_owes_an_answer_just_so() -> None:
    patience = Patience()
    patience.agent_spoke()
    patience.agent_quiet(2_000)
    patience.expect_more(2_100)
    assert first(Due.FILL, dues(patience, 2_100, 9_000)) == 4_600
    patience.agent_spoke()
    patience.agent_quiet(10_000)
    assert patience.callers_turn


def test_a_call_that_rests_is_nobodys_fault_any_more() -> None:
    patience = Patience()
    patience.owe(0)
    patience.rest()
    assert dues(patience, 0, 60_000) == []


@dataclass(slots=True)
class Witness:
    """Somebody who notes when a caller began to wait, and what they heard."""

    patience: Patience
    owed_ms: int | None = None
    heard_ms: int = 0

    def happens(self, event: str, now_ms: int) -> None:
        match event:
            case "owe":
                self.patience.owe(now_ms)
                self.owed_ms = self.heard_ms = now_ms
            case "caller_spoke" | "agent_spoke":
                getattr(self.patience, event)()
                self.owed_ms = None
            case _:
                getattr(self.patience, event)(now_ms)

    def watches(self, now_ms: int) -> None:
        for due in self.patience.tick(now_ms):
            if due in {Due.NUDGE, Due.DISMISS}:
                assert self.owed_ms is None, "the wrong one was asked"
            if due is Due.FILL:
                self.heard_ms = now_ms
            if due is Due.GIVE_UP:
                self.owed_ms = None
        if self.owed_ms is not None:
            assert now_ms - self.owed_ms < LIMITS.give_up_ms
            assert now_ms - self.heard_ms < LIMITS.fill_again_ms
            assert not self.patience.callers_turn


EVENTS = ("owe", "caller_spoke", "agent_spoke", "agent_quiet", "expect_more")


@pytest.mark.parametrize("begin", range(0, 300, 50))
def test_whatever_happens_the_silence_is_bounded(begin: int) -> None:
    for seed in range(begin, begin + 50):
        chance = random.Random(seed)
        witness = Witness(Patience())
        for now_ms in range(0, 100_000, TICK_MS):
            if chance.random() < 0.05:
                witness.happens(chance.choice(EVENTS), now_ms)
            witness.watches(now_ms)
