"""Everything that a call needs, tried once, and what to do about each fault."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

import httpx

from callcenter.assembly.dialling import dial_rules
from callcenter.domain.destinations import EXPLAINED
from callcenter.domain.presence import OnList
from callcenter.errors import CallCenterError, CarrierError, ModelError, StorageError
from callcenter.settings import Settings
from callcenter.storage import schema
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database, exists
from callcenter.telephony.numbering import why_not
from callcenter.telephony.numbers import TwilioNumbers, Webhooks
from callcenter.telephony.operators_file import load_operators

HTTP_SECONDS: Final = 5.0

SKEW_WARN_SECONDS: Final = 5.0
"""A Date header is rounded to a second, and took a moment to come."""

SKEW_BAD_SECONDS: Final = 60.0
"""So long a stream's token lives; TLS and one-time passwords suffer, too."""


class Level(StrEnum):
    """How bad it is: a warning is served with, a fault is not."""

    OK = "ok"
    WARN = "warn"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was tried, what came of it, and what to do."""

    name: str
    level: Level
    says: str
    advice: str = ""


Check = Callable[[Settings], Awaitable[list[Finding]]]


async def examine(settings: Settings) -> list[Finding]:
    """Try everything. Nothing is changed, and nothing is raised."""
    found: list[Finding] = []
    for check in (_model, _number, _public, _database, _clock, _operators):
        found += await check(settings)
    return found


async def _model(settings: Settings) -> list[Finding]:
    # Imports the SDK, which takes seconds.
    from callcenter.realtime.probe import probe  # noqa: PLC0415

    key = settings.openai_api_key.get_secret_value()
    if not key:
        return [_bad("model", "There is no key.", "Set OPENAI_API_KEY in .env.")]
    model = settings.openai_realtime_model
    try:
        await probe(settings.openai_realtime_url, key, model)
    except ModelError as error:
        advice = (
            "Try again in a minute, and look at OPENAI_REALTIME_URL and the network."
            if error.retry
            else "Look at OPENAI_API_KEY, OPENAI_REALTIME_MODEL, and the key's project."
        )
        return [_bad("model", str(error), advice)]
    return [_ok("model", f"{model} opens a session.")]


async def _number(settings: Settings) -> list[Finding]:
    number = settings.twilio_phone_number
    token = settings.twilio_auth_token.get_secret_value()
    needed = {
        "TWILIO_ACCOUNT_SID": settings.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": token,
        "TWILIO_PHONE_NUMBER": number,
    }
    if missing := [name for name, value in needed.items() if not value]:
        said = f"Not set: {', '.join(missing)}."
        return [_bad("number", said, "Copy them from console.twilio.com into .env.")]
    try:
        async with TwilioNumbers(
            settings.twilio_account_sid, token, settings.twilio_api_url
        ) as numbers:
            found = await numbers.find(number)
    except CarrierError as error:
        advice = "Look at TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN, and the network."
        return [_bad("number", str(error), advice)]
    if found is None:
        said = f"The account has no number {number}."
        return [_bad("number", said, "Correct TWILIO_PHONE_NUMBER, or buy the number.")]
    if not settings.public_base:
        return []  # said by _public
    wanted = Webhooks.of(settings.public_base, found.webhooks.voice_fallback_url)
    changes = found.webhooks.changes(wanted)
    if changes:
        said = f"{number} does not point here: {', '.join(one[0] for one in changes)}."
        return [_bad("number", said, "callcenter twilio setup")]
    return [_ok("number", f"{number} points to {settings.public_base}.")]


async def _public(settings: Settings) -> list[Finding]:
    base = settings.public_base
    if not base:
        said = "PUBLIC_URL is not set: Twilio cannot reach this server."
        return [_bad("public", said, "Set it to the https address of your domain.")]
    try:
        async with httpx.AsyncClient(timeout=HTTP_SECONDS) as http:
            status = (await http.get(f"{base}/healthz")).status_code
    except httpx.HTTPError as error:
        said = f"{base} cannot be reached: {_reason(error)}."
        return [_bad("public", said, "Start `callcenter serve`, and the tunnel.")]
    if status != httpx.codes.OK:
        said = f"{base}/healthz answers with {status}: that is not this server."
        return [_bad("public", said, "Look at PUBLIC_URL and at the proxy before it.")]
    if not base.startswith("https://"):
        said = f"{base} is not https: Twilio opens media streams on wss alone."
        return [Finding("public", Level.WARN, said, "Put a certificate before it.")]
    return [_ok("public", f"{base} answers.")]


async def _database(settings: Settings) -> list[Finding]:
    url = settings.database_url
    try:
        if not exists(url):
            said = "There is no database yet."
            advice = "`callcenter serve` makes it, or: callcenter db upgrade"
            return [Finding("database", Level.WARN, said, advice)]
        if problems := await asyncio.to_thread(schema.check, url):
            return [_bad("database", one, "callcenter db upgrade") for one in problems]
        database = Database.open(url)
        try:
            await database.check()
        finally:
            await database.close()
    except StorageError as error:
        return [_bad("database", str(error), "Look at DATABASE_URL and the disk.")]
    return [_ok("database", "The schema is right, and a write is taken.")]


async def _clock(settings: Settings) -> list[Finding]:
    try:
        async with httpx.AsyncClient(timeout=HTTP_SECONDS) as http:
            answer = await http.get(settings.twilio_api_url)
        theirs = parsedate_to_datetime(answer.headers["date"])
    except (httpx.HTTPError, KeyError, ValueError) as error:
        said = f"Nobody could be asked for the time: {_reason(error)}."
        return [Finding("clock", Level.WARN, said, "Look at the network.")]
    skew_s = abs((datetime.now(UTC) - theirs).total_seconds())
    if skew_s <= SKEW_WARN_SECONDS:
        return [_ok("clock", "It agrees with Twilio's.")]
    level = Level.BAD if skew_s > SKEW_BAD_SECONDS else Level.WARN
    said = f"It is {skew_s:.0f} s from Twilio's."
    return [Finding("clock", level, said, "Switch on NTP: timedatectl set-ntp true")]


async def _operators(settings: Settings) -> list[Finding]:
    try:
        of_file = load_operators(settings.operators_file)
        rules = dial_rules(settings, of_file)
        listed = await everybody(settings)
    except CallCenterError as error:
        return [_bad("operators", str(error), f"Correct {settings.operators_file}.")]
    if not listed:
        said = "Nobody is on the list: no caller can reach a person."
        return [_bad("operators", said, "callcenter operators add --help")]
    found = []
    for one in listed:
        if why := why_not(one.operator.destination, rules):
            said = f"{one.operator.name} will not be rung: {EXPLAINED[why]}."
            advice = f"callcenter operators set {one.operator.name!r} --number …"
            found.append(_bad("operators", said, advice))
    now = datetime.now(UTC)
    free = [one for one in listed if one.is_free(now) and one.operator.at_work(now)]
    if not free:
        said = f"None of {len(listed)} is at work and available now."
        advice = "callcenter operators list; then `back NAME`, or `set NAME --hours …`"
        return [*found, Finding("operators", Level.WARN, said, advice)]
    said = f"{len(free)} of {len(listed)} can be rung now."
    return found or [_ok("operators", said)]


async def everybody(settings: Settings) -> list[OnList]:
    """The operators, as the database has them; as the file does, if it has none."""
    if exists(settings.database_url):
        database = Database.open(settings.database_url)
        try:
            if listed := await Directory(database).everybody():
                return listed
        except StorageError:
            pass  # an older schema, or none: another finding says so
        finally:
            await database.close()
    return [OnList(one) for one in load_operators(settings.operators_file)]


def _reason(error: Exception) -> str:
    return str(error).rstrip(".") or type(error).__name__


def _ok(name: str, says: str) -> Finding:
    return Finding(name, Level.OK, says)


def _bad(name: str, says: str, advice: str) -> Finding:
    return Finding(name, Level.BAD, says, advice)
