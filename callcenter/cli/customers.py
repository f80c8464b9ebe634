"""`callcenter customers`: the callers who can prove who they are."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Final, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from callcenter.domain.verification import Customer
    from callcenter.storage.customers import Customers

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

NOBODY: Final = (
    "No customers yet: callers are known by their number alone. To add one: "
    "callcenter customers add +4755512345"
)

_Number = Annotated[
    str,
    typer.Argument(
        help="With the country's code: +4755512345.",
        callback=lambda written: "".join(written.split()),
    ),
]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


@app.command()
def add(
    number: _Number,
    name: Annotated[str, typer.Option(help="Their full name.")] = "",
    postcode: Annotated[str, typer.Option(help="Of their address.")] = "",
    date_of_birth: Annotated[str, typer.Option(help="Such as 1980-05-17.")] = "",
    pin: Annotated[bool, typer.Option(help="Whether to ask for a PIN.")] = True,
) -> None:
    """Let a caller prove who they are: by a PIN, or by two facts about themselves.

    The PIN is asked for without showing it, or read from standard input. All that is
    stored are seals: they can be compared with, and not read.

    Example: callcenter customers add +4755512345 --name "Kari Nilsen" --postcode 5003
    """
    from callcenter.domain.verification import FACTS_NEEDED, Detail, normalised

    _check(number)
    given = {
        Detail.NAME: name,
        Detail.POSTCODE: postcode,
        Detail.DATE_OF_BIRTH: date_of_birth,
    }
    details = {detail: said for detail, said in given.items() if said}
    for detail, said in details.items():
        if not normalised(detail, said):
            _fail(f"This cannot be a {detail.replace('_', ' ')}.")
    typed = _pin() if pin else ""
    if not typed and len(details) < FACTS_NEEDED:
        _fail("A PIN is needed, or two of: --name, --postcode, --date-of-birth.")
    _use(lambda customers: customers.add(number, details, typed))
    typer.echo(f"{number} can now prove who they are.")


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """List the customers, and how each can prove who they are; never with what.

    Example: callcenter customers list
    """
    from callcenter.cli.reading import asked
    from callcenter.storage.customers import Customers

    found = asked(lambda database: Customers(database).all())
    if as_json:
        import json

        typer.echo(json.dumps([_shown(one) for one in found], indent=2))
    elif not found:
        typer.echo(NOBODY)
    else:
        for one in found:
            ways = ["PIN"] if one.pin else []
            ways += [detail.replace("_", " ") for detail in one.details or ()]
            typer.echo(f"{one.number}  {', '.join(ways)}")


@app.command()
def remove(number: _Number) -> None:
    """Forget a customer, with their PIN and facts and all tries at them.

    Example: callcenter customers remove +4755512345
    """
    if not _use(lambda customers: customers.remove(number)):
        _fail(f"There is no customer {number}.")
    typer.echo(f"{number} is forgotten.")


@app.command("set-pin")
def set_pin(number: _Number) -> None:
    """Give a customer another PIN. It is not shown; it may come on standard input.

    Example: callcenter customers set-pin +4755512345
    """
    typed = _pin()
    if not _use(lambda customers: customers.set_pin(number, typed)):
        _fail(f"There is no customer {number}.")
    typer.echo(f"{number} has a new PIN.")


def _shown(customer: "Customer") -> dict[str, object]:
    return {
        "number": customer.number,
        "pin": bool(customer.pin),
        "facts": [str(detail) for detail in customer.details or ()],
    }


def _check(number: str) -> None:
    from callcenter.domain.verification import is_number

    if not is_number(number):
        _fail(f"{number!r} is not a number as carriers write it, such as +4755512345.")


def _pin() -> str:
    """Asked for twice at a terminal; the first line of standard input otherwise."""
    import sys

    from callcenter.domain.verification import pin_problem

    if sys.stdin.isatty():
        typed = str(typer.prompt("PIN", hide_input=True, confirmation_prompt=True))
    else:
        typed = sys.stdin.readline().strip()
    if problem := pin_problem(typed):
        _fail(problem)
    return typed


def _use(ask: "Callable[[Customers], Awaitable[Found]]") -> Found:
    import asyncio

    from callcenter.settings import Settings
    from callcenter.storage import schema
    from callcenter.storage.customers import Customers
    from callcenter.storage.engine import Database

    url = Settings().database_url
    schema.upgrade(url)

    async def asked() -> Found:
        database = Database.open(url)
        try:
            return await ask(Customers(database))
        finally:
            await database.close()

    return asyncio.run(asked())


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
