"""Two versions of a card are told apart by what they say, and show no secret."""

from dataclasses import replace

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.mcp import McpServer
from callcenter.domain.roster import Roster
from callcenter.domain.tuning import Tuning
from callcenter.wire.card_text import HOUSE_STYLE, mcp_address, text_of, texts_of

PLAIN = Card(AgentName("front"), "Who comes first", "\nBe brief.\n\n")
FULL = replace(
    PLAIN,
    voice="marin",
    topic="sales",
    languages=("en", "nb"),
    language_menu=True,
    greetings={"nb": "Hei.", "en": "Hello."},
    fillers={"en": ("One moment.", "Let me see.")},
    tools=("look_up", "transfer_to_human"),
    handoffs=(AgentName("support"),),
    guardrails=("no_foreign_numbers",),
    mcp=(McpServer("crm", "https://eva:pw@crm.example.com/mcp?key=secret"),),
    tuning=Tuning(turn_detection="server_vad", threshold=0.0, silence_ms=400),
)


def test_a_card_of_few_words_is_shown_in_few() -> None:
    assert text_of(PLAIN) == (
        "description: Who comes first\ntopic: general\nlanguages: en\n\nBe brief.\n"
    )


def test_whatever_a_card_says_has_a_line() -> None:
    assert text_of(FULL).splitlines() == [
        "description: Who comes first",
        "topic: sales",
        "languages: en, nb",
        "voice: marin",
        "language_menu: yes",
        "greeting (en): Hello.",
        "greeting (nb): Hei.",
        "filler (en): One moment.",
        "filler (en): Let me see.",
        "tool: look_up",
        "tool: transfer_to_human",
        "handoff: support",
        "guardrail: no_foreign_numbers",
        "mcp: crm crm.example.com/mcp",
        "model.turn_detection: server_vad",
        "model.threshold: 0.0",
        "model.silence_ms: 400",
        "",
        "Be brief.",
    ]


def test_of_a_server_that_is_started_only_the_program_is_shown() -> None:
    server = McpServer("files", command=("npx", "--token", "secret"))
    assert mcp_address(server) == "files npx"
    assert mcp_address(McpServer("plain", "https://x.example/mcp")) == (
        "plain https://x.example/mcp"
    )
    assert mcp_address(McpServer("none")) == "none"


def test_all_cards_are_shown_and_the_house_style_beside_them() -> None:
    texts = texts_of(Roster((FULL,), "Speak slowly.", AgentName("front")))
    assert texts[HOUSE_STYLE] == "Speak slowly."
    assert set(texts) == {HOUSE_STYLE, "front"}


def test_how_a_file_was_laid_out_makes_no_other_card() -> None:
    moved = replace(PLAIN, instructions="Be brief.", file="x.md", lines={"topic": 9})
    assert text_of(moved) == text_of(PLAIN)
