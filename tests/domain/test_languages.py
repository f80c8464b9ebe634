"""Languages: what they are called, which one serves a wish, and how keys choose one."""

from dataclasses import replace

import pytest

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.language_menu import chosen, offers
from callcenter.domain.languages import LANGUAGES, closest
from callcenter.domain.opening import greeting
from callcenter.domain.prompt import about_tokens, prompt
from callcenter.domain.roster import Roster
from callcenter.domain.welcome import welcome

TRIAGE = Card(
    name=AgentName("triage"),
    description="Answers.",
    instructions="Be kind.",
    languages=("en", "nb"),
    greetings={"en": "Hello.", "nb": "Hei."},
)


def told(card: Card, language: str = "", briefing: str = "It is Sunday.") -> str:
    roster = Roster((card,), "Be brief.", card.name)
    return prompt(roster, card.name, briefing=briefing, language=language)


@pytest.mark.parametrize(
    ("wish", "tag"),
    [
        ("nb", "nb"),
        ("NB_no", "nb"),
        ("no", "nb"),
        ("Norwegian", "nb"),
        (" norsk ", "nb"),
        ("nynorsk", ""),
        ("en-GB", "en"),
        ("British English", "en"),
        ("English", "en"),
        ("Klingon", ""),
        ("", ""),
    ],
)
def test_a_wish_is_served_by_the_nearest_language_that_is_spoken(
    wish: str, tag: str
) -> None:
    assert closest(wish, ("en", "nb")) == tag


def test_another_country_s_variety_is_better_than_none() -> None:
    assert closest("pt", ("en", "pt-BR")) == "pt-BR"
    assert closest("Portuguese", ("pt-BR",)) == "pt-BR"
    assert closest("pt-PT", ("pt-BR", "pt")) == "pt-BR"


def test_no_two_languages_have_one_tag_and_all_have_all_their_names() -> None:
    assert len(LANGUAGES) == len({one.tag.casefold() for one in LANGUAGES.values()})
    for one in LANGUAGES.values():
        assert all((one.name, one.native, one.say, one.hint))
        assert len(one.hint) == 2
        assert one.name == one.name.strip()


def test_each_language_is_offered_in_itself_under_its_key() -> None:
    assert offers(("en", "nb", "pt-BR", "th")) == (
        "For norsk, trykk 2. Para português, prima 3. For Thai, press 4."
    )
    assert offers(("en",)) == ""


def test_the_keys_are_those_of_the_menu_and_0_is_none() -> None:
    many = tuple(sorted(LANGUAGES))[:12]
    assert chosen(("en", "nb"), "1") == "en"
    assert chosen(("en", "nb"), "2") == "nb"
    assert chosen(("en", "nb"), "3") == ""
    assert chosen(many, "0") == ""
    assert chosen(many, "9") == many[8]
    assert "press 10" not in offers(many)


def test_an_agent_that_speaks_only_english_is_told_nothing_of_languages() -> None:
    assert told(replace(TRIAGE, languages=("en",))) == (
        "Be brief.\n\nBe kind.\n\nIt is Sunday."
    )


def test_an_agent_follows_the_caller_into_a_language_that_it_knows() -> None:
    assert told(TRIAGE, briefing="").endswith(
        "# Language\n\nSpeak English. You also speak Norwegian (norsk): if the caller "
        "speaks it, go on in it."
    )
    with_tool = replace(TRIAGE, tools=("switch_language",))
    assert "speaks it, call switch_language once, and go on" in told(with_tool)


def test_an_agent_of_another_language_says_everything_in_it() -> None:
    note = told(replace(TRIAGE, languages=("nb",)), briefing="")
    assert "Speak Norwegian (norsk). Words that you are told to say" in note
    assert note.endswith("Say days, times and numbers as Norwegian does.")


def test_a_language_that_was_chosen_is_spoken_from_then_on() -> None:
    note = told(TRIAGE, "nb")
    assert "The caller has chosen Norwegian (norsk). Speak Norwegian from now" in note
    assert "You also speak" not in note


def test_an_agent_that_does_not_speak_what_was_chosen_says_so() -> None:
    note = told(TRIAGE, "de")
    assert "chosen German (Deutsch), which you do not speak" in note
    assert "one simple sentence of English, and offer a colleague" in note


def test_the_card_s_greeting_is_recorded_unless_the_house_has_its_own() -> None:
    roster = Roster((TRIAGE,), "", TRIAGE.name)
    ours = welcome(roster, None)
    assert (ours.words, ours.recorded, ours.say, ours.menu) == (
        *("Hello.", True, "en-US"),
        "",
    )
    assert welcome(roster, "Good day.").words == "Good day."
    spoken = welcome(roster, "")
    assert (spoken.words, spoken.recorded) == ("Hello.", False)


def test_a_recording_speaks_the_first_language_and_the_agent_says_the_menu() -> None:
    first = replace(TRIAGE, languages=("nb", "en"), language_menu=True)
    opening = welcome(Roster((first,), "", first.name), None)
    assert (opening.words, opening.say) == ("Hei.", "nb-NO")
    assert opening.menu == "For English, press 2."
    note = greeting(first.name, opening.words, recorded=True, menu=opening.menu).note
    assert note.endswith('words: "For English, press 2. How can I help you?"')
    alone = greeting(first.name, "Hei.", recorded=False, menu=opening.menu).note
    assert '"Hei. For English, press 2. How can I help you?"' in alone


def test_tokens_are_estimated_and_never_more_exactly_than_is_known() -> None:
    assert about_tokens("") == 10
    assert about_tokens("word" * 123) == 120
    assert about_tokens("word" * 4_321) == 4_300
