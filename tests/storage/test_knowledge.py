"""Articles are found by what callers say, and only when they fit."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from callcenter.storage.knowledge import Knowledge, split

WARRANTY = """# Warranty

New bicycles have a warranty of five years on the frame.

## Repairs

A repair is guaranteed for six months. Café riders too.

## Empty

## What is not covered

Wear: tyres, chains and brake pads.
"""

RENTAL = """# Rental

## Prices

A city bicycle costs 300 kroner a day, a child's bicycle half of that.

## Deposit

We take a deposit of 1000 kroner on your card.
"""


@pytest.fixture
def knowledge(tmp_path: Path) -> Iterator[Knowledge]:
    (tmp_path / "warranty.md").write_text(WARRANTY, encoding="utf-8")
    (tmp_path / "rental.md").write_text(RENTAL, encoding="utf-8")
    (tmp_path / "notes.txt").write_text("warranty warranty", encoding="utf-8")
    with closing(Knowledge.load(tmp_path)) as known:
        yield known


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("How long is a repair guaranteed?", "Repairs"),
        ("what does it cost to rent a bicycle for a day", "Prices"),
        ("do you take a deposit", "Deposit"),
        ("are brake pads covered", "What is not covered"),
        ("cafe", "Repairs"),
        ("REPAIRING", "Repairs"),
    ],
)
def test_a_question_finds_its_passage(
    knowledge: Knowledge, question: str, heading: str
) -> None:
    assert knowledge.search(question)[0].heading == heading


def test_a_passage_says_where_it_comes_from(knowledge: Knowledge) -> None:
    (found,) = knowledge.search("deposit on my card", most=1)
    assert (found.article, found.source) == ("Rental", "rental.md")
    assert found.text == "We take a deposit of 1000 kroner on your card."
    assert found.score > 0


def test_the_best_comes_first_and_no_more_than_asked_for(knowledge: Knowledge) -> None:
    found = knowledge.search("warranty", most=2)
    assert len(found) == 2
    assert found[0].score >= found[1].score


@pytest.mark.parametrize(
    "question",
    [
        "",
        "what is this",
        "do you know the capital of France",
        "unicorn saddles for a bicycle",
    ],
)
def test_nothing_is_found_when_nothing_fits(
    knowledge: Knowledge, question: str
) -> None:
    assert knowledge.search(question) == []


@pytest.mark.parametrize(
    "question",
    ["what's up?", '"', "repair AND (", "NEAR(repair, 2)", "text:repair*", "-- ;", "²"],
)
def test_speech_is_never_a_query_language(knowledge: Knowledge, question: str) -> None:
    knowledge.search(question)


@given(st.text())
def test_no_question_breaks_the_search(question: str) -> None:
    with closing(Knowledge(split(WARRANTY, "warranty.md"))) as known:
        known.search(question)


def test_an_article_is_split_at_its_headings() -> None:
    assert [(one.article, one.heading) for one in split(WARRANTY, "warranty.md")] == [
        ("Warranty", "Warranty"),
        ("Warranty", "Repairs"),
        ("Warranty", "What is not covered"),
    ]


def test_an_article_without_headings_is_called_after_its_file() -> None:
    (only,) = split("We are closed on Sundays.", "opening-hours.md")
    assert (only.article, only.heading) == ("Opening hours", "Opening hours")


def test_no_folder_is_no_knowledge(tmp_path: Path) -> None:
    with closing(Knowledge.load(tmp_path / "missing")) as known:
        assert known.search("repair") == []
