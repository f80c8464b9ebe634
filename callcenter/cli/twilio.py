"""`callcenter twilio`: the house's number, and what happens when all is down."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, NoReturn

import typer

if TYPE_CHECKING:
    from callcenter.settings import Settings
    from callcenter.telephony.numbers import Webhooks

app = typer.Typer(no_args_is_help=True)

APOLOGY: Final = "One moment, please. I am connecting you to a colleague."


@app.command()
def setup(
    fallback_url: Annotated[
        str, typer.Option(help="Where the static fallback is; else this server's.")
    ] = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Point TWILIO_PHONE_NUMBER at PUBLIC_URL: voice, fallback and status.

    Shows what would change, and asks first.

    Example: callcenter twilio setup --fallback-url https://static.example.com/down.xml
    """
    import asyncio

    from callcenter.settings import Settings
    from callcenter.telephony.numbers import Webhooks

    settings = Settings()
    needed = {
        "PUBLIC_URL": settings.public_base,
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": settings.twilio_auth_token.get_secret_value(),
        "TWILIO_PHONE_NUMBER": settings.twilio_phone_number,
    }
    if missing := [name for name, value in needed.items() if not value]:
        _fail(f"Set {', '.join(missing)} first; `callcenter doctor` says how.")
    wanted = Webhooks.of(settings.public_base, fallback_url)
    asyncio.run(_point(settings, wanted, yes=yes))


@app.command()
def fallback(
    out: Annotated[
        Path | None, typer.Option(help="Write it there, and not to the terminal.")
    ] = None,
) -> None:
    """Write a static document that reaches a person when the whole system is down.

    Put it on other infrastructure (a TwiML Bin, a static host), and give its address to
    `twilio setup --fallback-url`. It rings up to ten operators at once; without our
    server nobody is asked to press 1, so a voicemail may take the call. Write it again
    when operators change.

    Example: callcenter twilio fallback --out down.xml
    """
    import asyncio

    from callcenter.assembly.dialling import dial_rules
    from callcenter.assembly.doctor import everybody
    from callcenter.settings import Settings
    from callcenter.telephony.numbering import why_not
    from callcenter.telephony.operators_file import load_operators
    from callcenter.wire import twiml

    settings = Settings()
    rules = dial_rules(settings, load_operators(settings.operators_file))
    people = [one.operator for one in asyncio.run(everybody(settings))]
    people = [one for one in people if why_not(one.destination, rules) is None]
    if not people:
        _fail("No operator can be rung: callcenter operators add --help")
    document = twiml.dial_anyone(
        sorted(people, key=lambda one: one.priority),
        apology=APOLOGY,
        caller_id=settings.twilio_phone_number,
        limit_s=settings.max_talk_seconds,
    )
    if out is None:
        typer.echo(document)
    else:
        out.write_text(document, encoding="utf-8")
        typer.echo(f"{out} rings {', '.join(one.name for one in people[:10])}.")


async def _point(settings: "Settings", wanted: "Webhooks", *, yes: bool) -> None:
    from callcenter.telephony.numbers import TwilioNumbers

    number = settings.twilio_phone_number
    async with TwilioNumbers(
        settings.twilio_account_sid,
        settings.twilio_auth_token.get_secret_value(),
        settings.twilio_api_url,
    ) as numbers:
        found = await numbers.find(number)
        if found is None:
            _fail(f"The account has no number {number}: correct TWILIO_PHONE_NUMBER.")
        changes = found.webhooks.changes(wanted)
        if not changes:
            typer.echo(f"{number} points to {settings.public_base} already.")
            return
        typer.echo(f"{number}:")
        for name, is_now, will_be in changes:
            typer.echo(f"  {name}\n    - {is_now or '(nothing)'}\n    + {will_be}")
        if not yes:
            typer.confirm("Change this at Twilio?", abort=True)
        await numbers.point(found, wanted)
    typer.echo(f"{number} now points to {settings.public_base}.")


def _fail(sentence: str) -> NoReturn:
    typer.secho(sentence, err=True, fg="red")
    raise typer.Exit(1)
