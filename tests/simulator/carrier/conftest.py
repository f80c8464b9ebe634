from collections.abc import AsyncIterator

import pytest

from callcenter.simulator.carrier import CarrierSimulator, Options
from tests.simulator.carrier.tiny_server import ACCOUNT, TOKEN, TinyServer, running

OURS = "+15005550006"


@pytest.fixture
async def server() -> AsyncIterator[TinyServer]:
    async with running(TinyServer()) as server:
        yield server
    assert server.badly_signed == []


@pytest.fixture
async def carrier(server: TinyServer) -> AsyncIterator[CarrierSimulator]:
    async with CarrierSimulator(
        account_sid=ACCOUNT,
        auth_token=TOKEN,
        number=OURS,
        voice_url=f"{server.url}/voice",
        voice_fallback_url=f"{server.url}/fallback",
        status_callback=f"{server.url}/status",
        hurry=20,
        options=Options(longest_say_ms=60),
    ) as carrier:
        yield carrier
