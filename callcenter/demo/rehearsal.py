"""The center and both of its far ends, on this machine, over real sockets."""

import asyncio
import secrets
import socket
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from hypercorn.asyncio import serve
from pydantic import SecretStr

from callcenter.assembly.node import Node, running
from callcenter.assembly.server import hypercorn_config
from callcenter.domain.events import Fact
from callcenter.settings import Settings
from callcenter.simulator.carrier.carrier import CarrierSimulator
from callcenter.simulator.carrier.operators import OperatorBehaviour
from callcenter.simulator.model.server import ModelSimulator
from callcenter.simulator.speech import voice
from callcenter.simulator.weather import WeatherSimulator

NUMBER = "+15005550006"
"""Twilio's own test number: nobody has it."""

NOT_AT_ALL_S = 3_600
"""Who rehearses a conversation does not wait for its wrap-up; the demo does."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """Everything that is running, for whoever places calls."""

    node: Node
    carrier: CarrierSimulator
    model: ModelSimulator
    weather: WeatherSimulator
    address: str


@asynccontextmanager
async def rehearsal(
    folder: Path,
    operators_file: Path,
    operators: Mapping[str, OperatorBehaviour],
    *,
    watchers: Sequence[Callable[[Fact], None]] = (),
    settings: Mapping[str, object] | None = None,
    model: ModelSimulator | None = None,
    hurry: float = 1.0,
) -> AsyncIterator[Rehearsal]:
    """Run a center on its embedded defaults, with no account, key or network.

    `folder` is where its database goes. The clients in between are the real ones.
    """
    door = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{door.getsockname()[1]}"
    account, token = "AC" + secrets.token_hex(16), secrets.token_hex(16)
    async with (
        WeatherSimulator() as weather,
        model or ModelSimulator() as ends,
        CarrierSimulator(
            account_sid=account,
            auth_token=token,
            number=NUMBER,
            voice_url=f"{address}/incoming-call",
            voice_fallback_url=f"{address}/voice/fallback",
            status_callback=f"{address}/voice/status",
            operators=operators,
            speak=voice.OPERATOR.say,
            hurry=hurry,
        ) as carrier,
    ):
        chosen: dict[str, object] = {
            "public_url": address,
            "openai_api_key": SecretStr("sk-rehearsal"),
            "openai_realtime_url": ends.url,
            "twilio_account_sid": account,
            "twilio_auth_token": SecretStr(token),
            "twilio_phone_number": NUMBER,
            "twilio_api_url": carrier.api_url,
            "open_meteo_url": weather.url,
            "open_meteo_geocoding_url": weather.geocoding_url,
            "database_url": f"sqlite+aiosqlite:///{folder / 'callcenter.db'}",
            "operators_file": operators_file,
            "wrap_up_after_seconds": NOT_AT_ALL_S,
        }
        # What is given outranks the environment: no real account is ever touched.
        configured = Settings(_env_file=None, **(chosen | dict(settings or {})))  # type: ignore[arg-type]
        async with (
            running(configured, watchers=watchers) as node,
            asyncio.TaskGroup() as tasks,
        ):
            ended = asyncio.Event()
            config = hypercorn_config(door)
            tasks.create_task(serve(node.app, config, shutdown_trigger=ended.wait))
            try:
                yield Rehearsal(node, carrier, ends, weather, address)
            finally:
                ended.set()
