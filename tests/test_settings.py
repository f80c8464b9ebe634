"""The settings are what .env.example says they are."""

import re
from pathlib import Path

import pytest

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
