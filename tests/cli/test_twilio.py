"""`callcenter twilio` and `callcenter doctor`, against the simulated carrier."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from xml.etree import ElementTree

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.app import app
from callcenter.simulator.carrier import CarrierSimulator

pytestmark = pytest.mark.usefixtures("path")

ACCOUNT, TOKEN, OURS = "AC" + "0" * 32, "0123456789abcdef" * 2, "+15005550006"
PUBLIC = "https://calls.example.com"
FILE = """
[[operators]]
name = "Bea"
number = "+15005550102"
priority = 2
[[operators]]
name = "Ada"
number = "+15005550101"
priority = 1
"""


@pytest.fixture
async def carrier(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[CarrierSimulator]:
    async with CarrierSimulator(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        number=OURS,
        voice_url="https://demo.twilio.com/welcome",
    ) as carrier:
        monkeypatch.setenv("TWILIO_API_URL", carrier.api_url)
        monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
        monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
        monkeypatch.setenv("TWILIO_PHONE_NUMBER", OURS)
        monkeypatch.setenv("PUBLIC_URL", PUBLIC)
        yield carrier


async def run(*arguments: str, typed: str = "") -> Result:
    """In a thread: the command has an event loop of its own."""
    return await asyncio.to_thread(
        lambda: CliRunner().invoke(app, list(arguments), input=typed)
    )


async def test_setup_shows_the_difference_asks_and_points_the_number_here(
    carrier: CarrierSimulator,
) -> None:
    refused = await run("twilio", "setup", typed="n\n")
    assert refused.exit_code == 1
    assert "- https://demo.twilio.com/welcome" in refused.stdout
    assert f"+ {PUBLIC}/incoming-call" in refused.stdout
    assert carrier.number.voice_url == "https://demo.twilio.com/welcome"
    static = "https://static.example.com/down.xml"
    done = await run("twilio", "setup", "--fallback-url", static, typed="y\n")
    assert done.exit_code == 0
    number = carrier.number
    assert number.voice_url == f"{PUBLIC}/incoming-call"
    assert number.voice_fallback_url == static
    assert number.status_callback == f"{PUBLIC}/voice/status"
    again = await run("twilio", "setup", "--fallback-url", static)
    assert (again.exit_code, "already" in again.stdout) == (0, True)


async def test_setup_of_a_number_that_the_account_lacks_changes_nothing(
    carrier: CarrierSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", "+15005550007")
    failed = await run("twilio", "setup", "--yes")
    assert (failed.exit_code, "no number +15005550007" in failed.stderr) == (1, True)
    assert carrier.number.voice_url == "https://demo.twilio.com/welcome"


def test_setup_says_what_is_not_set(terminal: CliRunner) -> None:
    failed = terminal.invoke(app, ["twilio", "setup"])
    assert failed.exit_code == 1
    assert "PUBLIC_URL, TWILIO_ACCOUNT_SID" in failed.stderr


def test_the_fallback_rings_the_operators_without_us(
    terminal: CliRunner, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TWILIO_PHONE_NUMBER", OURS)
    (path.parent / "operators.toml").write_text(FILE)
    out = path.parent / "down.xml"
    done = terminal.invoke(app, ["twilio", "fallback", "--out", str(out)])
    assert done.exit_code == 0
    document = ElementTree.fromstring(out.read_text())
    numbers = [one.text for one in document.iter("Number")]
    assert numbers == ["+15005550101", "+15005550102"]
    assert document.find("Dial").get("callerId") == OURS  # type: ignore[union-attr]
    assert "action" not in str([one.attrib for one in document.iter()])
    shown = terminal.invoke(app, ["twilio", "fallback"])
    assert shown.stdout.strip() == out.read_text()


def test_a_fallback_that_reaches_nobody_is_not_written(terminal: CliRunner) -> None:
    failed = terminal.invoke(app, ["twilio", "fallback"])
    assert (failed.exit_code, failed.stdout) == (1, "")


def test_the_doctor_says_what_is_wrong_and_exits_with_1(terminal: CliRunner) -> None:
    told = terminal.invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "→ Set OPENAI_API_KEY" in told.stdout
    as_json = json.loads(terminal.invoke(app, ["doctor", "--json"]).stdout)
    levels = {one["name"]: one["level"] for one in as_json}
    assert (levels["model"], levels["database"]) == ("bad", "warn")


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_API_URL", "http://127.0.0.1:9")
