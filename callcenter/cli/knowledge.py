"""`callcenter knowledge`: what the house has written down, and what is found of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callcenter.domain.problems import Problem
    from callcenter.domain.tickets import Passage
    from callcenter.storage.knowledge import Knowledge

app = typer.Typer(no_args_is_help=True)

NOTHING: Final = (
    "Nothing fits: the agent will say that it does not know. If an article answers "
    "this, write the caller's words into its front matter, under 'also'."
)

Folder = Annotated[
    Path | None,
    typer.Option(help="Another folder than AGENTS_DIR/knowledge.", show_default=False),
]
AsJson = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="As a caller would say it.")],
    most: Annotated[int, typer.Option(min=1, help="How many passages.")] = 3,
    folder: Folder = None,
    as_json: AsJson = False,
) -> None:
    """Show what an agent would find: passages, their scores, and what they lack.

    Exit status 1 when nothing fits.
    Example: callcenter knowledge ask "can I bring a helmet back"
    """
    found = _index(folder).search(question, most)
    if as_json:
        _print_json([_as_json(one) for one in found])
    elif found:
        _print_found(found)
    else:
        typer.echo(NOTHING)
    if not found:
        raise typer.Exit(1)


@app.command("list")
def list_(folder: Folder = None, as_json: AsJson = False) -> None:
    """List all passages, by article.

    Example: callcenter knowledge list
    """
    passages = _index(folder).passages
    if as_json:
        _print_json([_as_json(one) for one in passages])
        return
    for one in passages:
        typer.echo(f"{one.source}:{one.line}  {one.article} › {one.heading}")


@app.command()
def check(folder: Folder = None, as_json: AsJson = False) -> None:
    """Read every article; exit status 1 and file and line of what is wrong, if it is.

    Example: callcenter knowledge check
    """
    from callcenter.storage.library import read_articles

    articles, problems = read_articles(_folder(folder))
    if as_json:
        _print_json([str(problem) for problem in problems])
    else:
        _complain(problems)
        passages = sum(len(article.sections) for article in articles)
        if not problems:
            typer.echo(f"{len(articles)} articles, {passages} passages, all well")
    if problems:
        raise typer.Exit(1)


def _index(folder: Path | None) -> "Knowledge":
    """What can be found; what is broken is left out, and said."""
    from callcenter.storage.knowledge import Knowledge
    from callcenter.storage.library import read_articles

    articles, problems = read_articles(_folder(folder))
    _complain(problems)
    return Knowledge(articles)


def _folder(given: Path | None) -> Path:
    from callcenter.settings import Settings

    folder = given or Settings().cards / "knowledge"
    if not folder.is_dir():
        typer.secho(f"There is no folder {folder}.", err=True, fg="red")
        raise typer.Exit(1)
    return folder


def _complain(problems: "list[Problem]") -> None:
    for problem in problems:
        typer.secho(str(problem), err=True, fg="red")


def _print_found(found: "Sequence[Passage]") -> None:
    from rich.table import Table

    from callcenter.cli.call_text import console

    table = Table(show_lines=True)
    table.add_column("score", no_wrap=True)
    table.add_column("passage", ratio=2)
    table.add_column("says", ratio=3)
    for one in found:
        lacks = f"\nlacks: {', '.join(one.missing)}" if one.missing else ""
        table.add_row(
            f"{one.score:.1f}",
            f"{one.article} › {one.heading}\n{one.source}:{one.line}{lacks}",
            one.text,
        )
    console().print(table)


def _as_json(passage: "Passage") -> dict[str, Any]:
    return {
        "article": passage.article,
        "heading": passage.heading,
        "source": passage.source,
        "line": passage.line,
        "text": passage.text,
        "score": round(passage.score, 2),
        "lacks": list(passage.missing),
    }


def _print_json(found: object) -> None:
    import json

    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
