"""The database of the settings, for commands that read it and must not make it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from callcenter.storage.engine import Database

Found = TypeVar("Found")


def asked(ask: "Callable[[Database], Awaitable[Found]]") -> Found:
    """What the database answers; a sentence and exit status 1 when it cannot."""
    import asyncio

    from callcenter.errors import StorageError
    from callcenter.settings import Settings
    from callcenter.storage.engine import Database, exists, parse_url, shown

    async def opened() -> Found:
        if not exists(url):
            raise StorageError(
                f"There is no database at {shown(parse_url(url))}. Set DATABASE_URL if "
                "it is elsewhere. If there is none yet, `callcenter serve` makes one, "
                "and `callcenter demo` places a call without a telephone."
            )
        database = Database.open(url)
        try:
            return await ask(database)
        finally:
            await database.close()

    url = Settings().database_url
    try:
        return asyncio.run(opened())
    except StorageError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from error
