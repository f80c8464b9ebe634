"""`callcenter users`: the people who may sign in at the console."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

from callcenter.domain.people import Person, Role

if TYPE_CHECKING:
    from callcenter.storage.people import People

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

NOBODY: Final = (
    "Nobody can sign in yet. `callcenter serve` makes the first admin and prints the "
    "password once; or: callcenter users add NAME --role admin"
)

_Name = Annotated[str, typer.Argument(help="What they type to sign in.")]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]
_Role = Annotated[
    Role,
    typer.Option(help="Each may do what those before it may: docs/security.md."),
]


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """List who may sign in, and when they last did.

    Example: callcenter users list
    """
    everybody = _use(lambda people: people.everybody())
    if as_json:
        import json

        typer.echo(json.dumps([_shown(one) for one in everybody], indent=2))
    elif not everybody:
        typer.echo(NOBODY)
    else:
        for one in everybody:
            typer.echo(_line(one))


@app.command()
def add(name: _Name, role: _Role = Role.OPERATOR) -> None:
    """Let somebody in. Asks for a password twice; reads a line if nobody types.

    Example: callcenter users add ada --role supervisor
    """
    if not 0 < len(name.strip()) <= MOST_NAME or not name.isprintable():
        _fail(f"A name has 1 to {MOST_NAME} characters that can be printed.")
    password = _asked()
    if not _use(lambda people: people.add(name, role, password)):
        _fail(f"There is a {name!r} already; `callcenter users set-role` changes it.")
    typer.echo(f"{name} may sign in, as {role}.")


@app.command("set-role")
def set_role(
    name: _Name, role: Annotated[Role, typer.Argument(help="What they may do.")]
) -> None:
    """Change what somebody may do. They are signed out, and sign in again.

    Example: callcenter users set-role ada admin
    """

    async def change(people: "People") -> bool:
        await _leave_an_admin(people, name, still=role is Role.ADMIN)
        return await people.set_role(name, role)

    _there(_use(change), name)
    typer.echo(f"{name} is now {role}.")


@app.command("set-password")
def set_password(name: _Name) -> None:
    """Give somebody another password. Whoever is signed in with the old one is out.

    Example: callcenter users set-password ada
    """
    password = _asked()
    _there(_use(lambda people: people.set_password(name, password)), name)
    typer.echo(f"{name} has a new password.")


@app.command()
def disable(name: _Name) -> None:
    """Keep somebody out, from now on and at every node.

    Example: callcenter users disable ada
    """

    async def change(people: "People") -> bool:
        await _leave_an_admin(people, name, still=False)
        return await people.disable(name)

    _there(_use(change), name)
    typer.echo(f"{name} is out.")


@app.command()
def enable(name: _Name) -> None:
    """Let somebody in again, and forget their wrong tries.

    Example: callcenter users enable ada
    """
    _there(_use(lambda people: people.disable(name, disabled=False)), name)
    typer.echo(f"{name} may sign in again.")


@app.command("hash")
def hash_() -> None:
    """Print a hash for CONSOLE_PASSWORD_HASH. Nothing is stored.

    Example: callcenter users hash
    """
    from callcenter.storage.passwords import hashed

    password = _asked()
    typer.echo(hashed(password))
    typer.secho("In .env, put it between single quotes: it has dollar signs.", err=True)


MOST_NAME: Final = 64


class _LastAdmin(Exception):
    """Afterwards nobody could let anybody in."""


async def _leave_an_admin(people: "People", name: str, *, still: bool) -> None:
    person = await people.find(name)
    is_one = person and person.role is Role.ADMIN and not person.disabled
    if is_one and not still and await people.admins() == 1:
        raise _LastAdmin


def _asked() -> str:
    """A password that is good enough."""
    import sys

    from callcenter.storage.passwords import BadPassword, check_strength

    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        check_strength(password)
    except BadPassword as error:
        _fail(str(error))
    return str(password)


def _use(ask: "Callable[[People], Awaitable[Found]]") -> Found:
    from datetime import UTC, datetime

    from callcenter.cli.reading import asked
    from callcenter.storage.people import People

    try:
        return asked(lambda database: ask(People(database, lambda: datetime.now(UTC))))
    except _LastAdmin:
        _fail("That is the last admin: make another one first.")


def _line(one: Person) -> str:
    seen = f"{one.entered_at:%Y-%m-%d %H:%M} UTC" if one.entered_at else "never"
    out = "  disabled" if one.disabled else ""
    failed = f"  {one.failed} wrong tries" if one.failed else ""
    return f"{one.name:<20} {one.role:<11} last in: {seen}{out}{failed}"


def _shown(one: Person) -> dict[str, Any]:
    def iso(at: Any) -> str | None:  # noqa: ANN401  # a time, or none
        return at.isoformat() if at else None

    return {
        "name": one.name,
        "role": str(one.role),
        "disabled": one.disabled,
        "created_at": iso(one.created_at),
        "entered_at": iso(one.entered_at),
        "failed": one.failed,
        "locked_until": iso(one.locked_until),
    }


def _there(found: bool, name: str) -> None:
    if not found:
        _fail(f"There is nobody named {name!r}; `callcenter users list` shows who is.")


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
