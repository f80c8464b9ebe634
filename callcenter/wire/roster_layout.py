"""Where everything stands in the drawing of a roster: boxes and the ways between them.

Agents stand in columns, by how many handoffs they are away from whoever answers the
telephone; operators stand at the far right, in a row for each topic. All lengths are
in the drawing's own units, one of which is a pixel at its natural size.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from textwrap import shorten, wrap
from typing import Final

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster

HUMAN: Final = "transfer_to_human"
"""Whoever has this tool can reach an operator."""

BOX_WIDTH: Final = 336
COLUMN_GAP: Final = 120
ROW_GAP: Final = 44
MARGIN: Final = 32
PADDING: Final = 16
CALLER_WIDTH: Final = 92
DESK_WIDTH: Final = 170
TITLE_HEIGHT: Final = 26
LINE_HEIGHT: Final = 17
TOOL_HEIGHT: Final = 15
TOPIC_HEIGHT: Final = 34

DESCRIPTION_CHARACTERS: Final = 43
"""So many fit into a line of a box, in any common font, also the widest."""

DESCRIPTION_LINES: Final = 4
TOOLS_CHARACTERS: Final = 42
BETWEEN_TOOLS: Final = " · "

BULGE: Final = 46
"""How far a way between boxes of one column swings out."""

RAIL: Final = 26
"""How far below the boxes the ways to operators run that would cross others."""


@dataclass(frozen=True, slots=True)
class Box:
    """An agent."""

    card: Card
    x: float
    y: float
    height: float
    about: tuple[str, ...]
    """The description, in lines."""
    tools: tuple[str, ...]
    entry: bool

    @property
    def right(self) -> float:
        return self.x + BOX_WIDTH

    @property
    def middle(self) -> float:
        return self.y + self.height / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height


@dataclass(frozen=True, slots=True)
class Way:
    """Somebody passes the caller to somebody."""

    path: str
    """As SVG says it."""
    both: bool = False
    human: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing."""

    width: float
    height: float
    caller_y: float
    boxes: tuple[Box, ...]
    topics: tuple[tuple[str, float], ...]
    """Each with the middle of its row; none when no agent can reach an operator."""
    desk_x: float
    ways: tuple[Way, ...]


def layout(roster: Roster) -> Layout:
    """Everybody's place."""
    columns = [
        [_sized(roster.card(name), roster) for name in names]
        for names in _ranks(roster)
    ]
    topics = _topics(columns)
    tallest = max(
        *(_height(column) for column in columns), len(topics) * TOPIC_HEIGHT + 50
    )
    boxes = {
        box.card.name: box
        for number, column in enumerate(columns)
        for box in _placed(column, _column_x(number), MARGIN + tallest / 2)
    }
    desk_x = _column_x(len(columns))
    first_y = MARGIN + tallest / 2 - (len(topics) - 1) * TOPIC_HEIGHT / 2
    rows = {topic: first_y + TOPIC_HEIGHT * n for n, topic in enumerate(topics)}
    floor_y = MARGIN + tallest
    ways = [*_handoffs(roster, boxes), *_to_operators(boxes, rows, desk_x, floor_y)]
    end = desk_x + DESK_WIDTH if topics else desk_x - COLUMN_GAP
    return Layout(
        width=end + MARGIN,
        height=floor_y + RAIL + MARGIN,
        caller_y=boxes[roster.entry].middle,
        boxes=tuple(boxes.values()),
        topics=tuple(rows.items()),
        desk_x=desk_x,
        ways=tuple(ways),
    )


def _ranks(roster: Roster) -> list[list[AgentName]]:
    """Agents by their distance from the entry, each where it is nearest."""
    ranks, seen = [[roster.entry]], {roster.entry}
    while ranks[-1]:
        ahead = [name for one in ranks[-1] for name in roster.card(one).handoffs]
        ranks.append([name for name in dict.fromkeys(ahead) if name not in seen])
        seen.update(ranks[-1])
    return ranks[:-1]


def _sized(card: Card, roster: Roster) -> Box:
    lines = wrap(card.description, DESCRIPTION_CHARACTERS)
    if len(lines) > DESCRIPTION_LINES:
        rest = " ".join(lines[DESCRIPTION_LINES - 1 :])
        last = shorten(rest, DESCRIPTION_CHARACTERS, placeholder=" …")
        lines = [*lines[: DESCRIPTION_LINES - 1], last]
    tools = _tool_lines(tool for tool in card.tools if tool != HUMAN)
    height = TITLE_HEIGHT + len(lines) * LINE_HEIGHT + 2 * PADDING
    if tools:
        height += len(tools) * TOOL_HEIGHT + PADDING
    entry = card.name == roster.entry
    return Box(card, 0, 0, height, tuple(lines), tuple(tools), entry)


def _tool_lines(tools: Iterable[str]) -> list[str]:
    lines = [""]
    for tool in tools:
        longer = f"{lines[-1]}{BETWEEN_TOOLS}{tool}" if lines[-1] else tool
        if len(longer) <= TOOLS_CHARACTERS or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(tool)
    return [line for line in lines if line]


def _height(column: Iterable[Box]) -> float:
    heights = [box.height for box in column]
    return sum(heights) + ROW_GAP * (len(heights) - 1)


def _placed(column: list[Box], x: float, middle: float) -> Iterator[Box]:
    y = middle - _height(column) / 2
    for box in column:
        yield Box(box.card, x, y, box.height, box.about, box.tools, box.entry)
        y += box.height + ROW_GAP


def _column_x(number: int) -> float:
    return MARGIN + CALLER_WIDTH + COLUMN_GAP / 2 + number * (BOX_WIDTH + COLUMN_GAP)


def _topics(columns: list[list[Box]]) -> list[str]:
    """Each once, in the order of the agents nearest to the operators."""
    nearest_first = (box.card for column in reversed(columns) for box in column)
    return list(
        dict.fromkeys(card.topic for card in nearest_first if HUMAN in card.tools)
    )


def _handoffs(roster: Roster, boxes: dict[AgentName, Box]) -> Iterator[Way]:
    """Every handoff; one that goes both ways comes once."""
    drawn: set[tuple[AgentName, AgentName]] = set()
    for name, box in boxes.items():
        for other in box.card.handoffs:
            both = name in roster.card(other).handoffs
            if (other, name) not in drawn or not both:
                drawn.add((name, other))
                yield Way(_path(box, boxes[other]), both=both)


def _path(one: Box, other: Box) -> str:
    if one.x < other.x:
        return _across(one.right, _leaving(one, other), other.x, _leaving(other, one))
    if one.x > other.x:
        return _across(one.x, _leaving(one, other), other.right, _leaving(other, one))
    upper, lower = sorted((one, other), key=lambda box: box.y)
    neighbours = lower.y - upper.bottom <= ROW_GAP
    x = one.x + BOX_WIDTH / 2
    if neighbours:
        start, end = (one.bottom, other.y) if one is upper else (one.y, other.bottom)
        return f"M {x:g} {start:g} L {x:g} {end:g}"
    swing = one.x - BULGE
    return (
        f"M {one.x:g} {one.middle:g} C {swing:g} {one.middle:g} {swing:g} "
        f"{other.middle:g} {other.x:g} {other.middle:g}"
    )


def _leaving(box: Box, other: Box) -> float:
    """The height at which a way touches a box: the higher, the higher it goes to."""
    lean = (other.middle - box.middle) / 6
    most = box.height / 2 - PADDING
    return box.middle + max(-most, min(most, lean))


def _across(x: float, y: float, to_x: float, to_y: float) -> str:
    half = (x + to_x) / 2
    return f"M {x:g} {y:g} C {half:g} {y:g} {half:g} {to_y:g} {to_x:g} {to_y:g}"


def _to_operators(
    boxes: dict[AgentName, Box], rows: dict[str, float], desk_x: float, floor_y: float
) -> Iterator[Way]:
    """From the last column straight, from the others below everybody's feet."""
    last_x = max(box.x for box in boxes.values())
    for box in boxes.values():
        if HUMAN not in box.card.tools:
            continue
        row_y = rows[box.card.topic]
        if box.x == last_x:
            path = _across(box.right, box.middle, desk_x, row_y)
        else:
            turn_x, x = desk_x - COLUMN_GAP / 4, box.right - BOX_WIDTH / 6
            rail_y = floor_y + RAIL
            path = _elbows(
                [(x, box.bottom), (x, rail_y), (turn_x, rail_y), (turn_x, row_y)],
                desk_x,
            )
        yield Way(path, human=True)


def _elbows(points: list[tuple[float, float]], end_x: float, radius: float = 12) -> str:
    """Down, along, up and in, with round corners."""
    (x, y), (_, rail_y), (turn_x, _), (_, row_y) = points
    return (
        f"M {x:g} {y:g} L {x:g} {rail_y - radius:g} Q {x:g} {rail_y:g} "
        f"{x + radius:g} {rail_y:g} L {turn_x - radius:g} {rail_y:g} Q {turn_x:g} "
        f"{rail_y:g} {turn_x:g} {rail_y - radius:g} L {turn_x:g} {row_y + radius:g} "
        f"Q {turn_x:g} {row_y:g} {turn_x + radius:g} {row_y:g} L {end_x:g} {row_y:g}"
    )
