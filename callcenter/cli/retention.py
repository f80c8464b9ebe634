"""`callcenter retention`: what has had its time."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from callcenter.storage.engine import Database

app = typer.Typer(no_args_is_help=True)


@app.command()
def show() -> None:
    """How long what is kept, and how many calls would be purged of it now.

    Example: callcenter retention show
    """
    from callcenter.assembly.retention import retention
    from callcenter.cli.reading import asked
    from callcenter.domain.retention import Kind
    from callcenter.settings import Settings

    settings = Settings()
    keep, due = retention(settings), asked(_due)
    for kind in Kind:
        days = getattr(keep, kind.value)
        kept = "kept for ever" if days is None else f"{days} days"
        typer.echo(f"{kind:<12} {kept:<14} {due.get(kind, 0):>8} calls due")
    typer.echo(f"{'recordings':<12} {settings.recording_days} days")


@app.command()
def run(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Count, and change nothing.")
    ] = False,
) -> None:
    """Purge what is due, now; `serve` does it by itself all the while.

    Example: callcenter retention run --dry-run
    """
    from callcenter.cli.reading import asked

    done = asked(_due if dry_run else _run)
    for kind, count in done.items():
        typer.echo(f"{kind:<12} {count:>8} calls")
    if not any(done.values()):
        typer.echo("Nothing is due.")


async def _due(database: "Database") -> dict[Any, int]:
    from datetime import UTC, datetime

    from callcenter.assembly.retention import purge
    from callcenter.settings import Settings

    async with purge(Settings(), database) as purging:
        return await purging.due(datetime.now(UTC))


async def _run(database: "Database") -> dict[Any, int]:
    from datetime import UTC, datetime

    from callcenter.assembly.retention import purge
    from callcenter.settings import Settings

    async with purge(Settings(), database) as purging:
        return dict(await purging.run(datetime.now(UTC)))
