"""`callcenter operators`: the people who take escalated calls, and who may be rung."""

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

if TYPE_CHECKING:
    from callcenter.domain.operators import Operator
    from callcenter.domain.presence import Attendance, OnList
    from callcenter.storage.directory import Directory

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

NOBODY: Final = (
    "No operators: nobody can take a call. Write operators.toml (see "
    "operators.example.toml), or: callcenter operators add Ada --number +4721000001"
)

ALWAYS: Final = "always"
"""Hours without hours."""

_Name = Annotated[str, typer.Argument(help="As `operators list` shows it.")]
_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]
_Number = Annotated[str, typer.Option(help="A telephone, such as +4721000001.")]
_Sip = Annotated[str, typer.Option(help="A SIP address: ada@example.com.")]
_Client = Annotated[str, typer.Option(help="A Twilio client.")]
_Skills = Annotated[
    str, typer.Option(help="Topics with commas: support,general. general: any.")
]
_Hours = Annotated[
    str, typer.Option(help='"Mon-Fri 08:00-18:00 Europe/Oslo", or "always".')
]
_Priority = Annotated[int | None, typer.Option(help="Who is rung first: 0, 1, …")]


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """List the operators: how they are reached, and whether they may be rung now.

    Example: callcenter operators list
    """
    from datetime import UTC, datetime

    everybody = _use(lambda directory: directory.everybody())
    shown = [_shown(one, datetime.now(UTC)) for one in everybody]
    if as_json:
        import json

        typer.echo(json.dumps(shown, indent=2))
    elif not shown:
        typer.echo(NOBODY)
    else:
        for one in shown:
            typer.echo(_line(one))


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What agents call them.")],
    *,
    number: _Number = "",
    sip: _Sip = "",
    client: _Client = "",
    skills: _Skills = "general",
    hours: _Hours = "always",
    priority: _Priority = None,
) -> None:
    """Put somebody on the list. Every node rings them within two seconds.

    Example: callcenter operators add Ada --number +4721000001 --skills support,general
    """
    entry = _entry(
        number=number,
        sip=sip,
        client=client,
        skills=skills,
        hours=hours,
        priority=priority,
    )
    operator = _read({"name": name, **entry})
    if not _use(lambda directory: directory.add(operator)):
        _fail(f"There is an operator {name} already: callcenter operators set {name!r}")
    typer.echo(f"{name} is on the list.")


@app.command("set")
def set_(
    name: _Name,
    *,
    number: _Number = "",
    sip: _Sip = "",
    client: _Client = "",
    skills: _Skills = "",
    hours: _Hours = "",
    priority: _Priority = None,
) -> None:
    """Change what is given, and nothing else.

    It holds until the entry of that name in operators.toml is changed.

    Example: callcenter operators set Ada --hours "Mon-Fri 09:00-16:00 Europe/Oslo"
    """
    from dataclasses import replace

    given = _entry(
        number=number,
        sip=sip,
        client=client,
        skills=skills,
        hours=hours,
        priority=priority,
    )
    if not given:
        _fail("Say what to change: --number, --skills, --hours, --priority …")
    old = _find(name).operator
    place_holder = {} if number or sip or client else {"client": "unchanged"}
    new = _read({"name": name, **place_holder, **given}, check=not place_holder)
    changed = replace(
        old,
        destination=old.destination if place_holder else new.destination,
        skills=new.skills if skills else old.skills,
        hours=new.hours if hours else old.hours,
        priority=old.priority if priority is None else new.priority,
    )
    _use(lambda directory: directory.put(changed))
    typer.echo(f"{name} is changed.")


@app.command()
def remove(name: _Name) -> None:
    """Take somebody off the list. A changed entry in operators.toml puts them back.

    Example: callcenter operators remove Ada
    """
    _find(name)
    _use(lambda directory: directory.remove(name))
    typer.echo(f"{name} is off the list.")


@app.command()
def away(
    name: _Name,
    why: Annotated[str, typer.Option(help="Shown in the list.")] = "",
) -> None:
    """Ring somebody no more, until they are back.

    Example: callcenter operators away Ada --why lunch
    """
    from datetime import UTC, datetime
    from functools import partial

    from callcenter.domain.presence import put_away

    _attend(name, partial(put_away, at=datetime.now(UTC), why=why))
    typer.echo(f"{name} is away: callcenter operators back {name!r}")


@app.command()
def back(name: _Name) -> None:
    """Ring somebody again, whatever they missed.

    Example: callcenter operators back Ada
    """
    from datetime import UTC, datetime

    from callcenter.domain import presence

    _attend(name, lambda _: presence.back(datetime.now(UTC)))
    typer.echo(f"{name} is available.")


def _entry(
    *,
    number: str,
    sip: str,
    client: str,
    skills: str,
    hours: str,
    priority: int | None,
) -> dict[str, Any]:
    """What was given, in the form of operators.toml."""
    entry: dict[str, Any] = {"number": number, "sip": sip, "client": client}
    entry["skills"] = [one.strip() for one in skills.split(",") if one.strip()]
    entry["hours"] = hours
    entry = {key: value for key, value in entry.items() if value}
    return entry if priority is None else entry | {"priority": priority}


def _read(entry: Mapping[str, Any], *, check: bool = True) -> "Operator":
    """The operator; a sentence and exit status 1 if they must not be rung."""
    from callcenter.assembly.dialling import check_destinations, dial_rules
    from callcenter.errors import ConfigurationError
    from callcenter.settings import Settings
    from callcenter.telephony.operators_file import load_operators, read_operator

    entry = {key: one for key, one in entry.items() if (key, one) != ("hours", ALWAYS)}
    settings = Settings()
    try:
        operator = read_operator(entry, 1)
        if check:
            of_file = load_operators(settings.operators_file)
            check_destinations([operator], dial_rules(settings, of_file))
    except (ValueError, ConfigurationError) as error:
        _fail(str(error))
    return operator


def _find(name: str) -> "OnList":
    """Somebody on the list; otherwise the nearest name, and exit status 1."""
    import difflib

    everybody = _use(lambda directory: directory.everybody())
    known = {one.operator.name: one for one in everybody}
    if name not in known:
        folded = {one.casefold(): one for one in known}
        near = difflib.get_close_matches(name.casefold(), folded, n=1, cutoff=0.5)
        hint = f" Did you mean {folded[near[0]]}?" if near else ""
        _fail(f"There is no operator {name!r}.{hint}")
    return known[name]


def _attend(name: str, change: "Callable[[Attendance], Attendance]") -> None:
    _find(name)
    _use(lambda directory: directory.attend(name, change))


def _shown(one: "OnList", now: Any) -> dict[str, Any]:  # noqa: ANN401  # a datetime
    from callcenter.storage.directory import written

    operator, attendance = one.operator, one.attendance
    presence = attendance.at(now)
    current = presence is attendance.presence
    until = attendance.until if current else None
    return {
        "name": operator.name,
        "destination": operator.destination,
        "skills": sorted(operator.skills),
        "hours": None if operator.hours is None else written(operator.hours),
        "priority": operator.priority,
        "presence": str(presence),
        "since": attendance.since.isoformat() if current and attendance.since else None,
        "until": None if until is None else until.isoformat(),
        "missed": attendance.missed,
        "why": attendance.why if current else "",
        "at_work": operator.at_work(now),
    }


def _line(one: Mapping[str, Any]) -> str:
    state = one["presence"].replace("_", " ")
    if one["why"]:
        state += f" ({one['why']})"
    if not one["at_work"]:
        state += ", not at work"
    skills, hours = ", ".join(one["skills"]), one["hours"] or ALWAYS
    return f"{one['name']}  {one['destination']}  {state}  [{skills}]  {hours}"


def _use(ask: "Callable[[Directory], Awaitable[Found]]") -> Found:
    """Ask the list, once operators.toml has been taken over."""
    import asyncio

    from callcenter.settings import Settings
    from callcenter.storage import schema
    from callcenter.storage.directory import Directory
    from callcenter.storage.engine import Database
    from callcenter.telephony.operators_file import load_operators

    settings = Settings()
    schema.upgrade(settings.database_url)

    async def asked() -> Found:
        database = Database.open(settings.database_url)
        directory = Directory(database)
        try:
            if settings.operators_file.exists():
                await directory.seed(load_operators(settings.operators_file))
            return await ask(directory)
        finally:
            await database.close()

    return asyncio.run(asked())


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
