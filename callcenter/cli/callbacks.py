"""`callcenter callbacks`: who wants to be called back, and who never again."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

from callcenter.domain.callbacks import CallbackState

if TYPE_CHECKING:
    from datetime import datetime

    from callcenter.storage.callback_lists import CallbackLists
    from callcenter.storage.opt_outs import OptOuts

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

NO_CALLBACKS: Final = "No such callbacks. Callers ask for one, and agents note it."
NO_OPT_OUTS: Final = (
    "Nobody has asked never to be called. Whom we call back may press 9 for it."
)
OFF: Final = (
    "DIAL_CALLBACKS is not set: nobody would dial it. Call {} yourself, or set it and "
    "restart the server."
)
BY_HAND: Final = "by hand"

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]
_Id = Annotated[str, typer.Argument(help="Its id (cb_…), or how that begins.")]


@app.command("list")
def list_(
    state: Annotated[
        CallbackState | None, typer.Option(help="Of this state alone.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, at most.")] = 20,
    as_json: _Json = False,
) -> None:
    """List the wishes to be called back: what is to be done first, then the newest.

    Example: callcenter callbacks list --state waiting
    """
    found = _ask(lambda lists: lists.listed(limit, state=state))
    if as_json:
        _print_json(found)
    elif found:
        _print_table(found)
    else:
        typer.echo(NO_CALLBACKS)


@app.command()
def show(callback: _Id, as_json: _Json = False) -> None:
    """Show one: what was wished in which call, and what became of each try.

    Example: callcenter callbacks show cb_7f3a
    """
    _show(_ask(lambda lists: lists.show(callback)), as_json=as_json)


@app.command()
def cancel(callback: _Id, as_json: _Json = False) -> None:
    """Dial it no more. Whoever picks up just now hears that it is not needed.

    Example: callcenter callbacks cancel cb_7f3a
    """
    _show(_ask(lambda lists: lists.cancel(callback, _now())), as_json=as_json)


@app.command()
def now(callback: _Id, as_json: _Json = False) -> None:
    """Have it dialled at once, also when its tries were used up.

    Within the hours in which the number may be called, as always.
    Example: callcenter callbacks now cb_7f3a
    """
    from callcenter.settings import Settings

    if not Settings().dial_callbacks:
        found = _ask(lambda lists: lists.show(callback))
        _fail(OFF.format(found["number"]))
    _show(_ask(lambda lists: lists.now(callback, _now())), as_json=as_json)


@app.command()
def optouts(
    add: Annotated[str, typer.Option(help="Never call this number.")] = "",
    remove: Annotated[str, typer.Option(help="This number may be called again.")] = "",
    as_json: _Json = False,
) -> None:
    """List the numbers that shall never be called; add one, or take one off.

    Example: callcenter callbacks optouts --remove +4755512345
    """
    if add:
        number = _number(add)
        _ask_opt_outs(lambda outs: outs.add(number, _now(), BY_HAND))
    if remove and not _ask_opt_outs(lambda outs: outs.remove(_number(remove))):
        _fail(f"{remove} is not on the list: it may be called already.")
    listed = _ask_opt_outs(lambda outs: outs.listed())
    if as_json:
        _print_json(
            [
                {"number": one.number, "at": one.at.isoformat(), "source": one.source}
                for one in listed
            ]
        )
    elif not listed:
        typer.echo(NO_OPT_OUTS)
    for one in () if as_json else listed:
        typer.echo(f"{one.number}  since {one.at:%Y-%m-%d %H:%M} UTC  ({one.source})")


def _number(text: str) -> str:
    from callcenter.domain.destinations import telephone_number

    number = text.replace(" ", "")
    if telephone_number(number) != number:
        _fail(f"{text!r} is not a number like +4755512345.")
    return number


def _ask(ask: "Callable[[CallbackLists], Awaitable[Found]]") -> Found:
    from callcenter.cli.reading import asked
    from callcenter.storage.callback_lists import CallbackLists

    return asked(lambda database: ask(CallbackLists(database)))


def _ask_opt_outs(ask: "Callable[[OptOuts], Awaitable[Found]]") -> Found:
    from callcenter.cli.reading import asked
    from callcenter.storage.opt_outs import OptOuts

    return asked(lambda database: ask(OptOuts(database)))


def _now() -> "datetime":
    from datetime import UTC, datetime

    return datetime.now(UTC)


def _show(one: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        _print_json(one)
        return
    from callcenter.cli.call_text import clean, console

    screen = console()
    why = f": {one['why']}" if one["why"] else ""
    screen.print(clean(f"{one['id']}  {_words(one['state'])}{why}"))
    topic = f" ({one['topic']})" if one["topic"] else ""
    screen.print(clean(f"{one['number']}{topic}: {one['reason'] or 'no reason given'}"))
    screen.print(
        clean(f"wished {_minute(one['asked_at'])} for: {one['wanted'] or 'soon'}")
    )
    screen.print(clean(f"promised {_minute(one['promised_at'])} UTC"))
    if one["state"] == CallbackState.WAITING:
        screen.print(clean(f"next try {_minute(one['due_at'])} UTC"))
    screen.print(clean(f"call {one['call_id']}"))
    for each in one["tried"]:
        took = f", {each['seconds']} s" if each["seconds"] else ""
        note = f"  {each['note']}" if each["note"] else ""
        talk = f"  → {each['call_id']}" if each["call_id"] else ""
        outcome = _words(each["outcome"] or "under way")
        screen.print(
            clean(f"  {_minute(each['started_at'])}  {outcome}{took}{note}{talk}")
        )


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from callcenter.cli.call_text import clean, console

    table = Table("id", "number", "state", "due (UTC)", "tries", "about")
    for one in found:
        table.add_row(
            one["id"],
            clean(one["number"] or "withheld"),
            _words(one["state"]),
            _minute(one["due_at"]),
            str(one["tries"]),
            clean(one["reason"]),
        )
    console().print(table)


def _minute(at: str) -> str:
    return at[:16].replace("T", " ")


def _words(name: str) -> str:
    return name.replace("_", " ")


def _print_json(found: object) -> None:
    import json

    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
