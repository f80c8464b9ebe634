"""Numbers in the words of agents, however a transcript writes them."""

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.spoken_numbers import Run, runs


def only(text: str) -> Run:
    (found,) = runs(text)
    return found


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("call 55501234 now", "55501234"),
        ("+47 55 50 12 34", "4755501234"),
        ("(555) 501-234", "555501234"),
        ("55.50.12.34", "55501234"),
        ("five five, five oh, one two three four", "55501234"),
        ("double five triple two nought", "552220"),
        ("fifty-five fifty twelve thirty four", "55501234"),
        ("Plus eight eight one. Six three.", "88163"),
        ("twenty zero", "200"),
        ("twenty, five", "205"),
        ("it costs 1,299 kroner", "1299"),
    ],
)
def test_the_digits_are_found(text: str, digits: str) -> None:
    assert only(text).digits == digits


def test_other_words_stand_between_two_numbers() -> None:
    assert [run.digits for run in runs("from 9 to 17, or 10")] == ["9", "17", "10"]
    assert [run.digits for run in runs("plus 47 plus 48")] == ["47", "48"]


@pytest.mark.parametrize(
    "text",
    [
        "on 2026-11-27 at 10:00",
        "27.11.2026",
        "27/11/26",
        "at 9.30, 10.15 or 11.00",
        "no numbers at all",
        "",
    ],
)
def test_days_and_hours_are_no_numbers(text: str) -> None:
    assert list(runs(text)) == []


def test_where_it_stands_and_how_it_was_said() -> None:
    text = "Dial plus four seven, please."
    run = only(text)
    assert text[run.start : run.end] == "plus four seven"
    assert (run.plus, run.tight, run.one_by_one) == (True, True, True)
    assert not only("nine, nine thirty").tight
    assert not only("nine, nine thirty").one_by_one
    assert only("well, 55 50.").tight


@given(st.text("0123456789", min_size=1, max_size=20), st.sampled_from(["", " ", "-"]))
def test_digits_are_never_lost(digits: str, between: str) -> None:
    said = between.join(digits) if between else digits
    found = "".join(run.digits for run in runs(f"the number {said} it is"))
    assert found == digits or between == "-"  # some of those are dates
