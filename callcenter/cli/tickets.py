"""`callcenter tickets`: what the house has promised to look into."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

from callcenter.domain.tickets import Severity, Ticket, TicketStatus

if TYPE_CHECKING:
    from callcenter.storage.tickets import TicketBook

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

NO_TICKETS: Final = (
    "No such tickets. Agents open them for callers, and spell them the code."
)
OPERATOR: Final = "operator"
"""Who writes, unless another name is given."""

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]
_Code = Annotated[str, typer.Argument(help="The ticket's code, as it was spelled.")]
_Author = Annotated[str, typer.Option(help="Who writes this.")]


@app.command("list")
def list_(
    status: Annotated[
        TicketStatus | None, typer.Option(help="Of this status alone.")
    ] = None,
    severity: Annotated[
        Severity | None, typer.Option(help="Of this severity alone.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many, at most.")] = 20,
    as_json: _Json = False,
) -> None:
    """List the tickets, the newest first.

    Example: callcenter tickets list --status open --severity urgent
    """
    found = _ask(lambda book: book.latest(limit, status=status, severity=severity))
    if as_json:
        _print_json([_as_json(one) for one in found])
    elif found:
        _print_table(found)
    else:
        typer.echo(NO_TICKETS)


@app.command()
def show(code: _Code, as_json: _Json = False) -> None:
    """Show one ticket, with all its notes.

    Example: callcenter tickets show X2Y7C
    """
    _show(_there(_ask(lambda book: book.find(code)), code), as_json=as_json)


@app.command()
def note(
    code: _Code,
    text: Annotated[str, typer.Argument(help="What is new. The caller may hear it.")],
    status: Annotated[
        TicketStatus | None,
        typer.Option(
            help="What it becomes: waiting, when the caller must do something."
        ),
    ] = None,
    author: _Author = OPERATOR,
    as_json: _Json = False,
) -> None:
    """Write on a ticket. Agents tell it to the caller who asks with the code.

    Example: callcenter tickets note X2Y7C "Bring the receipt." --status waiting
    """
    _show(_ask(lambda book: book.note(code, author, text, status)), as_json=as_json)


@app.command()
def close(
    code: _Code,
    reason: Annotated[str, typer.Argument(help="How it was settled.")] = "Done.",
    author: _Author = OPERATOR,
    as_json: _Json = False,
) -> None:
    """Close a ticket. A later note of the caller's opens it again.

    Example: callcenter tickets close X2Y7C "New chain fitted." --author Ada
    """
    closed = TicketStatus.CLOSED
    _show(_ask(lambda book: book.note(code, author, reason, closed)), as_json=as_json)


def _ask(ask: "Callable[[TicketBook], Awaitable[Found]]") -> Found:
    """What the book answers."""
    from callcenter.cli.reading import asked
    from callcenter.storage.tickets import TicketBook

    return asked(lambda database: ask(TicketBook(database)))


def _there(ticket: Ticket | None, code: str) -> Ticket:
    if ticket is None:
        _fail(f"There is no ticket {code!r}; `callcenter tickets list` shows them.")
    return ticket


def _show(ticket: Ticket, *, as_json: bool) -> None:
    if as_json:
        _print_json(_as_json(ticket))
        return
    typer.echo(f"{ticket.code}  {ticket.status}, {ticket.severity}: {ticket.summary}")
    typer.echo(f"opened {ticket.opened_at:%Y-%m-%d %H:%M} UTC, {ticket.phone or '–'}")
    typer.echo(f"\n{ticket.details}" if ticket.details else "")
    for one in ticket.notes:
        becomes = f" → {one.status}" if one.status else ""
        typer.echo(f"{one.at:%Y-%m-%d %H:%M}  {one.author}{becomes}: {one.text}")


def _print_table(tickets: list[Ticket]) -> None:
    from rich.table import Table

    from callcenter.cli.call_text import console

    table = Table("code", "status", "severity", "opened (UTC)", "from", "about")
    for one in tickets:
        table.add_row(
            one.code,
            one.status,
            one.severity,
            f"{one.opened_at:%Y-%m-%d %H:%M}",
            one.phone or "–",
            one.summary,
        )
    console().print(table)


def _as_json(ticket: Ticket) -> dict[str, Any]:
    return {
        "code": ticket.code,
        "status": ticket.status,
        "severity": ticket.severity,
        "summary": ticket.summary,
        "details": ticket.details,
        "phone": ticket.phone,
        "opened_at": ticket.opened_at.isoformat(),
        "changed_at": ticket.changed_at.isoformat(),
        "call_id": ticket.call_id,
        "notes": [
            {
                "at": one.at.isoformat(),
                "author": one.author,
                "text": one.text,
                "status": one.status,
            }
            for one in ticket.notes
        ],
    }


def _print_json(found: object) -> None:
    import json

    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
