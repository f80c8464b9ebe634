"""A node starts whatever is down, says what is wrong, and catches up."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from callcenter.assembly import node as assembly, readiness
from callcenter.assembly.node import running
from callcenter.domain import events as e
from callcenter.errors import CallCenterError
from callcenter.floor import floor
from callcenter.simulator.model import hearing
from tests.fakes.asking import asking
from tests.fakes.center import Caller, center
from tests.web.test_without_a_token import settings


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(hearing._SEMANTIC_PATIENCE_MS, "auto", 100)
    monkeypatch.setattr(floor, "LINGER_SECONDS", 0.05)
    monkeypatch.setattr(assembly, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(assembly, "FLUSH_SECONDS", 0.5)
    monkeypatch.setattr(readiness, "FRESH_MS", 0)


async def test_calls_are_served_while_the_database_is_down_and_stored_when_it_is_back(
    tmp_path: Path,
) -> None:
    mount = tmp_path / "mount"
    url = f"sqlite+aiosqlite:///{mount / 'callcenter.db'}"
    async with center(tmp_path, settings={"database_url": url}) as here:
        assert "cannot be used" in here.node.problems["database"]

        async def script(caller: Caller) -> None:
            await caller.hears_agent()
            await caller.asks("thank you")

        call = await here.call(script)
        await here.happened(e.CallEnded)
        async with asking(here.address) as probe:
            down = await probe.client.get(f"{here.address}/readyz")
            assert down.status_code == 503
            mount.mkdir()
            await here.until(lambda: not here.node.not_ready())
            back = await probe.client.get(f"{here.address}/readyz")
            assert back.json() == {"status": "ready"}
        story = await here.story(call)
        assert [turn["heard"] for turn in story["turns"]][1] == "thank you"
        assert story["disposition"] == "resolved"


async def test_what_was_not_stored_in_time_is_stored_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database = tmp_path / "callcenter.db"
    database.mkdir()  # no file can be there
    async with center(tmp_path, prepared=False) as here:

        async def script(caller: Caller) -> None:
            await caller.hears_agent()

        call = await here.call(script)
        await here.happened(e.CallEnded)
    assert (tmp_path / "callcenter.journal").exists()
    database.rmdir()
    async with center(tmp_path) as here:
        assert (await here.story(call))["ended_at"] is not None


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("database_url", "nonsense", "DATABASE_URL is not a database URL"),
        ("database_url", "sqlite://", "in memory"),
        ("entry_agent", "nobody", "nobody"),
        ("agents_dir", Path("/nowhere/at/all"), "/nowhere/at/all"),
    ],
)
async def test_settings_that_make_no_sense_end_the_start_with_a_sentence(
    tmp_path: Path, setting: str, value: object, sentence: str
) -> None:
    with pytest.raises(CallCenterError, match=sentence):
        async with running(settings(tmp_path, **{setting: value})):
            pass


async def test_an_operators_file_that_makes_no_sense_ends_the_start_with_a_sentence(
    tmp_path: Path,
) -> None:
    path = tmp_path / "operators.toml"
    path.write_text('[[operators]]\nname = "Ada"\n')
    with pytest.raises(CallCenterError, match="exactly one of number, sip or client"):
        async with running(settings(tmp_path, operators_file=path)):
            pass


async def test_an_operators_file_that_was_asked_for_must_be_there(
    tmp_path: Path,
) -> None:
    asked_for = settings(tmp_path, operators_file=tmp_path / "nope.toml")
    with pytest.raises(CallCenterError, match=r"There is no .*nope.toml \(OPERATORS"):
        async with running(asked_for):
            pass


async def test_secrets_are_not_in_the_problems(tmp_path: Path) -> None:
    wrong = settings(
        tmp_path,
        database_url="postgresql+psycopg://callcenter:s3cret@127.0.0.1:9/calls",
        openai_api_key=SecretStr("sk-very-secret"),
    )
    async with running(wrong) as node:
        text = " ".join(node.not_ready())
    assert "cannot be" in text
    assert "s3cret" not in text
    assert "sk-very-secret" not in text
    assert "sk-very-secret" not in repr(wrong)
