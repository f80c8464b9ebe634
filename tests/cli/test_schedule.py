"""`callcenter schedule` at a terminal."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.app import app
from callcenter.errors import ConfigurationError
from callcenter.storage import house
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade
from callcenter.wire.links import Links

EXAMPLE = Path(__file__).parent.parent.parent / "house.example.toml"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite+aiosqlite:///{tmp_path}/calls.db"
    monkeypatch.setenv("DATABASE_URL", url)
    upgrade(url)

    async def seed() -> None:
        database = Database.open(url)
        await house.seed(database)
        await database.close()

    asyncio.run(seed())
    return tmp_path


def test_a_house_that_is_in_order_is_told_in_a_sentence(here: Path) -> None:
    (here / "house.toml").write_text(EXAMPLE.read_text())
    result = CliRunner().invoke(app, ["schedule", "check"])
    assert result.exit_code == 0
    first, *lines = result.stdout.splitlines()
    assert first == (
        "house.toml is in order: Fjord Cycles, Europe/Oslo, 4 services, 2 resources, "
        "holidays of NO."
    )
    assert lines[0].startswith("  Mon  ")
    assert "  Sun  closed" in lines
    assert "  bicycle service: 60 min" in lines
    assert result.stderr == ""


def test_hours_past_midnight_are_doubted(here: Path) -> None:
    (here / "house.toml").write_text(
        '[house]\nname = "Bar"\nzone = "Europe/Oslo"\nhours = "Mon 13:00-09:00, Tue '
        '09:00-24:00"\n[[services]]\nname = "table"\nminutes = 60\n'
        '[[resources]]\nname = "one"\n[[closures]]\nfrom = 2999-12-24\n'
        'until = 2999-12-26\nname = "Christmas"\n[[closures]]\nfrom = 2001-01-01\n'
    )
    result = CliRunner().invoke(app, ["schedule", "check"])
    assert result.exit_code == 0
    assert result.stderr == (
        "warning: Mon 13:00-09:00 of the house goes on past midnight, into the next "
        "day. Is that meant?\n"
    )
    assert "  Tue  09:00-24:00" in result.stdout
    assert "closed 2999-12-24 to 2999-12-26 (all): Christmas" in result.stdout
    assert "2001" not in result.stdout


def test_a_house_that_is_not_says_where_and_what(here: Path) -> None:
    wrong = EXAMPLE.read_text().replace("minutes = 60", "minuts = 60")
    (here / "house.toml").write_text(wrong)
    result = CliRunner().invoke(app, ["schedule", "check"])
    assert isinstance(result.exception, ConfigurationError)
    assert "unknown key 'minuts'; did you mean 'minutes'?" in str(result.exception)


def test_without_a_file_it_says_how_to_begin(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HOUSE_FILE", raising=False)
    result = CliRunner().invoke(app, ["schedule", "check"])
    assert result.exit_code == 0
    assert "Copy house.example.toml" in result.stdout
    monkeypatch.setenv("HOUSE_FILE", str(here / "nope.toml"))
    asked_for = CliRunner().invoke(app, ["schedule", "check"])
    assert asked_for.exit_code == 1
    assert "nope.toml (HOUSE_FILE)" in str(asked_for.exception)


def test_the_feeds_are_printed_with_their_keys(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setenv("PUBLIC_URL", "https://calls.example.com/")
    result = CliRunner().invoke(app, ["schedule", "feed", "--json"])
    links = Links("secret", "https://calls.example.com")
    names = [one.name for one in house.FJORD_CYCLES.resources]
    assert json.loads(result.output) == {name: links.feed(name) for name in names}
    plain = CliRunner().invoke(app, ["schedule", "feed"])
    assert f"workshop stand 1\n  {links.feed('workshop stand 1')}\n" in plain.output


def test_without_a_secret_key_the_database_s_own_seals_them(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.setenv("PUBLIC_URL", "https://calls.example.com/")
    first = CliRunner().invoke(app, ["schedule", "feed", "--json"])
    again = CliRunner().invoke(app, ["schedule", "feed", "--json"])
    assert "?key=" in first.output
    assert first.output == again.output


def test_a_link_that_would_not_work_is_not_printed(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PUBLIC_URL", raising=False)
    result = CliRunner().invoke(app, ["schedule", "feed"])
    assert "PUBLIC_URL is not set" in str(result.exception)
    assert "http" not in result.output
