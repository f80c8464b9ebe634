"""`callcenter voicemails`: what callers said after the tone."""

from typing import Annotated, Any, Final, NoReturn

import typer

app = typer.Typer(no_args_is_help=True)

NO_VOICEMAILS: Final = (
    "No voicemails. Callers leave one when nobody can take their call."
)

_Json = Annotated[bool, typer.Option("--json", help="As JSON, for a program.")]


@app.command("list")
def list_(
    limit: Annotated[int, typer.Option(min=1, help="How many, at most.")] = 20,
    as_json: _Json = False,
) -> None:
    """List the voicemails, the newest first.

    Example: callcenter voicemails list --limit 5
    """
    found = _latest(limit)
    if as_json:
        _print_json(found)
    elif found:
        _print_table(found)
    else:
        typer.echo(NO_VOICEMAILS)


@app.command()
def show(
    recording: Annotated[
        str, typer.Argument(help="How the recording's id begins: RE…")
    ],
    as_json: _Json = False,
) -> None:
    """Show one voicemail: who left it, what was understood, where its sound is.

    Example: callcenter voicemails show RE51c0
    """
    found = _latest(None, recording)
    if len(found) != 1:
        _fail(
            f"{len(found) or 'No'} voicemails begin with {recording!r}; "
            "`callcenter voicemails list` shows them."
        )
    one = found[0]
    if as_json:
        _print_json(one)
        return
    from callcenter.cli.call_text import clean, console

    screen = console()
    screen.print(clean(f"{one['recording_sid']}  {one['seconds']} s"))
    screen.print(clean(f"{one['at']}, {one['caller_number'] or 'unknown'}"))
    screen.print(clean(f"call {one['call_id']}"))
    screen.print(clean(one["url"]))
    screen.print(clean(f"\n{one['text'] or '(not written down)'}"))


def _latest(limit: int | None, sid: str = "") -> list[dict[str, Any]]:
    """Read them, each with the address of its sound (for who may ask the carrier)."""
    import asyncio

    from callcenter.settings import Settings
    from callcenter.storage.engine import Database, exists
    from callcenter.storage.voicemails import voicemails

    settings = Settings()
    if not exists(settings.database_url):
        _fail("There is no database yet: run `callcenter db upgrade`.")

    async def asked() -> list[dict[str, Any]]:
        database = Database.open(settings.database_url)
        try:
            return await voicemails(database, limit, sid)
        finally:
            await database.close()

    account = f"{settings.twilio_api_url}/2010-04-01/Accounts"
    base = f"{account}/{settings.twilio_account_sid}/Recordings"
    return [
        {**one, "url": f"{base}/{one['recording_sid']}.wav"}
        for one in asyncio.run(asked())
    ]


def _print_table(found: list[dict[str, Any]]) -> None:
    from rich.table import Table

    from callcenter.cli.call_text import clean, console

    table = Table("recording", "when (UTC)", "from", "lasts", "about")
    for one in found:
        table.add_row(
            one["recording_sid"],
            one["at"][:16].replace("T", " "),
            clean(one["caller_number"] or "unknown"),
            f"{one['seconds']} s",
            clean(one["text"] or "(not written down)"),
        )
    console().print(table)


def _print_json(found: object) -> None:
    import json

    typer.echo(json.dumps(found, indent=2, ensure_ascii=False))


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
