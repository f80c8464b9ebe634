"""`callcenter db generate` and `rebuild`: calls to try things with, and new indexes."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from callcenter.storage.engine import Database

MOST: Final = 2_000_000

REAL: Final = (
    "There are {} real calls in this database: made-up ones beside them spoil every "
    "figure. Use another DATABASE_URL, or --force."
)


def generate(
    calls: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 1_000,
    seed: Annotated[int, typer.Option(help="Another one makes other calls.")] = 1,
    force: Annotated[
        bool, typer.Option("--force", help="Also beside real calls.")
    ] = False,
) -> None:
    """Fill a database with made-up calls, to see how a busy house looks.

    Example: DATABASE_URL=sqlite+aiosqlite:///big.db callcenter db generate --calls 9999
    """
    from callcenter.cli.reading import asked
    from callcenter.settings import Settings
    from callcenter.storage import schema

    schema.upgrade(Settings().database_url)
    made = asked(lambda database: _generate(database, calls, seed, force=force))
    typer.echo(f"{made} calls were made up.")


def rebuild() -> None:
    """Build again what is listed and searched, from the record of each call.

    Calls go on meanwhile. Needed after a bug in it, never in daily life.

    Example: callcenter db rebuild
    """
    from callcenter.cli.reading import asked

    typer.echo(f"{asked(_rebuild)} calls were built again.")


async def _generate(database: "Database", calls: int, seed: int, *, force: bool) -> int:
    from datetime import UTC, datetime

    from callcenter.cli.progress import progress
    from callcenter.errors import StorageError
    from callcenter.storage.bulk import fill, real_calls
    from callcenter.storage.made_up import made_up_calls

    if not force and (real := await real_calls(database)):
        raise StorageError(REAL.format(real))
    with progress("calls", calls) as advance:
        story = made_up_calls(calls, seed=seed, until=datetime.now(UTC))
        return await fill(database, story, advance)


async def _rebuild(database: "Database") -> int:
    from callcenter.cli.progress import progress
    from callcenter.storage.rebuilding import how_many, rebuild_all

    total = await how_many(database)
    with progress("calls", total) as advance:
        return await rebuild_all(database, advance)
