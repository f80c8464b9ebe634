"""`callcenter people`: all that is known of one telephone number."""

import getpass
import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from callcenter.cli.export import PRIVATE, STDOUT

if TYPE_CHECKING:
    from callcenter.storage.engine import Database
    from callcenter.storage.erasure import Erased, Persons

app = typer.Typer(no_args_is_help=True)

NOTHING: Final = "Nothing is known of {}."

_Number = Annotated[
    str,
    typer.Argument(
        help="With the country's code: +4755512345.",
        callback=lambda written: "".join(written.split()),
    ),
]


@app.command()
def show(number: _Number) -> None:
    """Count what is known of a number.

    Example: callcenter people show +4755512345
    """
    _tell(number, _known(number))


@app.command()
def export(
    number: _Number,
    file: Annotated[
        Path, typer.Argument(help="Where to; - is standard output.")
    ] = STDOUT,
) -> None:
    """Write down everything that is known of a number, as JSON, for its owner.

    Its `files` are recordings; spoken messages are at Twilio (`callcenter voicemails`).

    Example: callcenter people export +4755512345 kari.json
    """
    from callcenter.cli.reading import asked

    told = asked(lambda database: _persons(database).export(number))
    text = json.dumps(told, indent=2, default=str)
    if file == STDOUT:
        typer.echo(text)
        return
    try:
        file.touch(PRIVATE, exist_ok=False)
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        typer.secho(f"{file} cannot be written: {error.strerror}.", err=True, fg="red")
        raise typer.Exit(1) from error


@app.command()
def erase(
    number: _Number,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count, and change nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Forget whose number this is, and all that they said.

    That there were calls is kept, without a number and without words. It cannot be
    undone. Spoken messages are deleted at Twilio first; when that fails, nothing is
    erased.

    Example: callcenter people erase +4755512345 --dry-run
    """
    from callcenter.cli.reading import asked

    known = _known(number)
    _tell(number, known)
    if dry_run or not known.counts:
        return
    if not yes:
        typer.confirm("Erase all of this for ever?", abort=True)
    erased = asked(lambda database: _erase(database, number))
    typer.echo("It is erased.")
    if live := erased.counts.get("live_calls"):
        typer.echo(f"{live} calls go on: erase again when they are over.")


def _known(number: str) -> "Erased":
    from callcenter.cli.reading import asked

    return asked(lambda database: _persons(database).known(number))


def _tell(number: str, known: "Erased") -> None:
    if not known.counts:
        typer.echo(NOTHING.format(number))
    for name, count in known.counts.items():
        typer.echo(f"{name.replace('_', ' '):<20} {count:>6}")
    if known.audio:
        typer.echo(f"{'messages at Twilio':<20} {len(known.audio):>6}")


async def _erase(database: "Database", number: str) -> "Erased":
    from callcenter.assembly.clock import SystemClock
    from callcenter.assembly.forgetting import forgetting
    from callcenter.errors import CarrierError, StorageError
    from callcenter.settings import Settings

    forget = forgetting(Settings(), database, SystemClock())
    try:
        return await forget(number, getpass.getuser())
    except CarrierError as error:
        raise StorageError(
            f"Nothing was erased: a message is still at Twilio ({error})."
        ) from error


def _persons(database: "Database") -> "Persons":
    from callcenter.settings import Settings
    from callcenter.storage.erasure import Persons

    return Persons(database, Settings().recordings_dir)
