"""A name that is a letter away from a setting's is told, and not ignored."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from callcenter.assembly.misspelt import check_names, check_voice, misspelt
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    return tmp_path


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("OPENAI_APIKEY", "OPENAI_API_KEY"),
        ("OPENAI_KEY", "OPENAI_API_KEY"),
        ("TWILLIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN"),
        ("DATABASE-URL", "DATABASE_URL"),
        ("MAX_CALL", "MAX_CALLS"),
        ("public_uri", "PUBLIC_URL"),
    ],
)
def test_a_misspelt_name_is_known_for_what_it_was_meant_to_be(
    written: str, meant: str
) -> None:
    assert misspelt([written]) == {written.upper(): meant}


@pytest.mark.parametrize(
    "name",
    [
        *(name.upper() for name in Settings.model_fields),
        *("openai_api_key", "OPENAI_ORG_ID", "OPENAI_BASE_URL", "TWILIO_API_KEY"),
        *("HOSTNAME", "POSTGRES_PASSWORD", "PATH", "HTTP_PROXY", "LOGNAME", "LANG"),
    ],
)
def test_a_name_of_ours_or_of_somebody_elses_is_none(name: str) -> None:
    assert misspelt([name]) == {}


def test_a_name_beside_the_right_one_is_somebody_elses() -> None:
    assert misspelt(["TWILIO_ACCOUNT_SID_TEST", "TWILIO_ACCOUNT_SID"]) == {}


def test_a_start_with_a_misspelt_line_is_refused(folder: Path) -> None:
    (folder / ".env").write_text("OPENAI_APIKEY=sk-secret\nFOR_SOMEBODY_ELSE=1\n")
    with pytest.raises(ConfigurationError) as refused:
        check_names()
    assert str(refused.value) == (
        "OPENAI_APIKEY in .env is not a setting of ours: did you mean OPENAI_API_KEY?"
    )


def test_a_name_that_looks_like_ours_and_is_read_by_nobody_is_a_warning(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / ".env").write_text("TWILIO_REGION=ie1\nFOR_SOMEBODY_ELSE=1\n")
    check_names()
    said = capsys.readouterr().out
    assert "TWILIO_REGION in .env: nothing here reads it." in said
    assert "SOMEBODY" not in said


def test_the_environment_is_shared_with_others_and_only_warned_of(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OPENAI_APIKEY", "sk-secret")
    check_names()
    said = capsys.readouterr().out
    assert "OPENAI_APIKEY in the environment" in said
    assert "did you mean OPENAI_API_KEY?" in said
    assert "sk-secret" not in said


@pytest.mark.parametrize("level", ["verbose", "INFOO", "3"])
def test_a_level_that_nobody_knows_is_refused(
    level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOG_LEVEL", level)
    with pytest.raises(ValidationError, match="none of DEBUG, INFO, WARNING"):
        Settings()


def test_a_level_may_be_written_small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOG_LEVEL", "debug")
    assert Settings().log_level == "DEBUG"


def test_a_start_with_a_misspelt_voice_is_refused(
    capsys: pytest.CaptureFixture[str],
) -> None:
    check_voice("marin")
    with pytest.raises(ConfigurationError, match="'marinn'; did you mean 'marin'"):
        check_voice("marinn")
    check_voice("zephyr-9")
    assert "'zephyr-9' is none of the voices that we know" in capsys.readouterr().out
