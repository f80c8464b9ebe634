"""The roster as a drawing: on a terminal, for Mermaid, for Graphviz."""

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from callcenter.domain.card import Card
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster

BOTH, ONE_WAY = "⇄", "→"


def show(roster: Roster, console: Console | None = None) -> None:
    """Print a tree from the entry agent: each agent once, where it is nearest."""
    (console or Console()).print(tree(roster))


def tree(roster: Roster) -> Tree:
    """Each agent hangs below the first that hands over to it."""
    shown = {roster.entry}
    root = Tree(_title("☎", roster.card(roster.entry)), guide_style="dim")
    waiting = [(roster.entry, root)]
    while waiting:
        name, branch = waiting.pop(0)
        card = roster.card(name)
        branch.add(Text(" · ".join(card.tools) or "no tools", style="dim"))
        for other in card.handoffs:
            if other not in shown:
                shown.add(other)
                title = _title(_arrow(roster, name, other), roster.card(other))
                waiting.append((other, branch.add(title)))
            elif other != roster.entry:
                branch.add(Text(f"{_arrow(roster, name, other)} {other}", style="cyan"))
    return root


def mermaid(roster: Roster) -> str:
    """A flowchart; a handoff both ways is one line with two heads."""
    lines = ["flowchart LR", f"    caller((caller)) --> {_id(roster.entry)}"]
    for card in roster.cards:
        tools = "<br/>".join([f"<b>{card.name}</b>", *card.tools])
        lines.append(f'    {_id(card.name)}["{tools}"]')
    for one, other, both in _ways(roster):
        arrow = "<-->" if both else "-->"
        lines.append(f"    {_id(one)} {arrow} {_id(other)}")
    return "\n".join(lines)


def dot(roster: Roster) -> str:
    """A digraph for Graphviz."""
    lines = ["digraph roster {", "    rankdir=LR", "    node [shape=box]"]
    for card in roster.cards:
        label = "\\n".join([card.name, *card.tools])
        lines.append(f'    "{card.name}" [label="{label}"]')
    lines.append(f'    "caller" [shape=circle]\n    "caller" -> "{roster.entry}"')
    for one, other, both in _ways(roster):
        heads = " [dir=both]" if both else ""
        lines.append(f'    "{one}" -> "{other}"{heads}')
    return "\n".join([*lines, "}"])


def _title(mark: str, card: Card) -> Text:
    return Text.assemble(
        f"{mark} ", (card.name, "bold cyan"), (f"  operators: {card.topic}", "dim")
    )


def _arrow(roster: Roster, one: AgentName, other: AgentName) -> str:
    return BOTH if one in roster.card(other).handoffs else ONE_WAY


def _ways(roster: Roster) -> Iterator[tuple[AgentName, AgentName, bool]]:
    """Every handoff; one that goes both ways comes once."""
    drawn: set[tuple[AgentName, AgentName]] = set()
    for card in roster.cards:
        for other in card.handoffs:
            both = card.name in roster.card(other).handoffs
            if (other, card.name) not in drawn:
                drawn.add((card.name, other))
                yield card.name, other, both


def _id(name: str) -> str:
    """Mermaid's names are plain words, and `end` is not one of them."""
    return "agent_" + "".join(c if c.isalnum() else "_" for c in name)
