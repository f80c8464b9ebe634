"""The agents' cards: whether they are sound, and who hands over to whom."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple, NoReturn

import typer

if TYPE_CHECKING:
    from callcenter.domain.problems import Problem
    from callcenter.domain.roster import Roster
    from callcenter.tools.registry import Catalogue

app = typer.Typer(help="The agents' cards.", no_args_is_help=True)

Folder = Annotated[
    Path | None,
    typer.Option(help="Another folder than AGENTS_DIR.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="For a script to read.")]


class _Read(NamedTuple):
    roster: "Roster"
    catalogue: "Catalogue"
    problems: "list[Problem]"
    sound: bool


@app.command(epilog="Example: callcenter agents check --folder ./agents")
def check(folder: Folder = None, as_json: AsJson = False) -> None:
    """Read every card and check that they fit together; exit status 1 if not.

    Knowledge articles are read too, and the operators' skills.
    """
    read = _with_operators(_with_articles(_read(folder), folder))
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


@app.command(epilog="Example: callcenter agents graph --svg docs/agents.svg")
def graph(
    folder: Folder = None,
    svg: Annotated[
        Path | None,
        typer.Option(help="Write an SVG to this file.", show_default=False),
    ] = None,
    mermaid: Annotated[
        bool, typer.Option("--mermaid", help="As a Mermaid flowchart.")
    ] = False,
    dot: Annotated[bool, typer.Option("--dot", help="As a Graphviz graph.")] = False,
) -> None:
    """Draw who hands over to whom, and who has which tools."""
    from callcenter.cli import roster_drawing
    from callcenter.wire import roster_svg

    if [svg is not None, mermaid, dot].count(True) > 1:
        _fail("Choose one of --svg, --mermaid and --dot.")
    roster = _sound(folder).roster
    if svg is not None:
        _write(svg, roster_svg.svg(roster))
        typer.echo(f"Wrote {svg}")
    elif mermaid:
        typer.echo(roster_drawing.mermaid(roster))
    elif dot:
        typer.echo(roster_drawing.dot(roster))
    else:
        roster_drawing.show(roster)


@app.command(epilog="Example: callcenter agents show weather --language nb")
def show(
    name: str,
    folder: Folder = None,
    language: Annotated[
        str, typer.Option(help="As if the caller had chosen it, such as nb.")
    ] = "",
    as_json: AsJson = False,
) -> None:
    """One agent as the model gets it: the whole prompt, its tools, their size."""
    from callcenter.cli.agent_page import page, printed
    from callcenter.domain.languages import LANGUAGES, language_meant
    from callcenter.domain.problems import did_you_mean

    read = _sound(folder)
    names = [str(card.name) for card in read.roster.cards]
    if name not in names:
        _fail(f"There is no agent '{name}'{did_you_mean(name, names)}")
    if language and language not in LANGUAGES:
        _fail(f"There is no language '{language}'{language_meant(language)}")
    card = read.roster.card(name)
    told = page(read.roster, card, read.catalogue.definitions, language=language)
    if as_json:
        typer.echo(json.dumps(told, indent=2, ensure_ascii=False))
    else:
        typer.echo("\n".join(printed(told)))


@app.command(epilog="Example: callcenter agents tools --json")
def tools(as_json: AsJson = False) -> None:
    """Every tool that a card may name, and who has it."""
    read = _read(None)
    told = [
        {
            "name": name,
            "description": description,
            "agents": [c.name for c in read.roster.cards if name in c.tools],
        }
        for name, description in sorted(read.catalogue.descriptions().items())
    ]
    if as_json:
        typer.echo(json.dumps(told, indent=2))
        return
    for one in told:
        first = str(one["description"]).split("\n", 1)[0]
        typer.echo(f"{one['name']:<24} {first}  ({', '.join(one['agents']) or '–'})")


@app.command(epilog="Example: callcenter agents new billing --from triage")
def new(
    name: str,
    giver: Annotated[
        str,
        typer.Option(
            "--from", help="An agent that is to hand over to it.", show_default=False
        ),
    ] = "",
    folder: Folder = None,
) -> None:
    """Write a card to start from, explained key by key."""
    from callcenter.cli.new_agent import add
    from callcenter.settings import Settings

    settings = Settings()
    home = folder or settings.agents_dir
    if not home.is_dir():
        _fail(f"There is no folder '{home}' here: make it, or set AGENTS_DIR.")
    read = _sound(home)
    for line in add(name, giver, home, read.roster, read.catalogue.descriptions()):
        typer.echo(line)


def _read(folder: Path | None) -> _Read:
    from callcenter.domain.voices import voice_flaw
    from callcenter.settings import Settings
    from callcenter.tools.extensions import read_catalogue
    from callcenter.tools.roster_files import read_roster

    settings = Settings()
    entry = settings.entry_agent
    catalogue, problems = read_catalogue(settings.tools_modules)
    cards, known = folder or settings.cards, catalogue.descriptions()
    roster, flaws = read_roster(cards, entry, known)
    problems += [_excused(flaw) for flaw in flaws] if problems else flaws
    if flaw := voice_flaw(settings.openai_voice, "OPENAI_VOICE"):
        problems.append(flaw)
    sound = all(problem.warning for problem in problems)
    return _Read(roster, catalogue, problems, sound)


def _excused(flaw: "Problem") -> "Problem":
    """Some tools are missing because of what was said of their package."""
    if not flaw.text.startswith("there is no tool "):
        return flaw
    return replace(flaw, text=f"{flaw.text} (its package could not be loaded)")


def _with_articles(read: _Read, folder: Path | None) -> _Read:
    """… and what is wrong with the articles."""
    from callcenter.settings import Settings
    from callcenter.storage.library import read_articles

    _, flaws = read_articles((folder or Settings().cards) / "knowledge")
    problems = [*read.problems, *flaws]
    return read._replace(problems=problems, sound=read.sound and not flaws)


def _with_operators(read: _Read) -> _Read:
    """… and what is wrong with the operators, or with topics that they do not know."""
    from callcenter.domain.problems import Problem
    from callcenter.domain.roster import check_topics
    from callcenter.errors import ConfigurationError
    from callcenter.settings import Settings
    from callcenter.telephony.operators_file import load_operators

    file = Settings().operators_file
    try:
        flaws = [*check_topics(read.roster.cards, load_operators(file))]
    except ConfigurationError as error:
        lines = str(error).splitlines()
        flaws = [Problem(str(file), 0, one.removeprefix(f"{file}: ")) for one in lines]
    sound = read.sound and all(flaw.warning for flaw in flaws)
    return read._replace(problems=[*read.problems, *flaws], sound=sound)


def _sound(folder: Path | None) -> _Read:
    """A roster that can be shown; otherwise its problems, and exit status 1."""
    read = _read(folder)
    if read.sound:
        return read
    for problem in read.problems:
        typer.secho(str(problem), fg="red", err=True)
    raise typer.Exit(1)


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        _fail(f"'{file}' cannot be written: {error.strerror}")


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True)
    raise typer.Exit(1)
