"""A node with a house of its own."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from callcenter.assembly.appointments import links_of
from callcenter.assembly.node import running
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings
from callcenter.storage.engine import Database
from callcenter.storage.sessions import kept_key
from callcenter.wire.links import Links

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = (ROOT / "house.example.toml").read_text(encoding="utf-8")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(
        _env_file=None,
        agents_dir=ROOT / "agents",
        database_url=f"sqlite+aiosqlite:///{tmp_path}/calls.db",
        secret_key=SecretStr("secret"),
        public_url="https://calls.example.com",
    )


async def test_the_house_s_file_decides_what_can_be_booked(
    settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "house.toml").write_text(EXAMPLE.replace("workshop stand 2", "ramp"))
    links = links_of(settings)
    async with running(settings) as node:
        client = node.app.test_client()
        feed = links.feed("ramp").removeprefix(links.base)
        answer = await client.get(feed)
        assert answer.status_code == 200
        assert "X-WR-CALNAME:ramp (Fjord Cycles)" in await answer.get_data(as_text=True)
        assert (await client.get(feed.partition("?")[0])).status_code == 404


async def test_without_a_secret_key_links_survive_a_restart_and_are_every_node_s(
    settings: Settings,
) -> None:
    unset = Settings(
        _env_file=None,
        agents_dir=ROOT / "agents",
        database_url=settings.database_url,
        public_url=settings.public_url,
    )
    for _ in range(2):
        async with running(unset) as node:
            database = Database.open(unset.database_url)
            links = Links(await kept_key(database), unset.public_base)
            await database.close()
            feed = links.feed("workshop stand 1").removeprefix(links.base)
            assert (await node.app.test_client().get(feed)).status_code == 200


@pytest.mark.parametrize("written", ["[house]\nname = 7", None])
async def test_a_house_that_cannot_be_understood_stops_the_start(
    settings: Settings, tmp_path: Path, written: str | None
) -> None:
    path = tmp_path / "mine.toml"
    if written:
        path.write_text(written)
    with pytest.raises(ConfigurationError, match=r"mine\.toml"):
        async with running(settings.model_copy(update={"house_file": path})):
            pass
