"""Whose turn it is in the line for an operator."""

from datetime import UTC, datetime, timedelta

import pytest

from callcenter.domain import line_words
from callcenter.domain.ids import CallId
from callcenter.domain.ladders import Situation, situation
from callcenter.domain.operators import Operator
from callcenter.domain.queueing import (
    REST,
    Waiter,
    estimate_s,
    left_over,
    place,
    turns,
)

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
ADA = Operator("Ada", "+15005550101", frozenset({"support"}))
BEA = Operator("Bea", "+15005550102")
FIRST, SECOND, THIRD = CallId("c1"), CallId("c2"), CallId("c3")


def waiter(
    call_id: CallId,
    after_s: int,
    topic: str = "support",
    *,
    tried: frozenset[str] = frozenset(),
    ringing_s: int | None = None,
) -> Waiter:
    came = NOW + timedelta(seconds=after_s)
    until = None if ringing_s is None else NOW + timedelta(seconds=ringing_s)
    return Waiter(call_id, topic, came, came, tried, until)


def test_the_first_who_came_gets_whoever_knows_their_topic_best() -> None:
    line = [waiter(SECOND, -10), waiter(FIRST, -20)]
    assert turns(line, [BEA, ADA], NOW) == {FIRST: ADA, SECOND: BEA}
    assert turns(line, [ADA], NOW) == {FIRST: ADA}


def test_who_can_be_served_need_not_wait_for_who_cannot() -> None:
    line = [waiter(FIRST, -20, "weather"), waiter(SECOND, -10)]
    assert turns(line, [ADA], NOW) == {SECOND: ADA}


def test_one_operator_goes_to_one_caller() -> None:
    line = [waiter(FIRST, -20), waiter(SECOND, -10), waiter(THIRD, -5)]
    given = turns(line, [ADA, BEA], NOW)
    assert sorted(given) == [FIRST, SECOND]
    assert len({one.name for one in given.values()}) == 2


def test_an_operator_who_rang_in_vain_rests_and_serves_the_next_meanwhile() -> None:
    line = [waiter(FIRST, -20, tried=frozenset({"Ada"})), waiter(SECOND, -10)]
    assert turns(line, [ADA], NOW) == {SECOND: ADA}
    assert turns(line, [ADA], NOW + REST) == {FIRST: ADA}


@pytest.mark.parametrize(
    ("ringing_s", "served"), [(5, SECOND), (0, FIRST), (-5, FIRST)]
)
def test_for_whom_it_rings_wants_nobody_else_while_it_does(
    ringing_s: int, served: CallId
) -> None:
    line = [waiter(FIRST, -20, ringing_s=ringing_s), waiter(SECOND, -10)]
    assert turns(line, [ADA], NOW) == {served: ADA}


def test_who_comes_now_gets_whom_the_line_leaves() -> None:
    assert left_over([waiter(FIRST, -20)], [ADA, BEA], NOW) == [BEA]
    assert left_over([], [ADA, BEA], NOW) == [ADA, BEA]


def test_only_those_who_wait_for_the_same_people_stand_before_somebody() -> None:
    line = [
        waiter(FIRST, -20, "weather"),
        waiter(SECOND, -10),
        waiter(THIRD, -5, "weather"),
    ]
    weather = Operator("Cai", "+15005550103", frozenset({"weather"}))
    assert place(SECOND, line, [ADA, weather]) == 1
    assert place(THIRD, line, [ADA, weather]) == 2
    assert place(THIRD, line, [BEA]) == 3, "Bea takes anything"
    assert place(CallId("nobody"), line, [BEA]) is None


def test_how_long_it_takes_is_told_from_the_last_talks_or_not_at_all() -> None:
    assert estimate_s(2, 1, [100, 200, 300], 30) == 460
    assert estimate_s(2, 2, [100, 200, 300], 30) == 230
    assert estimate_s(2, 1, [100, 200], 30) is None
    assert estimate_s(1, 0, [100, 200, 300], 30) is None


@pytest.mark.parametrize(
    ("number", "wait_s", "said"),
    [
        (1, None, "You are the first in line. We expect to be with you in a few"),
        (2, 20.0, "number two in line. We expect to be with you in about a minute"),
        (3, 200.0, "number three in line. We expect to be with you in about four"),
        (11, 5000.0, "number 11 in line. We expect to be with you in more than 15"),
    ],
)
def test_how_things_stand_is_said_in_words(
    number: int, wait_s: float | None, said: str
) -> None:
    assert said in line_words.standing(number, wait_s)


def test_what_is_not_to_be_had_is_not_offered() -> None:
    assert "press 1" not in line_words.offer(callback=False, agents=True)
    assert "press 3" not in line_words.offer(callback=True, agents=False)
    assert line_words.offer(callback=False, agents=False).startswith("To leave")


@pytest.mark.parametrize(
    ("staffed", "waiting", "found"),
    [
        (True, 10, Situation.OPEN),
        (True, 11, Situation.OVERLOADED),
        (False, 0, Situation.CLOSED),
        (False, 11, Situation.CLOSED),
    ],
)
def test_the_situation_chooses_the_ladder(
    staffed: bool, waiting: int, found: Situation
) -> None:
    assert situation(staffed=staffed, waiting=waiting, most_waiting=10) is found
