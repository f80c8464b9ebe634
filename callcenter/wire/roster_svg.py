"""The roster as an SVG that reads well on light and dark pages."""

from collections.abc import Callable, Iterator
from html import escape
from typing import Final

from callcenter.domain.roster import Roster
from callcenter.wire.roster_layout import (
    BOX_WIDTH,
    CALLER_WIDTH,
    DESK_WIDTH,
    LINE_HEIGHT,
    MARGIN,
    PADDING,
    TITLE_HEIGHT,
    TOOL_HEIGHT,
    TOPIC_HEIGHT,
    Box,
    Layout,
    Way,
    layout,
)

STYLE: Final = """
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
  fill: #1f2933 }
.page { fill: #fbfaf7 }
.box { fill: #fff; stroke: #c9c3b6; stroke-width: 1.5 }
.entry { stroke: #0f766e; stroke-width: 2.5 }
.name { font-size: 16px; font-weight: 650 }
.about { fill: #52606d }
.tools { font: 11.5px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace;
  fill: #0f766e }
.rule { stroke: #e4dfd4 }
.way { fill: none; stroke: #7b8794; stroke-width: 1.8 }
.human { stroke: #b45309; stroke-dasharray: 5 5 }
.head { fill: #7b8794 }
.human-head { fill: #b45309 }
.caller { fill: #0f766e }
.caller-name { fill: #fff; font-weight: 600 }
.desk { fill: #fff7ed; stroke: #e0b27d; stroke-width: 1.5 }
.desk-name { fill: #9a4a05; font-weight: 650 }
.topic { fill: #7c4a16 }
@media (prefers-color-scheme: dark) {
  text { fill: #e6e1d6 }
  .page { fill: #15191e }
  .box { fill: #1f252c; stroke: #475260 }
  .entry { stroke: #2dd4bf }
  .about { fill: #aab4bf }
  .tools { fill: #5eead4 }
  .rule { stroke: #343d47 }
  .way { stroke: #8b97a5 }
  .human { stroke: #f0a04b }
  .head { fill: #8b97a5 }
  .human-head { fill: #f0a04b }
  .caller { fill: #14b8a6 }
  .caller-name { fill: #06231f }
  .desk { fill: #2b2115; stroke: #8a5a20 }
  .desk-name { fill: #fbbf77 }
  .topic { fill: #f3cf9f }
}
"""

HEADS: Final = """<defs>
<marker id="end" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"
 markerHeight="7" orient="auto-start-reverse"><path class="head"
 d="M 0 0 L 10 5 L 0 10 z"/></marker>
<marker id="human" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7"
 markerHeight="7" orient="auto"><path class="human-head"
 d="M 0 0 L 10 5 L 0 10 z"/></marker>
</defs>"""

RADIUS: Final = 12
NAMESPACE: Final = "http://www.w3.org/2000/svg"


def svg(roster: Roster) -> str:
    """The whole file, with the end of its last line."""
    page = '<rect class="page" width="100%" height="100%" rx="16"/>'
    return _drawn(roster, f"<style>{STYLE}</style>\n{HEADS}\n{page}")


def part_of_page(roster: Roster, address: Callable[[str], str]) -> str:
    """The same for a page that has a style of its own, each agent a link."""
    return _drawn(roster, HEADS, address)


def _drawn(
    roster: Roster, behind: str, address: Callable[[str], str] | None = None
) -> str:
    drawn = layout(roster)
    size = f"{drawn.width:g} {drawn.height:g}"
    names = ", ".join(box.card.name for box in drawn.boxes)
    kind = "img" if address is None else "group"
    parts = [
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {size}" role="{kind}">',
        f"<title>Who hands over to whom: {escape(names)}</title>",
        behind,
        *(_way(way) for way in drawn.ways),
        *_caller(drawn),
        *(_linked(box, address) for box in drawn.boxes),
        *_desk(drawn),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _way(way: Way) -> str:
    if way.human:
        return f'<path class="way human" marker-end="url(#human)" d="{way.path}"/>'
    start = ' marker-start="url(#end)"' if way.both else ""
    return f'<path class="way"{start} marker-end="url(#end)" d="{way.path}"/>'


def _caller(drawn: Layout) -> Iterator[str]:
    y, height = drawn.caller_y, 40
    end = next(box.x for box in drawn.boxes if box.entry)
    yield (
        f'<path class="way" marker-end="url(#end)" d="M {MARGIN + CALLER_WIDTH} {y:g} '
        f'L {end:g} {y:g}"/>'
    )
    yield (
        f'<rect class="caller" x="{MARGIN}" y="{y - height / 2:g}" '
        f'width="{CALLER_WIDTH}" height="{height}" rx="{height // 2}"/>'
    )
    x = MARGIN + CALLER_WIDTH / 2
    yield _text("caller-name", x, y + 4.5, "caller", middle=True)


def _linked(box: Box, address: Callable[[str], str] | None) -> str:
    lines = "\n".join(_box(box))
    if address is None:
        return lines
    return f'<a href="{escape(address(box.card.name))}">{lines}</a>'


def _box(box: Box) -> Iterator[str]:
    kind = "box entry" if box.entry else "box"
    yield (
        f'<rect class="{kind}" x="{box.x:g}" y="{box.y:g}" width="{BOX_WIDTH}" '
        f'height="{box.height:g}" rx="{RADIUS}"/>'
    )
    x, y = box.x + PADDING, box.y + PADDING + 12
    yield _text("name", x, y, f"☎ {box.card.name}" if box.entry else box.card.name)
    y += TITLE_HEIGHT - 2
    for line in box.about:
        yield _text("about", x, y, line)
        y += LINE_HEIGHT
    if not box.tools:
        return
    rule_y = y - LINE_HEIGHT + PADDING - 4
    yield (
        f'<line class="rule" x1="{x:g}" x2="{box.right - PADDING:g}" '
        f'y1="{rule_y:g}" y2="{rule_y:g}"/>'
    )
    y = rule_y + TOOL_HEIGHT + 2
    for line in box.tools:
        yield _text("tools", x, y, line)
        y += TOOL_HEIGHT


def _desk(drawn: Layout) -> Iterator[str]:
    if not drawn.topics:
        return
    top = drawn.topics[0][1] - TOPIC_HEIGHT / 2 - 34
    height = len(drawn.topics) * TOPIC_HEIGHT + 42
    yield (
        f'<rect class="desk" x="{drawn.desk_x:g}" y="{top:g}" width="{DESK_WIDTH}" '
        f'height="{height}" rx="{RADIUS}"/>'
    )
    x = drawn.desk_x + PADDING
    yield _text("desk-name", x, top + 24, "Human operators")
    for topic, y in drawn.topics:
        yield _text("topic", x, y + 4.5, topic)


def _text(kind: str, x: float, y: float, words: str, *, middle: bool = False) -> str:
    anchor = ' text-anchor="middle"' if middle else ""
    return f'<text class="{kind}" x="{x:g}" y="{y:g}"{anchor}>{escape(words)}</text>'
