"""The drawing as an SVG: well-formed, whole, and no two boxes on one another."""

from itertools import combinations
from xml.etree import ElementTree as ET

from hypothesis import given, settings, strategies as st

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster
from callcenter.wire.roster_layout import BOX_WIDTH, HUMAN, layout
from callcenter.wire.roster_svg import part_of_page, svg

SVG = "{http://www.w3.org/2000/svg}"


def card(name: str, *handoffs: str, topic: str = "general", human: bool = True) -> Card:
    return Card(
        AgentName(name),
        f"All about {name} <and more>, " * 12,
        "x",
        (HUMAN, "look", "a_tool_of_a_long_name") if human else (),
        tuple(AgentName(each) for each in handoffs),
        topic=topic,
    )


HOUSE = Roster(
    (
        card("front", "a", "b", "c"),
        card("a", "front", "c", topic="sales & more"),
        card("b", "d", human=False),
        card("c", "b"),
        card("d", "front"),
    ),
    "",
    AgentName("front"),
)


def texts(roster: Roster) -> list[str]:
    root = ET.fromstring(svg(roster))
    return [str(each.text) for each in root.iter(f"{SVG}text")]


def test_everybody_is_drawn_with_tools_and_operators_by_topic() -> None:
    drawn = texts(HOUSE)
    for words in ("caller", "☎ front", "a", "b", "c", "d", "Human operators"):
        assert drawn.count(words) == 1
    assert drawn[-3:] == ["Human operators", "general", "sales & more"]
    assert drawn.count("look · a_tool_of_a_long_name") == 4
    assert HUMAN not in " ".join(drawn)


def test_a_long_description_ends_in_an_ellipsis() -> None:
    assert sum(words.endswith("…") for words in texts(HOUSE)) == 5


def test_every_handoff_is_drawn_once_and_the_way_back_is_its_second_head() -> None:
    ways = [way for way in layout(HOUSE).ways if not way.human]
    assert sum(way.both for way in ways) == 1
    assert len(ways) == 7
    humans = [way for way in layout(HOUSE).ways if way.human]
    assert len(humans) == 4


def test_a_house_without_operators_is_drawn_without_them() -> None:
    alone = Roster((card("front", human=False),), "", AgentName("front"))
    assert texts(alone)[0] == "caller"
    assert "Human operators" not in texts(alone)


NAMES = "abcdefg"


@st.composite
def rosters(draw: st.DrawFn) -> Roster:
    others = st.lists(st.sampled_from(NAMES), unique=True)
    cards = [
        card(name, *(each for each in draw(others) if each != name))
        for name in NAMES[1:]
    ]
    return Roster((card("a", *NAMES[1:4]), *cards), "", AgentName("a"))


@settings(max_examples=50)
@given(rosters())
def test_no_two_boxes_touch_and_all_are_on_the_page(roster: Roster) -> None:
    drawn = layout(roster)
    for one, other in combinations(drawn.boxes, 2):
        apart_x = abs(one.x - other.x) >= BOX_WIDTH
        assert apart_x or one.bottom < other.y or other.bottom < one.y
    for box in drawn.boxes:
        assert box.x > 0
        assert box.right < drawn.width
        assert box.y > 0
        assert box.bottom < drawn.height


def test_a_tool_that_does_not_fit_beside_the_others_goes_below() -> None:
    tools = (
        "book_an_appointment",
        "cancel_an_appointment",
        "find_free_times_of_a_week",
    )
    busy = Card(AgentName("front"), "x", "x", tools)
    (box,) = layout(Roster((busy,), "", AgentName("front"))).boxes
    assert box.tools == tools


def test_in_a_page_each_agent_leads_to_its_own() -> None:
    drawn = part_of_page(HOUSE, lambda name: f'/agents/{name}?a="1"&b=2')
    root = ET.fromstring(drawn)
    links = [each.get("href") for each in root.iter(f"{SVG}a")]
    assert sorted(map(str, links)) == [
        f'/agents/{n}?a="1"&b=2' for n in ("a", "b", "c", "d", "front")
    ]
    assert root.get("role") == "group"
    assert root.find(f"{SVG}style") is None, "the page has a style of its own"
