"""The agents' cards: whether they are sound, and who hands over to whom."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

if TYPE_CHECKING:
    from callcenter.domain.problems import Problem
    from callcenter.domain.roster import Roster

app = typer.Typer(help="The agents' cards.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option(help="Another folder than AGENTS_DIR.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="For a script to read.")]


class _Read(NamedTuple):
    roster: "Roster"
    problems: "list[Problem]"
    sound: bool


@app.command(epilog="Example: callcenter agents check --folder ./agents")
def check(folder: Folder = None, as_json: AsJson = False) -> None:
    """Read every card and check that they fit together; exit status 1 if not.

    Knowledge articles are read too.
    """
    read = _with_articles(_read(folder), folder)
    if as_json:
        shown = [asdict(problem) for problem in read.problems]
        typer.echo(json.dumps({"sound": read.sound, "problems": shown}, indent=2))
    else:
        for problem in read.problems:
            color = "yellow" if problem.warning else "red"
            typer.secho(str(problem), fg=color, err=not problem.warning)
        if read.sound:
            tools = {tool for card in read.roster.cards for tool in card.tools}
            agents = len(read.roster.cards)
            typer.echo(f"{agents} agents, {len(tools)} tools, all well")
    if not read.sound:
        raise typer.Exit(1)


@app.command(epilog="Example: callcenter agents graph --mermaid > roster.mmd")
def graph(
    folder: Folder = None,
    mermaid: Annotated[bool, typer.Option(help="As a Mermaid flowchart.")] = False,
    dot: Annotated[bool, typer.Option(help="As a Graphviz graph.")] = False,
) -> None:
    """Draw who hands over to whom, and who has which tools."""
    from callcenter.cli import roster_drawing

    roster = _sound(folder)
    if mermaid:
        typer.echo(roster_drawing.mermaid(roster))
    elif dot:
        typer.echo(roster_drawing.dot(roster))
    else:
        roster_drawing.show(roster)


@app.command(epilog="Example: callcenter agents show weather")
def show(name: str, folder: Folder = None, as_json: AsJson = False) -> None:
    """All that one agent is told: the house style, its card, its tools."""
    from callcenter.domain.problems import did_you_mean

    roster = _sound(folder)
    names = [str(card.name) for card in roster.cards]
    if name not in names:
        typer.secho(f"There is no agent '{name}'{did_you_mean(name, names)}", err=True)
        raise typer.Exit(1)
    card = roster.card(name)
    told = {
        "name": name,
        "description": card.description,
        "greeting": card.greeting,
        "topic": card.topic,
        "voice": card.voice,
        "tools": card.tools,
        "handoffs": card.handoffs,
        "fillers": card.fillers_in(card.language),
        "instructions": roster.instructions(name),
    }
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
        return
    for key, value in told.items():
        text = ", ".join(value) if isinstance(value, tuple) else value
        typer.echo(f"\n{text}" if key == "instructions" else f"{key:<12} {text or '–'}")


def _read(folder: Path | None) -> _Read:
    from callcenter.settings import Settings
    from callcenter.tools.extensions import read_catalogue
    from callcenter.tools.roster_files import read_roster

    settings = Settings()
    entry = settings.entry_agent
    catalogue, problems = read_catalogue(settings.tools_modules)
    cards, known = folder or settings.cards, catalogue.descriptions()
    roster, flaws = read_roster(cards, entry, known)
    problems += flaws
    return _Read(roster, problems, all(problem.warning for problem in problems))


def _with_articles(read: _Read, folder: Path | None) -> _Read:
    """… and what is wrong with the articles."""
    from callcenter.settings import Settings
    from callcenter.storage.library import read_articles

    _, flaws = read_articles((folder or Settings().cards) / "knowledge")
    problems = [*read.problems, *flaws]
    return read._replace(problems=problems, sound=read.sound and not flaws)


def _sound(folder: Path | None) -> "Roster":
    """A roster that can be shown; otherwise its problems, and exit status 1."""
    read = _read(folder)
    if read.sound:
        return read.roster
    for problem in read.problems:
        typer.secho(str(problem), fg="red", err=True)
    raise typer.Exit(1)
