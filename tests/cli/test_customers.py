"""`callcenter customers`: what goes in is never shown again."""

import asyncio
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from callcenter.cli.customers import app
from callcenter.domain.verification import Customer, fits
from callcenter.errors import StorageError
from callcenter.storage.customers import Customers
from callcenter.storage.engine import Database
from callcenter.storage.schema import upgrade

pytestmark = pytest.mark.usefixtures("path")

KARI = "+4755512345"


def stored(path: Path) -> Customer:
    async def asked() -> list[Customer]:
        database = Database.open(f"sqlite+aiosqlite:///{path}")
        try:
            return await Customers(database).all()
        finally:
            await database.close()

    (one,) = asyncio.run(asked())
    return one


def test_a_customer_is_added_listed_and_forgotten(
    terminal: CliRunner, path: Path
) -> None:
    upgrade(f"sqlite:///{path}")
    assert "customers add" in terminal.invoke(app, ["list"]).stdout
    facts = ["--name", "Kari Nilsen", "--postcode", "5003"]
    added = terminal.invoke(app, ["add", KARI, *facts], input="2749\n")
    assert added.exit_code == 0, added.output
    listed = terminal.invoke(app, ["list"])
    assert listed.stdout == f"{KARI}  PIN, name, postcode\n"
    for shown in (added.output, listed.output):
        assert not any(secret in shown for secret in ("2749", "Nilsen", "5003"))
    as_json = json.loads(terminal.invoke(app, ["list", "--json"]).stdout)
    assert as_json == [{"number": KARI, "pin": True, "facts": ["name", "postcode"]}]
    assert fits(stored(path).pin, "2749")
    assert terminal.invoke(app, ["remove", KARI]).exit_code == 0
    assert terminal.invoke(app, ["remove", KARI]).exit_code == 1


def test_a_number_may_be_written_with_spaces(terminal: CliRunner, path: Path) -> None:
    added = terminal.invoke(app, ["add", "+47 555 12 345"], input="2749\n")
    assert added.exit_code == 0, added.output
    assert stored(path).number == KARI
    assert terminal.invoke(app, ["remove", "+47 55512345"]).exit_code == 0


def test_a_pin_can_be_changed(terminal: CliRunner, path: Path) -> None:
    terminal.invoke(app, ["add", KARI], input="2749\n")
    assert terminal.invoke(app, ["set-pin", KARI], input="9472\n").exit_code == 0
    assert fits(stored(path).pin, "9472")
    other = terminal.invoke(app, ["set-pin", "+4755599999"], input="9472\n")
    assert other.exit_code == 1


def test_two_facts_do_without_a_pin(terminal: CliRunner, path: Path) -> None:
    facts = ["--name", "Kari Nilsen", "--date-of-birth", "1980-05-17"]
    assert terminal.invoke(app, ["add", KARI, "--no-pin", *facts]).exit_code == 0
    assert not stored(path).pin


@pytest.mark.parametrize(
    ("arguments", "typed", "why"),
    [
        (["55512345"], "2749", "as carriers write it"),
        ([KARI], "1234", "first that anybody would try"),
        ([KARI], "", "4 to 8 digits"),
        ([KARI, "--no-pin"], "", "A PIN is needed"),
        ([KARI, "--no-pin", "--name", "Kari"], "", "A PIN is needed"),
        ([KARI, "--date-of-birth", "17 May"], "2749", "cannot be a date of birth"),
    ],
)
def test_what_would_prove_nothing_is_refused(
    terminal: CliRunner, path: Path, arguments: list[str], typed: str, why: str
) -> None:
    upgrade(f"sqlite:///{path}")
    refused = terminal.invoke(app, ["add", *arguments], input=f"{typed}\n")
    assert refused.exit_code == 1
    assert why in refused.output
    assert terminal.invoke(app, ["list", "--json"]).stdout == "[]\n"


def test_nobody_is_added_twice(terminal: CliRunner) -> None:
    terminal.invoke(app, ["add", KARI], input="2749\n")
    again = terminal.invoke(app, ["add", KARI], input="9472\n")
    assert isinstance(again.exception, StorageError)
