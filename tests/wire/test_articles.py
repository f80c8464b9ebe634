"""Articles of Markdown: what they say, and what is wrong in them, line by line."""

import pytest
from hypothesis import given, strategies as st

from callcenter.wire.articles import parse_article
from callcenter.wire.front_matter import BadCard

WHOLE = """---
also:
  Repairs: [mended]
  "Prices: all of them": [how dear]
same:
  - tyre, tire
---
# Warranty

Five years.

## Repairs
Six months.

### Empty

## Prices: all of them ##
Low.
"""


def test_an_article_is_split_at_its_headings() -> None:
    article = parse_article(WHOLE, "warranty.md")
    assert (article.title, article.source) == ("Warranty", "warranty.md")
    assert [
        (one.heading, one.text, one.line, one.also) for one in article.sections
    ] == [
        ("Warranty", "Five years.", 8, ()),
        ("Repairs", "Six months.", 12, ("mended",)),
        ("Prices: all of them", "Low.", 17, ("how dear",)),
    ]
    assert article.same == (("tyre", "tire"),)


def test_words_for_the_whole_article_are_a_list() -> None:
    article = parse_article("---\nalso: [money back]\n---\n# R\n\nText.", "r.md")
    assert article.also == ("money back",)


def test_an_article_without_headings_is_called_after_its_file() -> None:
    article = parse_article("We are closed on Sundays.", "opening-hours.md")
    [only] = article.sections
    assert (article.title, only.heading) == ("Opening hours", "Opening hours")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "a.md:1: says nothing: write a heading"),
        ("# Only a heading\n", "a.md:1: says nothing"),
        ("# A\n\nText.\n\n##No space\n\nMore.", "a.md:5: is no heading"),
        (
            "# A\n\nText.\n## B\nx\n## B\ny",
            "a.md:6: heading 'B' again: it is on line 4",
        ),
        ("---\nalso: [x]\n# A\n\nText.", "a.md:1: has front matter that no second"),
        (
            "---\nalsso: [x]\n---\n# A\n\nText.",
            "a.md:2: unknown key 'alsso'; did you mean",
        ),
        ("---\nalso: x\n---\n# A\n\nText.", "a.md:2: 'also' should be a list"),
        (
            "---\nalso:\n  Retuns: [x]\n---\n# Returns\n\nText.",
            "a.md:3: unknown key 'Retuns' under 'also'; did you mean 'Returns'?",
        ),
        (
            "---\nsame: [bicycle]\n---\n# A\n\nT.",
            "a.md:2: each of 'same' should be two",
        ),
        (
            "---\nsame:\n  - [bicycle, bike]\n---\n# A\n\nT.",
            "a.md:3: 'same' should be plain text",
        ),
        ("---\nalso: [x\n---\n# A\n\nText.", "a.md:2: is not YAML here"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_line(text: str, complaint: str) -> None:
    with pytest.raises(BadCard) as caught:
        parse_article(text, "a.md")
    assert complaint in str(caught.value)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(BadCard) as caught:
        parse_article("---\nalso: x\n---\n##A\n", "a.md", "agents/knowledge/a.md")
    assert [problem.line for problem in caught.value.problems] == [2, 4]
    assert "agents/knowledge/a.md:2: " in str(caught.value)


@given(st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    try:
        parse_article(text, "a.md")
    except BadCard as bad:
        assert bad.problems  # noqa: PT017  # what else it is, is what is tested
