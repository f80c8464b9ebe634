"""Which bus a node is on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from callcenter.bus.local import LocalBus
from callcenter.errors import ConfigurationError
from callcenter.settings import Settings
from callcenter.wire.bus import Bus

if TYPE_CHECKING:
    from callcenter.bus.valkey import ValkeyBus


@asynccontextmanager
async def connected(settings: Settings) -> AsyncIterator[Bus]:
    """The bus, for as long as the node lives. Raises ConfigurationError, as check_url.

    A server that is down is no reason not to start.
    """
    bus = _valkey(settings)
    if bus is None:
        yield LocalBus()
        return
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(bus.run())
        try:
            yield bus
        finally:
            running.cancel()


def check_url(settings: Settings) -> None:
    """Raises ConfigurationError for a REDIS_URL that is none."""
    _valkey(settings)


def _valkey(settings: Settings) -> "ValkeyBus | None":
    url = settings.redis_url.get_secret_value()
    if not url:
        return None
    from callcenter.bus.valkey import ValkeyBus  # noqa: PLC0415  # 0.1 s, if needed

    try:
        return ValkeyBus(url)
    except ValueError as error:
        raise ConfigurationError(
            f"REDIS_URL is not like redis://valkey.example.com:6379/0: {error}."
        ) from error
