"""The `callcenter` command, and how its errors look."""

from typing import NoReturn

import typer

from callcenter.cli.agents import app as agents
from callcenter.cli.bench import bench
from callcenter.cli.calls import app as calls
from callcenter.cli.customers import app as customers
from callcenter.cli.db import app as db
from callcenter.cli.demo import demo
from callcenter.cli.knowledge import app as knowledge
from callcenter.cli.schedule import app as schedule
from callcenter.cli.serve import serve
from callcenter.cli.simulate import simulate
from callcenter.cli.tickets import app as tickets

app = typer.Typer(
    help="A phone call center of AI agents and human operators.",
    no_args_is_help=True,
    add_completion=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.command("serve")(serve)
app.command("demo")(demo)
app.command("simulate")(simulate)
app.command("bench")(bench)
app.add_typer(agents, name="agents", help="The agents' cards.")
app.add_typer(calls, name="calls", help="The calls in the database.")
app.add_typer(knowledge, name="knowledge", help="The articles that agents answer from.")
app.add_typer(tickets, name="tickets", help="What was promised to be looked into.")
app.add_typer(schedule, name="schedule", help="The house, and its calendars.")
app.add_typer(customers, name="customers", help="Callers who can prove it is them.")
app.add_typer(db, name="db", help="The database's schema.")


def main() -> None:
    """Run the command; our own errors are a sentence and exit status 1."""
    from callcenter.errors import CallCenterError

    try:
        app()
    except CallCenterError as error:
        _fail(str(error))
    except UnicodeDecodeError as error:
        _fail(f"A settings file is not UTF-8: {error}")
    except ValueError as error:
        _fail(_settings_error(error))


def _settings_error(error: ValueError) -> str:
    """What is wrong with the settings, a line each; anything else is a bug of ours."""
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        raise error
    return "\n".join(
        ".".join(str(part) for part in one["loc"]).upper()
        + (": " if one["loc"] else "")
        + one["msg"].removeprefix("Value error, ")
        for one in error.errors(include_input=False)
    )


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise SystemExit(1)
