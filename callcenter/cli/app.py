"""The `callcenter` command, and how its errors look."""

from typing import Annotated, NoReturn

import typer

from callcenter import __version__
from callcenter.cli.agents import app as agents
from callcenter.cli.bench import bench
from callcenter.cli.callbacks import app as callbacks
from callcenter.cli.calls import app as calls
from callcenter.cli.customers import app as customers
from callcenter.cli.db import app as db
from callcenter.cli.demo import demo
from callcenter.cli.doctor import doctor
from callcenter.cli.keys import app as keys
from callcenter.cli.knowledge import app as knowledge
from callcenter.cli.operators import app as operators
from callcenter.cli.people import app as people
from callcenter.cli.retention import app as retention
from callcenter.cli.schedule import app as schedule
from callcenter.cli.serve import serve
from callcenter.cli.simulate import simulate
from callcenter.cli.tickets import app as tickets
from callcenter.cli.twilio import app as twilio
from callcenter.cli.users import app as users
from callcenter.cli.voicemails import app as voicemails
from callcenter.cli.webhooks import app as webhooks


def _version(asked: bool) -> None:  # typer's way
    if asked:
        typer.echo(f"callcenter {__version__}")
        raise typer.Exit


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
app.command("doctor")(doctor)
app.add_typer(agents, name="agents", help="The agents' cards.")
app.add_typer(calls, name="calls", help="The calls in the database.")
app.add_typer(callbacks, name="callbacks", help="Who wants to be called back.")
app.add_typer(operators, name="operators", help="The people who take calls.")
app.add_typer(knowledge, name="knowledge", help="The articles that agents answer from.")
app.add_typer(tickets, name="tickets", help="What was promised to be looked into.")
app.add_typer(people, name="people", help="All that is known of a number.")
app.add_typer(retention, name="retention", help="What is kept, and for how long.")
app.add_typer(voicemails, name="voicemails", help="What callers left to be heard.")
app.add_typer(schedule, name="schedule", help="The house, and its calendars.")
app.add_typer(customers, name="customers", help="Callers who can prove it is them.")
app.add_typer(users, name="users", help="Who may sign in at the console.")
app.add_typer(keys, name="keys", help="What other programs come in with.")
app.add_typer(webhooks, name="webhooks", help="Other programs that are told of calls.")
app.add_typer(twilio, name="twilio", help="The house's number at Twilio.")
app.add_typer(db, name="db", help="The database's schema.")


@app.callback()
def _options(
    version: Annotated[  # typer wants it; its callback does all
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Say which this is."
        ),
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command; our own errors are a sentence and exit status 1."""
    from callcenter.errors import CallCenterError

    try:
        _check_lines()
        app()
    except CallCenterError as error:
        _fail(str(error))
    except UnicodeDecodeError as error:
        _fail(f"A settings file is not UTF-8: {error}")
    except ValueError as error:
        _fail(_settings_error(error))


def _check_lines() -> None:
    """Before any setting is read: each reading would complain of every line again."""
    from pathlib import Path

    if Path(".env").is_file():  # reading it takes an import that --help can do without
        from callcenter.errors import ConfigurationError
        from callcenter.settings import nonsense

        if found := nonsense():
            raise ConfigurationError("\n".join(found))


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
