from dataclasses import replace

from callcenter.domain.tickets import Passage
from callcenter.tools.outputs import MAX_OUTPUT_CHARACTERS
from tests.tools.asking import ask, call
from tests.tools.fakes import House

RETURNS = Passage(
    "Returns and refunds",
    "Returning something",
    "You may return *unused* goods within thirty days.\n- Bring the receipt.",
    "returns-and-refunds.md",
    3.5,
)


async def test_an_article_is_quoted_with_its_source() -> None:
    house = House()
    house.knowledge.passages = [RETURNS]
    answer = await ask(house, "search_knowledge", question="return a helmet")
    assert answer["say"] == (
        "You may return unused goods within thirty days. Bring the receipt."
    )
    assert answer["passages"] == [
        {
            "title": "Returns and refunds",
            "heading": "Returning something",
            "text": RETURNS.text,
            "source": "returns-and-refunds.md",
        }
    ]


async def test_words_that_the_best_passage_lacks_are_named() -> None:
    house = House()
    house.knowledge.passages = [replace(RETURNS, missing=("Sweden",))]
    answer = await ask(house, "search_knowledge", question="return a bike in Sweden")
    assert answer["not_written_about"] == ["Sweden"]
    assert "say that you do not know" in answer["note"]
    house.knowledge.passages = [RETURNS]
    whole = await ask(house, "search_knowledge", question="return a helmet")
    assert "not_written_about" not in whole


async def test_nothing_found_tells_the_model_not_to_guess() -> None:
    answer = await ask(House(), "search_knowledge", question="do you sell canoes")
    assert answer["say"] == "I am sorry, I have nothing written down about that."
    assert answer["passages"] == []
    assert "Do not guess" in answer["note"]


async def test_long_articles_are_cut_at_a_sentence_and_fit() -> None:
    house = House()
    text = "A sentence of the house, in some words. " * 90
    endless = "word " * 900
    house.knowledge.passages = [
        Passage("Long", "", text, "long.md", 2.0),
        Passage("Endless", "", endless, "endless.md", 1.0),
        Passage("Long too", "", text, "long.md", 0.5),
    ]
    result = await call(house, "search_knowledge", question="anything")
    answer = await ask(house, "search_knowledge", question="anything")
    assert len(result.output) <= MAX_OUTPUT_CHARACTERS
    assert len(answer["passages"]) == 3
    assert answer["passages"][0]["text"].endswith("in some words.")
    assert answer["passages"][1]["text"].endswith("word …")
    assert 200 < len(answer["say"]) <= 260
    assert answer["say"].endswith(".")
