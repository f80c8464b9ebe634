"""The command line says who may sign in."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from callcenter.cli.app import app
from callcenter.storage.passwords import is_hash
from callcenter.storage.schema import upgrade

GOOD = "a long password\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    url = f"sqlite+aiosqlite:///{tmp_path / 'calls.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    upgrade(url)


def users(*args: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["users", *args], input=typed)


def listed() -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(users("list", "--json").output)
    return found


def test_somebody_comes_changes_and_goes() -> None:
    assert "users add" in users("list").output
    assert users("add", "Ada", "--role", "admin", typed=GOOD).exit_code == 0
    assert users("add", "bea", typed=GOOD).exit_code == 0
    assert [(one["name"], one["role"]) for one in listed()] == [
        ("ada", "admin"),
        ("bea", "operator"),
    ]
    assert users("set-role", "bea", "supervisor").exit_code == 0
    assert users("set-password", "BEA", typed=GOOD).exit_code == 0
    assert users("disable", "bea").exit_code == 0
    shown = users("list").output
    assert "supervisor" in shown
    assert "disabled" in shown
    assert users("enable", "bea").exit_code == 0
    assert not listed()[1]["disabled"]


def test_a_taken_name_an_unknown_one_and_a_weak_password_are_refused() -> None:
    users("add", "ada", typed=GOOD)
    assert "already" in users("add", "ADA", typed=GOOD).output
    assert "nobody named" in users("set-role", "bea", "admin").output
    for weak in ("short", "aaaaaaaaaaaaaaaa", "x" * 2000):
        answer = users("add", "cai", typed=f"{weak}\n")
        assert (answer.exit_code, len(listed())) == (1, 1), answer.output


def test_the_last_admin_stays() -> None:
    users("add", "ada", "--role", "admin", typed=GOOD)
    assert "last admin" in users("disable", "ada").output
    assert "last admin" in users("set-role", "ada", "viewer").output
    users("add", "bea", "--role", "admin", typed=GOOD)
    assert users("disable", "ada").exit_code == 0
    assert "last admin" in users("disable", "bea").output


def test_a_hash_is_for_the_settings_and_holds_no_password() -> None:
    answer = users("hash", typed=GOOD)
    assert is_hash(answer.stdout.strip())
    assert "long" not in answer.stdout
