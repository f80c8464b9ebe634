"""`callcenter keys`: what other programs come in with."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from callcenter.storage.api_keys import ApiKey, ApiKeys
    from callcenter.storage.engine import Database

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

BY: Final = "command line"
NO_KEYS: Final = (
    "No keys. Make one: callcenter keys create crm --scope calls:read (docs/api.md has "
    "the scopes)."
)

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Whose it is, for people.")],
    scope: Annotated[
        list[str], typer.Option("--scope", help="What it may do; again for more.")
    ],
    days: Annotated[
        int | None, typer.Option(min=1, max=3650, help="How long it is good.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """Make a key. It is shown once, and kept only as a hash.

    Example: callcenter keys create crm --scope calls:read --scope tickets:write
    """
    from datetime import UTC, datetime, timedelta

    from callcenter.domain.scopes import granted

    try:
        scopes = granted(scope)
    except ValueError as error:
        fail(str(error))
    until = None if days is None else datetime.now(UTC) + timedelta(days=days)
    text, key = _use(lambda keys: keys.create(name, scopes, until), "key.created", name)
    if as_json:
        print_json({**_shown(key), "key": text})
        return
    typer.echo(text)
    typer.echo("Keep it: it is not shown again.", err=True)


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """List the keys, without their secrets; when each was used last.

    Example: callcenter keys list
    """
    found = _use(lambda keys: keys.all())
    if as_json:
        print_json([_shown(one) for one in found])
    elif not found:
        typer.echo(NO_KEYS)
    for one in () if as_json else found:
        used = f"used {one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never used"
        state = "revoked" if one.revoked_at else used
        until = f", until {one.expires_at:%Y-%m-%d}" if one.expires_at else ""
        scopes = ", ".join(sorted(one.scopes))
        typer.echo(f"{one.id}  {one.name}  {state}{until}  [{scopes}]")


@app.command()
def revoke(
    key: Annotated[str, typer.Argument(help="Its id, as `keys list` shows it.")],
) -> None:
    """Let a key open nothing any more, at every node, at once.

    Example: callcenter keys revoke 3f9a1c0b7e
    """
    if not _use(lambda keys: keys.revoke(key), "key.revoked", key):
        fail(f"There is no key {key!r}. `callcenter keys list` shows them.")
    typer.echo(f"{key} opens nothing any more.")


def _shown(key: "ApiKey") -> dict[str, Any]:
    times = ("created_at", "expires_at", "revoked_at", "used_at")
    moments = {name: getattr(key, name) for name in times}
    return {
        "id": key.id,
        "name": key.name,
        "scopes": sorted(key.scopes),
        **{name: at and at.isoformat() for name, at in moments.items()},
    }


def _use(
    ask: "Callable[[ApiKeys], Awaitable[Found]]", act: str = "", subject: str = ""
) -> Found:
    from callcenter.storage.api_keys import ApiKeys

    return used(lambda database, now: ask(ApiKeys(database, now)), act, subject)


def used(
    ask: "Callable[[Database, Callable[[], Any]], Awaitable[Found]]",
    act: str = "",
    subject: str = "",
) -> Found:
    """What the database answers, once it is of this version; an act is written down."""
    import asyncio
    from datetime import UTC, datetime

    from callcenter.settings import Settings
    from callcenter.storage import schema
    from callcenter.storage.audit import Audit
    from callcenter.storage.engine import Database

    def now() -> datetime:
        return datetime.now(UTC)

    settings = Settings()
    schema.upgrade(settings.database_url)

    async def asked() -> Found:
        database = Database.open(settings.database_url)
        try:
            found = await ask(database, now)
            if act and found:
                await Audit(database, now).note(BY, act, subject)
            return found
        finally:
            await database.close()

    return asyncio.run(asked())


def print_json(found: object) -> None:
    """For a program."""
    import json

    typer.echo(json.dumps(found, indent=2))


def fail(sentence: str) -> NoReturn:
    """A sentence and exit status 1."""
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
