"""The settings are what .env.example says they are."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from callcenter import __version__
from callcenter.cli.app import app, main
from callcenter.settings import Settings

EXAMPLE = (Path(__file__).parent.parent / ".env.example").read_text(encoding="utf-8")
LISTED = dict(re.findall(r"^#([A-Z_]+)=(.*)$", EXAMPLE, re.MULTILINE))

SAID_IN_WORDS = {"public_url", "greeting", "secret_key"}
"""Their defaults are no values, or made anew."""


def test_an_empty_greeting_is_a_choice_and_other_empty_lines_are_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("GREETING=\nPORT=\nOPENAI_VOICE=\n")
    chosen = Settings()
    assert chosen.greeting == ""
    assert (chosen.port, chosen.openai_voice) == (8000, "marin")
    (tmp_path / ".env").write_text("")
    assert Settings().greeting is None


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - {"secret_key"}))
def test_every_setting_is_in_the_example(name: str) -> None:
    assert name.upper() in LISTED


@pytest.mark.parametrize("name", sorted(LISTED))
def test_the_example_lists_only_settings(name: str) -> None:
    assert name.lower() in Settings.model_fields


@pytest.mark.parametrize("name", sorted(set(Settings.model_fields) - SAID_IN_WORDS))
def test_the_example_says_the_default(
    name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(name.upper(), raising=False)
    by_itself = getattr(Settings(), name)
    monkeypatch.setenv(name.upper(), LISTED[name.upper()])
    as_in_the_example = getattr(Settings(), name)
    assert as_in_the_example == by_itself


@pytest.mark.parametrize(
    "limits",
    [
        {"filler_seconds": 20, "give_up_seconds": 1},
        {"filler_seconds": 6},
        {"ask_again_seconds": 15},
    ],
)
def test_what_comes_first_must_be_the_shortest(limits: dict[str, float]) -> None:
    with pytest.raises(ValidationError, match=r"FILLER_SECONDS .* must be less than"):
        Settings(_env_file=None, **limits)  # type: ignore[arg-type]


def test_an_error_in_the_settings_is_in_our_words(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FILLER_SECONDS", "20")
    monkeypatch.setattr("sys.argv", ["callcenter", "schedule", "check"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err == (
        "FILLER_SECONDS (20) must be less than ASK_AGAIN_SECONDS (6), and that less "
        "than GIVE_UP_SECONDS (15)\n"
    )


def test_lines_that_set_nothing_are_told_once_with_their_place(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text("# ours\nPORT=1\nwhat is this\n\nOPENAI_API_KEY\n")
    monkeypatch.setattr("sys.argv", ["callcenter", "schedule", "check"])
    with pytest.raises(SystemExit):
        main()
    assert capsys.readouterr().err == (
        ".env:3: not like NAME=value: mend or remove it.\n"
        ".env:5: not like NAME=value: mend or remove it.\n"
    )


def test_the_version_is_told() -> None:
    result = CliRunner().invoke(app, ["--version"])
    assert (result.exit_code, result.stdout) == (0, f"callcenter {__version__}\n")
