"""The database of the settings, for commands that read it and must not make it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final, TypeVar

import typer

if TYPE_CHECKING:
    from callcenter.storage.engine import Database

Found = TypeVar("Found")

NO_DATABASE: Final = (
    "There is no database at {} yet. Set DATABASE_URL if it is elsewhere. If there is "
    "none, `callcenter serve` makes one, and `callcenter demo` places a call without a "
    "telephone."
)
"""Also of an empty file, as a program that was stopped early leaves behind."""


def asked(ask: "Callable[[Database], Awaitable[Found]]") -> Found:
    """What the database answers; a sentence and exit status 1 when it cannot."""
    import asyncio

    from callcenter.errors import StorageError
    from callcenter.settings import Settings
    from callcenter.storage.engine import Database, exists, parse_url, shown

    async def opened() -> Found:
        if not exists(url):
            raise StorageError(nothing)
        database = Database.open(url)
        try:
            if await database.is_empty():
                raise StorageError(nothing)
            return await ask(database)
        finally:
            await database.close()

    url = Settings().database_url
    nothing = NO_DATABASE.format(shown(parse_url(url)))
    try:
        return asyncio.run(opened())
    except StorageError as error:
        typer.secho(str(error), err=True, fg="red")
        raise typer.Exit(1) from error
