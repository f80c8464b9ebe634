import re
from dataclasses import replace
from pathlib import Path

from agents import Handoff
from agents.realtime import RealtimeAgent
from hypothesis import given, strategies as st

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.mcp import McpServer
from callcenter.domain.operators import Operator
from callcenter.domain.roster import (
    MAX_DESCRIPTION_CHARACTERS,
    Roster,
    check,
    check_topics,
    handoff_tool,
)
from callcenter.domain.tuning import Tuning
from callcenter.domain.voices import VOICES

TOOLS = {"get_weather": "Weather.", "transfer_to_human": "A person.", "end_call": "."}


def card(name: str, *handoffs: str, tools: tuple[str, ...] = ()) -> Card:
    return Card(
        name=AgentName(name),
        description=f"All about {name}.",
        instructions=f"You know {name}.",
        tools=tools,
        handoffs=tuple(AgentName(other) for other in handoffs),
        file=f"agents/{name}.md",
        lines={"tools": 3, "handoffs": 4, "voice": 5, "description": 2},
    )


def roster(*cards: Card, entry: str = "triage") -> Roster:
    return Roster(cards, "Be brief.", AgentName(entry))


def said(of: Roster, tools: dict[str, str] = TOOLS) -> list[str]:
    return [str(problem) for problem in check(of, tools)]


def test_a_sound_roster_has_no_problems() -> None:
    both = roster(
        card("triage", "weather", tools=("end_call",)),
        card("weather", "triage", tools=("get_weather", "transfer_to_human")),
    )
    assert said(both) == []


def test_a_handoff_to_nobody_is_found_with_the_near_miss() -> None:
    assert said(roster(card("triage", "wether"), card("weather", "triage"))) == [
        "agents/triage.md:4: there is no agent 'wether'; did you mean 'weather'?",
        (
            "agents/weather.md: no way leads from 'triage' to 'weather': name it under "
            "somebody's handoffs"
        ),
    ]


def test_a_handoff_to_itself_is_found() -> None:
    assert said(roster(card("triage", "triage"))) == [
        "agents/triage.md:4: 'triage' hands over to itself"
    ]


def test_an_unknown_tool_is_found_on_its_own_line() -> None:
    odd = card("triage", tools=("get_wether",))
    odd = replace(odd, lines={"tools": 3, "tools:get_wether": 7})
    assert said(roster(odd)) == [
        "agents/triage.md:7: there is no tool 'get_wether'; did you mean 'get_weather'?"
    ]


def test_a_tool_like_no_other_gets_no_hint() -> None:
    assert said(roster(card("triage", tools=("xyzzy",)))) == [
        "agents/triage.md:3: there is no tool 'xyzzy'"
    ]


def test_somebody_must_answer_the_telephone() -> None:
    assert said(roster(card("triage"), entry="triag")) == [
        (
            "ENTRY_AGENT: there is no agent 'triag' to answer the telephone; "
            "did you mean 'triage'?"
        )
    ]


def test_an_agent_that_is_reached_only_in_a_roundabout_way_is_reached() -> None:
    ring = roster(card("triage", "a"), card("a", "b"), card("b", "triage", "a"))
    assert said(ring) == []


def test_two_agents_must_not_become_the_same_tool() -> None:
    twins = roster(
        card("triage", "night-desk", "night_desk"),
        card("night-desk"),
        card("night_desk"),
    )
    assert said(twins) == [
        (
            "agents/night_desk.md: its handoff would be called "
            "'transfer_to_night_desk', and so is the handoff to 'night-desk': "
            "rename the file"
        )
    ]


def test_an_agent_must_not_pass_for_the_way_to_a_human() -> None:
    assert said(roster(card("triage", "human"), card("human"))) == [
        (
            "agents/human.md: its handoff would be called 'transfer_to_human', and so "
            "is the tool 'transfer_to_human': rename the file"
        )
    ]


def test_everybody_speaks_with_the_entry_agents_voice_or_their_own() -> None:
    triage = replace(card("triage", "weather", "support"), voice="marin")
    weather = replace(card("weather"), voice="cedar")
    several = roster(triage, weather, card("support"))
    assert check(several, TOOLS) == []
    voices = [several.voice(name) for name in ("triage", "weather", "support")]
    assert voices == ["marin", "cedar", "marin"]


def warnings(*cards: Card) -> list[str]:
    problems = check(roster(*cards), TOOLS)
    assert all(problem.warning for problem in problems)
    return [problem.text for problem in problems]


def test_another_speed_is_only_a_warning() -> None:
    """The API takes a new speed only between turns; a handoff is within one."""
    triage = replace(card("triage", "weather"), tuning=Tuning(speed=1.2))
    weather = replace(card("weather"), tuning=Tuning(speed=0.9))
    assert warnings(triage, weather) == [
        "'weather' will speak at the speed of 'triage', not 0.9"
    ]
    assert warnings(triage, replace(weather, tuning=Tuning())) == []


def test_a_specialist_that_does_not_follow_the_caller_s_language_is_a_warning() -> None:
    triage = replace(card("triage", "weather"), languages=("en", "nb", "de"))
    weather = replace(card("weather"), languages=("nb", "en"))
    assert warnings(triage, weather) == [
        "'weather' does not speak de, as 'triage' does"
    ]


def test_a_menu_of_languages_that_nobody_hears_is_a_warning() -> None:
    triage = replace(card("triage", "weather"), language_menu=True)
    both = ("en", "nb")
    weather = replace(card("weather"), language_menu=True, languages=both)
    assert warnings(triage, weather) == [
        "'triage' has a 'language_menu' that no caller hears",
        "'weather' has a 'language_menu' that no caller hears",
    ]
    assert warnings(replace(triage, languages=both), card("weather", "triage")) == [
        "'weather' does not speak nb, as 'triage' does"
    ]


def test_a_description_that_the_api_refuses_is_found_beforehand() -> None:
    fits = {"end_call": "x" * MAX_DESCRIPTION_CHARACTERS}
    long = {"end_call": "x" * (MAX_DESCRIPTION_CHARACTERS + 1)}
    alone = roster(card("triage", tools=("end_call",)))
    assert said(alone, fits) == []
    assert said(alone, long) == [
        (
            "agents/triage.md:3: tool 'end_call' has a description of 1025 characters; "
            "the Realtime API takes at most 1024"
        )
    ]


def test_a_card_s_own_description_is_measured_as_the_sdk_will_send_it() -> None:
    wordy = replace(card("triage"), description="x" * 1000)
    agent: RealtimeAgent[None] = RealtimeAgent(
        name="triage", handoff_description=wordy.description
    )
    sent = len(Handoff.default_tool_description(agent))
    [problem] = said(roster(wordy))
    assert f"md:2: its handoff has a description of {sent} characters" in problem


def test_a_name_that_is_too_long_for_a_tool_is_found() -> None:
    assert said(roster(card("n" * 52), entry="n" * 52)) == []
    assert said(roster(card("n" * 53), entry="n" * 53)) == [
        f"agents/{'n' * 53}.md: a name has at most 52 characters"
    ]


@given(st.text(min_size=1, max_size=20))
def test_the_handoff_tool_is_called_as_the_sdk_calls_it(name: str) -> None:
    agent: RealtimeAgent[None] = RealtimeAgent(name=name)
    assert handoff_tool(name) == Handoff.default_tool_name(agent)


def test_the_house_style_comes_first() -> None:
    assert roster(card("triage")).instructions("triage") == (
        "Be brief.\n\nYou know triage."
    )
    plain = Roster((card("triage"),), "", AgentName("triage"))
    assert plain.instructions("triage") == "You know triage."


def test_the_hash_changes_with_any_word_but_not_with_the_order() -> None:
    one, two = card("triage", "weather"), card("weather")
    moved = replace(two, lines={"tools": 99}, file="elsewhere.md")
    assert roster(one, two).hash == roster(moved, one).hash
    others = [
        roster(one),
        roster(one, two, entry="weather"),
        Roster((one, two), "Be briefer.", AgentName("triage")),
        roster(one, replace(two, instructions="You know nothing.")),
        roster(one, replace(two, fillers={"en": ("Let me see.",)})),
        roster(one, replace(two, greetings={"nb": "Hei."})),
        roster(one, replace(two, languages=("en", "nb"))),
        roster(one, replace(two, language_menu=True)),
        roster(one, replace(two, tuning=Tuning(speed=1.1))),
        roster(one, replace(two, guardrails=("no_card_data",))),
        roster(one, replace(two, mcp=(McpServer("crm", url="https://crm"),))),
    ]
    assert len({other.hash for other in [roster(one, two), *others]}) == 12


def test_an_unknown_key_has_no_line() -> None:
    assert card("triage").line_of("greeting") == 0


def test_a_voice_that_is_nearly_one_of_the_api_s_is_a_mistake() -> None:
    said_of = [
        said(roster(replace(card("triage"), voice=voice)))
        for voice in ("", "marin", "marinn", "zephyr-9")
    ]
    assert said_of[:3] == [
        [],
        [],
        ["agents/triage.md:5: there is no voice 'marinn'; did you mean 'marin'?"],
    ]
    assert said_of[3][0].startswith(
        "agents/triage.md:5: warning: 'zephyr-9' is none of the voices that we know: al"
    )


def test_every_voice_that_we_know_is_in_the_documentation() -> None:
    told = (Path(__file__).parents[2] / "docs/agents.md").read_text("utf-8")
    [row] = [line for line in told.splitlines() if line.startswith("| `voice` ")]
    assert set(VOICES) <= set(re.findall(r"`(\w+)`", row))


def test_a_topic_that_no_operator_knows_is_warned_of() -> None:
    def warned(topic: str, *skills: str) -> list[str]:
        operators = [Operator("Ada", "+1", frozenset({skill})) for skill in skills]
        cards = [replace(card("triage"), topic=topic)]
        return [str(problem) for problem in check_topics(cards, operators)]

    told = (
        "agents/triage.md: warning: 'triage' has the topic 'parkng', a skill of no "
        "operator"
    )
    nearly = [f"{told}; did you mean 'parking'?"]
    assert warned("parkng", "parking") == nearly
    assert warned("parkng", "parking", "general") == nearly
    assert warned("parkng", "support") == [told]
    assert warned("parkng", "support", "general") == []
    assert warned("parking", "parking") == []
    assert warned("general", "parking") == []
    assert warned("parkng") == []


def test_a_file_s_name_is_one_that_an_agent_can_have() -> None:
    assert said(roster(card("triage", "night_desk-2"), card("night_desk-2"))) == []
    for name in ("Par king", "Billing", "2nd", "a--b"):
        assert said(roster(card("triage", name), card(name))) == [
            (
                f"agents/{name}.md: '{name}' is no name for an agent: use small "
                "letters, digits and '-', such as 'billing' or 'night-desk', and "
                "rename the file"
            )
        ]
