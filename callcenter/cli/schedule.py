"""`callcenter schedule`: the house's file, and the calendars that people can follow."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from callcenter.storage.engine import Database

app = typer.Typer(no_args_is_help=True)

NO_ADDRESS: Final = (
    "PUBLIC_URL is not set, so nobody outside could open the links. Set it to the "
    "address of this server, such as https://calls.example.com."
)
NO_RESOURCES: Final = "No resources yet: start `callcenter serve` once."


@app.command()
def check() -> None:
    """Read the house's file, and say what it means or what is wrong with it.

    Example: callcenter schedule check
    """
    from datetime import datetime

    from callcenter.cli.house_text import doubts, told
    from callcenter.errors import ConfigurationError
    from callcenter.settings import Settings
    from callcenter.storage.house_file import load_house

    settings = Settings()
    path = settings.house_file
    house = load_house(path)
    if house is None:
        if "house_file" in settings.model_fields_set:
            raise ConfigurationError(f"There is no {path} (HOUSE_FILE).")
        typer.echo(
            f"There is no {path}: what is in the database is used. Copy "
            "house.example.toml to begin one."
        )
        return
    typer.echo(
        f"{path} is in order: {house.name}, {house.zone.key}, "
        f"{_count(len(house.services), 'service')}, "
        f"{_count(len(house.resources), 'resource')}, holidays of "
        f"{house.country or 'no country'}."
    )
    for line in told(house, datetime.now(house.zone).date()):
        typer.echo(line)
    for doubt in doubts(house):
        typer.secho(f"warning: {doubt}", err=True, fg="yellow")


@app.command()
def feed(
    json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Print the address of each resource's calendar; whoever has it can read it.

    Example: callcenter schedule feed
    """
    from json import dumps

    from callcenter.assembly.appointments import links_of
    from callcenter.cli.reading import asked
    from callcenter.errors import ConfigurationError
    from callcenter.settings import Settings
    from callcenter.storage.schedule import AppointmentBook
    from callcenter.storage.sessions import kept_key

    settings = Settings()
    if not settings.public_base:
        raise ConfigurationError(NO_ADDRESS)

    links = links_of(settings)

    async def known(database: "Database") -> Sequence[str]:
        links.secret = links.secret or await kept_key(database)
        return await AppointmentBook(database).resources()

    names = asked(known)
    if not names:
        raise ConfigurationError(NO_RESOURCES)
    addresses = {name: links.feed(name) for name in names}
    if json:
        typer.echo(dumps(addresses, ensure_ascii=False))
        return
    for name, address in addresses.items():
        typer.echo(f"{name}\n  {address}")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
