"""Questions are understood however they are typed; what is found is shown in place."""

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.search_words import (
    LONGEST_WORD,
    MOST_TERMS,
    Found,
    Term,
    excerpt,
    folded,
    indexed,
    marked,
    terms_of,
)

WORDS = st.from_regex(r"[a-zåæøé]{1,12}", fullmatch=True)


def shown(pieces: list[Found]) -> str:
    """As people see it, what was found in brackets."""
    return "".join(f"[{one.text}]" if one.hit else one.text for one in pieces)


@pytest.mark.parametrize(
    ("word", "plain"),
    [("BICYCLE", "bicycle"), ("Café", "cafe"), ("Ålesund", "alesund"), ("ẞ", "ss")],
)
def test_case_and_accents_make_no_other_word(word: str, plain: str) -> None:
    assert folded(word) == plain


@pytest.mark.parametrize("letter", ["a", "å"])
def test_a_word_that_goes_on_for_ever_is_cut(letter: str) -> None:
    assert folded(letter * 1_000) == "a" * LONGEST_WORD


def test_the_index_has_words_and_no_marks() -> None:
    assert indexed("What's up, Åse? 12_000!") == "what s up ase 12 000"


def test_each_character_of_a_script_without_spaces_is_a_word() -> None:
    assert indexed("自転車 shop") == "自 転 車 shop"


@pytest.mark.parametrize(
    ("question", "terms"),
    [
        ("", ()),
        ('* - "" "?!"', ()),
        ("Refund please", (Term(("refund",)), Term(("please",)))),
        ("refu*", (Term(("refu",), begins=True),)),
        ("-refund", (Term(("refund",), without=True),)),
        ('"want a Refund"', (Term(("want", "a", "refund")),)),
        ('"want a refu*"', (Term(("want", "a", "refu"), begins=True),)),
        ('"-1"', (Term(("1",)),)),
        ("e-mail", (Term(("e", "mail")),)),
        ('"half open', (Term(("half",)), Term(("open",)))),
    ],
)
def test_a_question_is_understood(question: str, terms: tuple[Term, ...]) -> None:
    assert terms_of(question) == terms


def test_a_pasted_page_is_no_question() -> None:
    assert len(terms_of("word " * 1_000)) == MOST_TERMS


@pytest.mark.parametrize(
    ("question", "seen"),
    [
        ("bicycle", "My [BICYCLE] broke. Refund the bike, refund it!"),
        ("refund", "My BICYCLE broke. [Refund] the bike, [refund] it!"),
        ("re*", "My BICYCLE broke. [Refund] the bike, [refund] it!"),
        ('"refund the bi*"', "My BICYCLE broke. [Refund the bike], refund it!"),
        ("broke refund", "My BICYCLE [broke. Refund] the bike, [refund] it!"),
        ('"the refund"', "My BICYCLE broke. Refund the bike, refund it!"),
        ("-bicycle it", "My BICYCLE broke. Refund the bike, refund [it]!"),
        ("it my", "[My] BICYCLE broke. Refund the bike, refund [it]!"),
    ],
)
def test_what_was_looked_for_is_marked_as_it_was_said(question: str, seen: str) -> None:
    said = "My BICYCLE broke. Refund the bike, refund it!"
    assert shown(marked(said, terms_of(question))) == seen


@given(st.text(), st.text())
def test_marking_changes_no_character(text: str, question: str) -> None:
    pieces = marked(text, terms_of(question))
    assert "".join(one.text for one in pieces) == text
    assert all(one.text for one in pieces)


@given(st.lists(WORDS, min_size=1, max_size=8), st.data())
def test_every_word_that_was_said_is_found(
    words: list[str], data: st.DataObject
) -> None:
    word = data.draw(st.sampled_from(words))
    begun = word[: data.draw(st.integers(1, len(word)))]
    text = ", ".join(words).title()
    for question in (word, word.upper(), f"{begun}*", f'"{" ".join(words)}"'):
        assert any(one.hit for one in marked(text, terms_of(question))), question


def told(text: str, question: str, around: int = 10) -> str:
    return shown(excerpt(marked(text, terms_of(question)), around))


def test_an_excerpt_is_what_stands_about_the_first_hit() -> None:
    text = "It was a long day before the chain broke, and it rained all night after."
    assert told(text, "chain") == "…efore the [chain] broke, and it …"
    assert told("The chain broke", "the") == "[The] chain broke"
    assert told("My chain broke", "chain") == "My [chain] broke"


def test_an_excerpt_ends_where_there_is_no_more_room() -> None:
    text = f"chain {'x' * 30} chain"
    assert told(text, "chain") == f"[chain] {'x' * 14}…"
    text = f"chain {'x' * 10} chain {'y' * 15} chain"
    assert told(text, "chain") == f"[chain] {'x' * 10} [chain]", "no hit is ever cut"


def test_without_a_hit_an_excerpt_is_the_beginning() -> None:
    assert told("a" * 30, "chain") == "a" * 20 + "…"
    assert told("short", "chain") == "short"
    assert told("", "chain") == ""
