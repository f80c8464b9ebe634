"""`callcenter calls`: what happened on the telephone."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

import typer

from callcenter.cli.export import export

if TYPE_CHECKING:
    from callcenter.storage.history import History

app = typer.Typer(no_args_is_help=True)
app.command("export")(export)

Found = TypeVar("Found")

NO_CALLS: Final = (
    "No calls yet. To place one here and now, without a telephone: callcenter demo. "
    "To take real ones: callcenter serve."
)

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many, at most.")] = 20,
    as_json: _Json = False,
) -> None:
    """List the last calls, the newest first.

    Example: callcenter calls list --limit 5
    """
    calls = _read(lambda history: history.list_calls(limit))
    if as_json:
        _print_json(calls)
    elif calls:
        from callcenter.cli.call_text import console, table_of

        console().print(table_of(calls))
    else:
        typer.echo(NO_CALLS)


@app.command()
def show(
    call: Annotated[
        str, typer.Argument(help="Its id or CallSid, or how either begins.")
    ],
    as_json: _Json = False,
) -> None:
    """Show one call: what was said, what was heard of it, and what was done.

    Example: callcenter calls show 7f3a
    """
    found = _read(lambda history: history.show_call(call))
    if found is None:
        typer.secho(
            f"There is no call {call!r}. `callcenter calls list` shows the last ones.",
            err=True,
            fg="red",
        )
        raise typer.Exit(1)
    if as_json:
        _print_json(found)
    else:
        from callcenter.cli.call_text import console, story_of
        from callcenter.cli.wrap_up_text import wrap_up_text

        console().print(story_of(found))
        if found["wrap_up"]:
            console().print("", wrap_up_text(found["wrap_up"]), sep="\n")


def _read(ask: "Callable[[History], Awaitable[Found]]") -> Found:
    """What the history answers."""
    from callcenter.cli.reading import asked
    from callcenter.storage.history import History

    return asked(lambda database: ask(History(database)))


def _print_json(found: object) -> None:
    import json

    typer.echo(json.dumps(found, indent=2))
