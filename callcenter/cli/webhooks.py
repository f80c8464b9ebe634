"""`callcenter webhooks`: addresses of other programs that are told of calls."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, Any, Final, NoReturn, TypeVar

import typer

from callcenter.cli.keys import fail, print_json, used

if TYPE_CHECKING:
    from callcenter.storage.webhooks import Webhook, WebhookBook

app = typer.Typer(no_args_is_help=True)

Found = TypeVar("Found")

NO_WEBHOOKS: Final = (
    "No webhooks. Add one: callcenter webhooks add https://crm.example.com/calls "
    "--event CallEnded"
)

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]
_Id = Annotated[str, typer.Argument(help="As `webhooks list` shows it.")]


@app.command()
def add(
    url: Annotated[str, typer.Argument(help="Where events are posted to.")],
    event: Annotated[
        list[str], typer.Option("--event", help="A kind of event; * for all.")
    ],
    as_json: _Json = False,
) -> None:
    """Have an address told of events from now on. Its secret is shown once.

    Example: callcenter webhooks add https://crm.example.com/calls --event CallEnded
    """
    from callcenter.settings import Settings
    from callcenter.wire.deliveries import check_url, kinds_of

    try:
        kinds = kinds_of(event)
        url = check_url(url, private=Settings().webhook_private_addresses)
    except ValueError as error:
        fail(f"{error}.".capitalize())
    hook = _use(lambda book: book.add(url, kinds), "webhook.added", url)
    if as_json:
        print_json({**_shown(hook), "secret": hook.secret})
        return
    typer.echo(f"{hook.id}  {hook.secret}")
    typer.echo("The secret signs what is sent; it is not shown again.", err=True)


@app.command("list")
def list_(as_json: _Json = False) -> None:
    """List the addresses, what each is told, and whether it works.

    Example: callcenter webhooks list
    """
    found = _use(lambda book: book.all())
    if as_json:
        print_json([_shown(one) for one in found])
    elif not found:
        typer.echo(NO_WEBHOOKS)
    for one in () if as_json else found:
        state = "failing" if one.failing_since else "in order"
        state = f"disabled ({one.why})" if one.disabled_at else state
        typer.echo(f"{one.id}  {one.url}  {state}  [{', '.join(one.kinds)}]")


@app.command()
def test(webhook: _Id) -> None:
    """Have a `webhook.test` sent; a running node sends it within a second or two.

    Example: callcenter webhooks test wh_3f9a1c0b7e21
    """
    import secrets

    from callcenter.storage.deliveries import Deliveries
    from callcenter.wire.deliveries import TEST

    hook = _find(webhook)
    if hook.disabled_at is not None:
        fail(f"{hook.id} is disabled: callcenter webhooks enable {hook.id}")
    event_id = f"test:{secrets.token_hex(8)}"
    used(lambda database, now: Deliveries(database, now).tell_one(hook, TEST, event_id))
    typer.echo(f"{event_id} is due: callcenter webhooks log {hook.id}")


@app.command()
def enable(webhook: _Id) -> None:
    """Tell a disabled address again, and what has waited.

    Example: callcenter webhooks enable wh_3f9a1c0b7e21
    """
    _find(webhook)
    _use(lambda book: book.change(webhook, enabled=True), "webhook.enabled", webhook)
    typer.echo(f"{webhook} is told again.")


@app.command()
def remove(webhook: _Id) -> None:
    """Tell an address nothing more, and forget what was due.

    Example: callcenter webhooks remove wh_3f9a1c0b7e21
    """
    if not _use(lambda book: book.remove(webhook), "webhook.removed", webhook):
        _no(webhook)
    typer.echo(f"{webhook} is forgotten.")


@app.command()
def log(
    webhook: _Id,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 20,
    as_json: _Json = False,
) -> None:
    """Show what an address was told, and what it answered.

    Example: callcenter webhooks log wh_3f9a1c0b7e21
    """
    from callcenter.storage.deliveries import Deliveries

    _find(webhook)
    found = used(lambda database, now: Deliveries(database, now).log(webhook, limit))
    rows: list[dict[str, Any]] = [
        {
            "event_id": one.event_id,
            "kind": one.kind,
            "at": one.at.isoformat(),
            "state": one.state,
            "tries": one.tries,
            "status": one.status,
            "problem": one.problem,
        }
        for one in found
    ]
    if as_json:
        print_json(rows)
    elif not rows:
        typer.echo("It was told nothing yet.")
    for row in () if as_json else rows:
        what = row["problem"] or row["status"] or ""
        typer.echo(
            f"{row['at']}  {row['kind']}  {row['state']}  {row['tries']} tries  {what}"
        )


def _find(webhook: str) -> "Webhook":
    found = _use(lambda book: book.find(webhook))
    if found is None:
        _no(webhook)
    return found


def _no(webhook: str) -> NoReturn:
    fail(f"There is no webhook {webhook!r}. `callcenter webhooks list` shows them.")


def _shown(hook: "Webhook") -> dict[str, Any]:
    return {
        "id": hook.id,
        "url": hook.url,
        "kinds": list(hook.kinds),
        "created_at": hook.created_at.isoformat(),
        "failing_since": hook.failing_since and hook.failing_since.isoformat(),
        "disabled_at": hook.disabled_at and hook.disabled_at.isoformat(),
        "why": hook.why,
    }


def _use(
    ask: "Callable[[WebhookBook], Awaitable[Found]]", act: str = "", subject: str = ""
) -> Found:
    from callcenter.storage.webhooks import WebhookBook

    return used(lambda database, now: ask(WebhookBook(database, now)), act, subject)
