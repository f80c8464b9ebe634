"""A node that cannot check signatures believes nobody but this machine."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from callcenter.assembly.node import running
from callcenter.assembly.order import NO_SIGNATURES
from callcenter.settings import Settings
from tests.fakes.asking import asking, form, served

TUNNELS = [
    {"X-Forwarded-For": "203.0.113.7"},
    {"X-Forwarded-Host": "calls.example.test"},
    {"Forwarded": "for=203.0.113.7"},
    {"X-Real-Ip": "203.0.113.7"},
    {"Host": "calls.example.test"},
    {"Host": "127.0.0.1.example.test"},
    {"Host": "0.0.0.0"},
]


def settings(folder: Path, **more: object) -> Settings:
    (folder / "none.toml").touch()
    return Settings(
        _env_file=None,
        **{
            "openai_api_key": SecretStr(""),
            "database_url": f"sqlite+aiosqlite:///{folder / 'callcenter.db'}",
            "operators_file": folder / "none.toml",
            "twilio_auth_token": SecretStr(""),
            "public_url": "",
            **more,
        },  # type: ignore[arg-type]
    )


async def test_this_machine_is_believed_and_strangers_and_tunnels_are_not(
    tmp_path: Path,
) -> None:
    async with (
        running(settings(tmp_path)) as node,
        served(node.app) as address,
        asking(address) as somebody,
    ):
        believed = await somebody.unsigned("/voice/fallback")
        assert believed.status_code == 200
        for headers in TUNNELS:
            refused = await somebody.unsigned("/voice/fallback", headers=headers)
            assert refused.status_code == 403, headers
        assert node.problems["token"] == NO_SIGNATURES


async def test_a_tunnel_is_not_believed_although_it_is_the_public_address(
    tmp_path: Path,
) -> None:
    tunnel = "https://calls.example.test"
    async with (
        running(settings(tmp_path, public_url=tunnel)) as node,
        served(node.app) as address,
        asking(address) as somebody,
    ):
        headers = {"Host": "calls.example.test"}
        refused = await somebody.unsigned("/incoming-call", form(), headers)
        assert refused.status_code == 403
        assert node.floor._calls == {}


async def test_addresses_are_those_of_the_request_when_none_is_set(
    tmp_path: Path,
) -> None:
    with_key = settings(
        tmp_path,
        openai_api_key=SecretStr("sk-test"),
        openai_realtime_url="ws://127.0.0.1:9/v1/realtime",
    )
    async with (
        running(with_key) as node,
        served(node.app) as address,
        asking(address) as somebody,
    ):
        answer = await somebody.unsigned("/incoming-call")
        assert f'url="{address.replace("http", "ws", 1)}/media-stream"' in answer.text
        assert f'action="{address}/voice/after-stream"' in answer.text


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:1", "[::1]:8000"])
async def test_this_machine_has_several_names(tmp_path: Path, host: str) -> None:
    async with (
        running(settings(tmp_path)) as node,
        served(node.app) as address,
        asking(address) as somebody,
    ):
        answer = await somebody.unsigned("/voice/fallback", headers={"Host": host})
        assert answer.status_code == 200
