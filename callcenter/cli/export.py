"""`callcenter calls export`: calls for other programs, as JSON lines or as a table."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, TextIO

import typer

from callcenter.domain.outcomes import Disposition

if TYPE_CHECKING:
    from callcenter.storage.archive import Archive, Which
    from callcenter.storage.engine import Database

STDOUT: Final = Path("-")

PRIVATE: Final = 0o600
"""Who called whom, and why, is nobody else's business."""

MOMENTS: Final = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class Format(StrEnum):
    """How calls are written."""

    JSONL = "jsonl"
    CSV = "csv"


def export(
    file: Annotated[
        Path, typer.Argument(help="Where to; - is standard output.")
    ] = STDOUT,
    *,
    form: Annotated[
        Format,
        typer.Option(
            "--format",
            help="jsonl: everything of a call, a line each. csv: a row of each call.",
        ),
    ] = Format.JSONL,
    since: Annotated[
        datetime | None,
        typer.Option(formats=MOMENTS, help="Calls that began then or later."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option(formats=MOMENTS, help="Calls that began before that."),
    ] = None,
    disposition: Annotated[
        Disposition | None, typer.Option(help="Calls that ended like this.")
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file, if there is one.")
    ] = False,
) -> None:
    """Write calls down for another program, the oldest first.

    --since and --until are in this machine's time zone; what is written is in UTC.

    Example: callcenter calls export may.csv --format csv --since 2026-05-01
    """
    from callcenter.cli.reading import asked
    from callcenter.storage.archive import Which

    if file != STDOUT and file.exists() and not force:
        _refuse(f"{file} is there already; --force replaces it.")
    which = Which(_local(since), _local(until), disposition)
    try:
        told = asked(lambda database: _export(database, which, form, file))
    except BrokenPipeError:
        raise  # whoever reads has seen enough; typer knows what to do
    except OSError as error:
        _refuse(f"{file} cannot be written: {error.strerror or error}.")
    if file != STDOUT:
        typer.echo(f"{told} calls are in {file}.", err=True)


async def _export(database: "Database", which: "Which", form: Format, to: Path) -> int:
    from callcenter.storage.archive import Archive

    archive = Archive(database)
    total = await archive.count(which)
    with _paper(to) as paper, _progress(total, to) as advance:
        return await _write(archive, which, form, paper, advance)


async def _write(
    archive: "Archive",
    which: "Which",
    form: Format,
    paper: TextIO,
    advance: Callable[[], None],
) -> int:
    from callcenter.storage.sheets import CsvCalls, JsonCalls

    told = 0
    writer = JsonCalls(paper) if form is Format.JSONL else CsvCalls(paper)
    calls = archive.stories(which) if form is Format.JSONL else archive.rows(which)
    async for call in calls:
        writer.write(call)
        told += 1
        advance()
    return told


@contextmanager
def _paper(to: Path) -> Iterator[TextIO]:
    """Standard output, or a file that is there once it is whole."""
    if to == STDOUT:
        yield sys.stdout
        return
    part = to.with_name(f"{to.name}.part")
    part.touch(PRIVATE)
    part.chmod(PRIVATE)
    try:
        with part.open("w", encoding="utf-8", newline="") as paper:
            yield paper
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def _progress(total: int, to: Path) -> Iterator[Callable[[], None]]:
    """How far it is, where a person sees it and no call is written over it."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    console = Console(stderr=True)
    seen = console.is_terminal and (to != STDOUT or not sys.stdout.isatty())
    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Progress(*columns, console=console, disable=not seen) as progress:
        task = progress.add_task("calls", total=total)
        yield lambda: progress.advance(task)


def _local(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone()


def _refuse(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
