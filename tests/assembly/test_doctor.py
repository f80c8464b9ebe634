"""The doctor finds each fault, and says what to do about it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from callcenter.assembly.doctor import Finding, Level, examine
from callcenter.domain.presence import put_away
from callcenter.settings import Settings
from callcenter.simulator.carrier import CarrierSimulator
from callcenter.simulator.model.server import ModelSimulator
from callcenter.storage.directory import Directory
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from callcenter.telephony.operators_file import load_operators

ACCOUNT, TOKEN, OURS = "AC" + "0" * 32, "0123456789abcdef" * 2, "+15005550006"
FILE = '[[operators]]\nname = "Ada"\nnumber = "+15005550101"\n'
LATE = "Sat, 01 Jan 2000 00:00:00 GMT"


@asynccontextmanager
async def answering(status: int = 200, date: str = "") -> AsyncIterator[str]:
    """A server that answers everything so."""

    async def answer(request: web.Request) -> web.Response:
        del request
        return web.Response(status=status, headers={"Date": date} if date else None)

    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@pytest.fixture
async def healthy(tmp_path: Path) -> AsyncIterator[Settings]:
    """A house where everything is as it should be."""
    file = tmp_path / "operators.toml"
    file.write_text(FILE)
    url = f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}"
    upgrade(url)
    async with (
        answering() as public,
        ModelSimulator(recognise=False, api_key="sk-right") as model,
        CarrierSimulator(
            account_sid=ACCOUNT,
            auth_token=TOKEN,
            number=OURS,
            voice_url=f"{public}/incoming-call",
            voice_fallback_url="https://static.example.com/down.xml",
            status_callback=f"{public}/voice/status",
        ) as carrier,
    ):
        yield Settings(
            _env_file=None,
            public_url=public,
            openai_api_key="sk-right",
            openai_realtime_url=model.url,
            twilio_account_sid=ACCOUNT,
            twilio_auth_token=TOKEN,
            twilio_phone_number=OURS,
            twilio_api_url=carrier.api_url,
            database_url=url,
            operators_file=file,
        )


async def examined(settings: Settings, **changes: object) -> dict[str, Finding]:
    changed = settings.model_copy(update=changes)
    return {one.name: one for one in await examine(changed)}


async def test_a_sound_house_has_no_fault(healthy: Settings) -> None:
    found = await examined(healthy)
    levels = {name: one.level for name, one in found.items()}
    # It is on plain http, on this machine.
    assert levels == dict.fromkeys(
        ["model", "number", "database", "clock", "operators"], Level.OK
    ) | {"public": Level.WARN}


@pytest.mark.parametrize(
    ("changes", "name", "says", "advice"),
    [
        ({"openai_api_key": ""}, "model", "no key", "OPENAI_API_KEY"),
        ({"openai_api_key": "sk-no"}, "model", "key was refused", "OPENAI_API_KEY"),
        ({"twilio_account_sid": ""}, "number", "TWILIO_ACCOUNT_SID", "console.twilio"),
        ({"twilio_auth_token": "no"}, "number", "20003", "TWILIO_AUTH_TOKEN"),
        ({"twilio_phone_number": "+15005550007"}, "number", "no number", "buy"),
        ({"public_url": "http://127.0.0.1:9"}, "number", "voice_url", "twilio setup"),
        ({"public_url": "http://127.0.0.1:9"}, "public", "cannot be reached", "serve"),
        ({"public_url": ""}, "public", "not set", "https"),
        ({"database_url": "nonsense"}, "database", "DATABASE_URL", "DATABASE_URL"),
        ({"operators_file": Path("/nowhere")}, "operators", "Nobody", "operators add"),
        ({"dial_countries": "NO"}, "operators", "Ada will not be rung", "set 'Ada'"),
    ],
)
async def test_a_fault_is_found_with_advice(
    healthy: Settings, changes: dict[str, object], name: str, says: str, advice: str
) -> None:
    secret = {"openai_api_key", "twilio_auth_token"}
    wrapped = {
        key: type(healthy.openai_api_key)(str(value)) if key in secret else value
        for key, value in changes.items()
    }
    if "dial_countries" in changes:
        await stored(healthy)
    finding = (await examined(healthy, **wrapped))[name]
    assert finding.level is Level.BAD
    assert says in finding.says
    assert advice in finding.advice


async def stored(settings: Settings) -> None:
    """Take over the file, as a server does."""
    database = Database.open(settings.database_url)
    await Directory(database).seed(load_operators(settings.operators_file))
    await database.close()


async def test_a_wrong_server_at_the_public_address_is_found(healthy: Settings) -> None:
    async with answering(404) as other:
        found = await examined(healthy, public_url=other)
    assert "not this server" in found["public"].says


async def test_a_wrong_clock_is_found(healthy: Settings) -> None:
    async with answering(date=LATE) as twilio:
        found = await examined(healthy, twilio_api_url=twilio)
    assert found["clock"].level is Level.BAD
    assert "NTP" in found["clock"].advice
    found = await examined(healthy, twilio_api_url="http://127.0.0.1:9")
    assert found["clock"].level is Level.WARN


async def test_nobody_available_is_a_warning(healthy: Settings) -> None:
    await stored(healthy)
    database = Database.open(healthy.database_url)
    now = datetime.now(UTC)
    await Directory(database).attend("Ada", lambda one: put_away(one, now, ""))
    await database.close()
    found = (await examined(healthy))["operators"]
    assert (found.level, "None of 1" in found.says) == (Level.WARN, True)


async def test_a_database_that_is_not_there_yet_or_older_is_found(
    healthy: Settings, tmp_path: Path
) -> None:
    none = f"sqlite+aiosqlite:///{tmp_path / 'none.db'}"
    assert (await examined(healthy, database_url=none))["database"].level is Level.WARN
    assert not (tmp_path / "none.db").exists()
    (tmp_path / "empty.db").touch()
    empty = f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}"
    found = await examined(healthy, database_url=empty)
    assert found["database"].level is Level.BAD
    assert found["database"].advice == "callcenter db upgrade"
