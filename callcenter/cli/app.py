"""The `callcenter` command, and how its errors look."""

import typer

from callcenter.cli.agents import app as agents
from callcenter.cli.calls import app as calls
from callcenter.cli.db import app as db
from callcenter.cli.demo import demo
from callcenter.cli.serve import serve

app = typer.Typer(
    help="A phone call center of AI agents and human operators.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve)
app.command("demo")(demo)
app.add_typer(agents, name="agents", help="The agents' cards.")
app.add_typer(calls, name="calls", help="The calls in the database.")
app.add_typer(db, name="db", help="The database's schema.")


def main() -> None:
    """Run the command; our own errors are a sentence and exit status 1."""
    from callcenter.errors import CallCenterError

    try:
        app()
    except CallCenterError as error:
        typer.secho(str(error), err=True, fg="red")
        raise SystemExit(1) from None
