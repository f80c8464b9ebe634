from pathlib import Path

import pytest
from hypothesis import given, strategies as st

from callcenter.domain.card import Card
from callcenter.domain.guardrails import GUARDRAILS
from callcenter.domain.ids import AgentName
from callcenter.domain.languages import LANGUAGES
from callcenter.domain.mcp import McpServer
from callcenter.domain.tuning import (
    EAGERNESS,
    EFFORTS,
    FASTEST,
    LONGEST_SILENCE_MS,
    MAX_OUTPUT_TOKENS,
    NOISE_REDUCTIONS,
    SLOWEST,
    Tuning,
)
from callcenter.wire.cards import parse, render
from callcenter.wire.front_matter import BadCard

WEATHER = """\
---
# Who forecasts
description: Weather now, and in the days to come.
tools: [get_weather, end_call]
handoffs:
  - triage
  - scheduling
voice: marin
---

You are the weather specialist.

Be brief.
"""


def problems(text: str | bytes) -> list[str]:
    with pytest.raises(BadCard) as bad:
        parse(text, "agents/weather.md")
    return [str(problem) for problem in bad.value.problems]


def front(*lines: str) -> str:
    return "\n".join(["---", "description: Weather.", *lines, "---", "Be brief."])


def test_a_card_reads_as_it_was_written() -> None:
    card = parse(WEATHER, "agents/weather.md")
    assert card == Card(
        name=AgentName("weather"),
        description="Weather now, and in the days to come.",
        instructions="You are the weather specialist.\n\nBe brief.",
        tools=("get_weather", "end_call"),
        handoffs=(AgentName("triage"), AgentName("scheduling")),
        voice="marin",
    )
    assert card.file == "agents/weather.md"


def test_a_card_knows_where_each_thing_stands() -> None:
    card = parse(WEATHER, "agents/weather.md")
    assert card.line_of("description") == 3
    assert card.line_of("tools", "end_call") == 4
    assert card.line_of("handoffs", "scheduling") == 7
    assert card.line_of("handoffs", "nobody") == 5


def test_line_ends_and_marks_of_other_editors_make_no_difference() -> None:
    theirs = WEATHER.replace("\n", "\r\n").encode("utf-8-sig")
    assert parse(theirs, "agents/weather.md") == parse(WEATHER, "agents/weather.md")


def test_an_unknown_key_is_found_with_the_near_miss() -> None:
    assert problems(front("tool: [get_weather]")) == [
        "agents/weather.md:3: unknown key 'tool'; did you mean 'tools'?"
    ]
    assert problems(front("wibble: yes")) == [
        "agents/weather.md:3: unknown key 'wibble'"
    ]


def test_all_problems_of_a_card_are_said_at_once() -> None:
    text = "---\ntool: [x]\nvoice: marin\nvoice: cedar\ntools: x\n---\n\n"
    assert problems(text) == [
        "agents/weather.md:2: unknown key 'tool'; did you mean 'tools'?",
        "agents/weather.md:4: key 'voice' again: it is on line 3 already",
        "agents/weather.md:5: 'tools' should be a list, like [one, two]",
        (
            "agents/weather.md:1: needs a 'description': when should others hand over "
            "here?"
        ),
        "agents/weather.md:7: says nothing below its front matter: instructions?",
    ]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("You are nobody.", "1: begins without front matter: a line '---' comes first"),
        ("", "1: begins without front matter: a line '---' comes first"),
        ("---\nvoice: x\n", "1: has front matter that no second '---' ends"),
        (front("tools: [a, b"), "3: is not YAML here: expected ',' or ']'"),
        (front("voice: 'mar"), "3: is not YAML here: found unexpected end of stream"),
        (front("voice: a\0b"), "1: has front matter that is not YAML: unacceptable"),
        (front("voice: [a]"), "3: 'voice' should be plain text"),
        (front("voice:"), "3: 'voice' is empty: write it, or leave the line out"),
        (front("tools: [a, [b]]"), "3: each of 'tools' should be plain text"),
        (front("tools:", "  -"), "4: each of 'tools' should be plain text"),
        (front("tools:", "- a", "- a"), "5: 'a' stands twice under 'tools'"),
        (front("? [a]", ": b"), "3: unknown key '?'"),
        ("---\n- a\n---\nx", "2: should say 'key: value' here"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, complaint: str) -> None:
    assert problems(text)[0].startswith(f"agents/weather.md:{complaint}")


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("---\ndescription: [a\n---\n", "2: is not YAML here: "),
        ("---\n- a\n---\n", "2: should say 'key: value' here"),
        ("---\ndescripton: x\n---\nx", "2: unknown key 'descripton'; did you mean"),
        ("---\ndescription: [x]\n---\nx", "2: 'description' should be plain text"),
        (
            front("languages: nb", "greeting: {nb: Hei.}"),
            "3: 'languages' should be a list",
        ),
        (
            front("languages: [en, no]", "greeting: {nb: Hei.}"),
            "3: there is no language 'no'; did you mean 'nb'?",
        ),
        (front("language: [nb]", "greeting: {nb: Hei.}"), "3: unknown key 'language'"),
        (
            front("model: {turn_detection: sever_vad, threshold: 1}"),
            "3: 'turn_detection' cannot be 'sever_vad'",
        ),
        (
            front("model: {turn_detecton: server_vad, threshold: 1}"),
            "3: unknown key 'turn_detecton' under 'model'",
        ),
    ],
)
def test_what_follows_from_a_flaw_is_no_flaw_of_its_own(
    text: str, complaint: str
) -> None:
    [told] = problems(text)
    assert told.startswith(f"agents/weather.md:{complaint}")


def test_empty_front_matter_needs_a_description() -> None:
    assert problems("---\n---\nBe brief.") == [
        "agents/weather.md:1: needs a 'description': when should others hand over here?"
    ]


def test_an_alias_that_contains_itself_is_only_a_bad_list() -> None:
    assert problems(front("tools: &a [*a]")) == [
        "agents/weather.md:3: each of 'tools' should be plain text"
    ]


def test_a_file_that_is_not_utf_8_is_refused_with_its_line() -> None:
    assert problems("---\ndescription: Søren\n".encode("latin-1")) == [
        "agents/weather.md:2: is not UTF-8 text: save it as UTF-8"
    ]


@pytest.mark.parametrize("value", ["no", "17:30", "+4570123456", "1e3", "~", "0o17"])
def test_every_value_stays_the_text_that_was_written(value: str) -> None:
    assert parse(front(f"greeting: {value}"), "a.md").greeting == value


EVERYTHING = """\
---
description: Weather now.
languages: [en, nb]
language_menu: true
greeting:
  en: Hello.
  nb: Hei.
fillers:
  en: [One moment.]
  nb: [Et øyeblikk., Straks.]
model:
  turn_detection: server_vad
  threshold: 0.6
  silence_ms: 400
  noise_reduction: "off"
  speed: 1.1
guardrails: [no_card_data]
mcp:
  - name: crm
    url: https://crm.example.com/mcp
    tools: [find_customer]
  - name: files
    command: [npx, -y, server-files]
---
Be brief.
"""


def test_everything_about_an_agent_is_in_its_card() -> None:
    card = parse(EVERYTHING, "weather.md")
    assert card.languages == ("en", "nb")
    assert card.language_menu
    assert (card.greeting, card.greeting_in("nb")) == ("Hello.", "Hei.")
    assert card.fillers_in("nb") == ("Et øyeblikk.", "Straks.")
    assert card.tuning == Tuning(
        turn_detection="server_vad",
        threshold=0.6,
        silence_ms=400,
        noise_reduction="off",
        speed=1.1,
    )
    assert card.guardrails == ("no_card_data",)
    assert card.mcp == (
        McpServer("crm", url="https://crm.example.com/mcp", tools=("find_customer",)),
        McpServer("files", command=("npx", "-y", "server-files")),
    )
    assert card.line_of("model", "speed") == 16
    assert card.line_of("mcp", "files") == 22
    assert parse(render(card), "weather.md") == card


def test_words_without_a_language_are_in_the_first() -> None:
    card = parse(
        front("languages: [nb, en]", "greeting: Hei.", "fillers: [Ja.]"), "a.md"
    )
    assert card.greetings == {"nb": "Hei."}
    assert card.greeting_in("en") == "Hei."
    assert card.fillers_in("nb") == ("Ja.",)
    assert card.fillers_in("en") == ()


def test_an_empty_list_of_fillers_is_none() -> None:
    assert parse(front("fillers: []"), "a.md").fillers == {}


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        (["languages: [en, no]"], "3: there is no language 'no'; did you mean 'nb'?"),
        (["languages: [norsk]"], "3: there is no language 'norsk'; did you mean 'nb'?"),
        (["languages: [en-UK]"], "3: there is no language 'en-UK'; did you mean 'en'?"),
        (["languages: [zz-top]"], "3: there is no language 'zz-top'"),
        (["languages: []"], "3: 'languages' is empty: name one at least"),
        (["languages: en"], "3: 'languages' should be a list, like [one, two]"),
        (["language_menu: on"], "3: 'language_menu' should be true or false"),
        (["language_menu: []"], "3: 'language_menu' should be plain text"),
        (["greeting:", "  nb: Hei."], "4: 'greeting' speaks 'nb', which 'languages' d"),
        (["greeting:", "  bn: Hei."], "4: unknown key 'bn' under 'greeting'"),
        (["greeting:", "  en: []"], "4: 'greeting:en' should be plain text"),
        (
            ["fillers:", "  en: Hm."],
            "4: 'fillers:en' should be a list, like [one, two]",
        ),
        (["model: fast"], "3: should say 'key: value' here"),
        (
            ["model:", "  sped: 1"],
            "4: unknown key 'sped' under 'model'; did you mean 's",
        ),
        (
            ["model: {temperature: 1}"],
            "3: the Realtime API has no 'temperature': leave",
        ),
        (
            ["model: {speed: 2}"],
            "3: 'speed' should be a number from 0.25 to 1.5, not '2",
        ),
        (
            ["model: {speed: nan}"],
            "3: 'speed' should be a number from 0.25 to 1.5, not",
        ),
        (
            ["model: {speed: ''}"],
            "3: 'speed' is empty: write it, or leave the line out",
        ),
        (["model: {speed: []}"], "3: 'speed' should be plain text"),
        (
            ["model: {max_output_tokens: 1.5}"],
            "3: 'max_output_tokens' should be a whole",
        ),
        (
            ["model: {reasoning: hihg}"],
            "3: 'reasoning' cannot be 'hihg'; did you mean ",
        ),
        (
            ["model: {reasoning: zz}"],
            "3: 'reasoning' cannot be 'zz': minimal, low, med",
        ),
        (["model: {reasoning: []}"], "3: 'reasoning' should be plain text"),
        (
            ["model: {threshold: 1}"],
            "3: 'threshold' needs 'turn_detection: server_vad'",
        ),
        (
            ["model:", "  turn_detection: server_vad", "  eagerness: low"],
            "5: 'eagerness' needs 'turn_detection: semantic_vad'",
        ),
        (
            ["guardrails: [no_card]"],
            "3: there is no guardrail 'no_card'; did you mean ",
        ),
        (["mcp: crm"], "3: 'mcp' should be a list, like [one, two]"),
        (["mcp: [crm]"], "3: should say 'key: value' here"),
        (
            ["mcp:", "  - url: https://a.no"],
            "4: an MCP server needs a 'name' of letters",
        ),
        (
            ["mcp:", "  - {name: a b, url: https://a}"],
            "4: an MCP server needs a 'name'",
        ),
        (["mcp:", "  - name: []"], "4: 'name' should be plain text"),
        (["mcp:", "  - {name: a}"], "4: MCP server 'a' needs either a 'url' or a 'com"),
        (["mcp:", "  - {name: a, url: a.no}"], "4: MCP server 'a' needs a 'url' like "),
        (
            ["mcp:", "  - {name: a, url: https://a, command: [b]}"],
            "4: MCP server 'a' needs either a 'url' or a 'command'",
        ),
        (
            ["mcp:", "  - {name: a, url: https://a}", "  - {name: a, url: https://b}"],
            "5: 'a' stands twice under 'mcp'",
        ),
    ],
)
def test_what_is_wrong_in_the_finer_keys_is_said_too(
    lines: list[str], complaint: str
) -> None:
    [problem] = problems(front(*lines))
    assert problem.startswith(f"agents/weather.md:{complaint}")


LINES = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff"),
    min_size=1,
    max_size=40,
).filter(str.strip)
ITEMS = st.lists(LINES, max_size=3, unique=True).map(tuple)
SOME = st.lists(LINES, min_size=1, max_size=3, unique=True).map(tuple)
TAGS = st.lists(st.sampled_from(sorted(LANGUAGES)), min_size=1, max_size=3, unique=True)
TUNINGS = st.one_of(
    st.builds(
        Tuning,
        eagerness=st.sampled_from(["", *EAGERNESS]),
        noise_reduction=st.sampled_from(["", *NOISE_REDUCTIONS]),
        max_output_tokens=st.none() | st.integers(1, MAX_OUTPUT_TOKENS),
        speed=st.none() | st.floats(SLOWEST, FASTEST),
        reasoning=st.sampled_from(["", *EFFORTS]),
    ),
    st.builds(
        Tuning,
        turn_detection=st.just("server_vad"),
        threshold=st.none() | st.floats(0, 1),
        silence_ms=st.none() | st.integers(1, LONGEST_SILENCE_MS),
        padding_ms=st.none() | st.integers(0, LONGEST_SILENCE_MS),
    ),
)
NAMES = st.text("abcXYZ019_-", min_size=1, max_size=32)
SERVERS = st.one_of(
    st.builds(McpServer, NAMES, url=LINES.map("https://{}".format), tools=ITEMS),
    st.builds(McpServer, NAMES, command=SOME, tools=ITEMS),
)


@st.composite
def cards(draw: st.DrawFn) -> Card:
    languages = tuple(draw(TAGS))
    spoken = st.sampled_from(languages)
    return Card(
        name=AgentName("weather"),
        description=draw(LINES),
        instructions="\n".join(draw(st.lists(LINES, min_size=1))).strip(),
        tools=draw(ITEMS),
        handoffs=tuple(map(AgentName, draw(ITEMS))),
        voice=draw(LINES | st.just("")),
        topic=draw(LINES),
        languages=languages,
        language_menu=draw(st.booleans()),
        greetings=draw(st.dictionaries(spoken, LINES)),
        fillers=draw(st.dictionaries(spoken, SOME)),
        tuning=draw(TUNINGS),
        guardrails=draw(
            st.lists(st.sampled_from(sorted(GUARDRAILS)), unique=True).map(tuple)
        ),
        mcp=draw(
            st.lists(SERVERS, max_size=2, unique_by=lambda one: one.name).map(tuple)
        ),
    )


@given(cards())
def test_what_is_rendered_reads_back_the_same(card: Card) -> None:
    again = parse(render(card), "agents/weather.md")
    assert again == card
    assert again.fingerprint() == card.fingerprint()


def test_a_rendered_card_looks_as_a_person_would_write_it(tmp_path: Path) -> None:
    assert render(parse(WEATHER, "weather.md")).startswith(
        "---\ndescription: Weather now, and in the days to come.\nvoice: marin\n"
    )
