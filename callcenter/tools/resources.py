"""What companies' own tools bring with them: clients, pools, caches.

A module of tools may have

    @asynccontextmanager
    async def resources() -> AsyncIterator[Crm]: ...

It is entered when the node starts and left when it ends, in the same task; what it
yields is `desk.resources["the module's name"]` in every call.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from types import ModuleType
from typing import Any, Final

import structlog

from callcenter.errors import ConfigurationError

OPEN_SECONDS: Final = 30.0
"""A node that does not start is better than one that hangs while it starts."""

CLOSE_SECONDS: Final = 10.0

logger = structlog.get_logger(__name__)


@asynccontextmanager
async def opened(modules: Iterable[ModuleType]) -> AsyncIterator[Mapping[str, Any]]:
    """What all of them bring. Raises ConfigurationError when one cannot be opened."""
    found: dict[str, Any] = {}
    async with AsyncExitStack() as doors:
        for module in modules:
            if (opening := getattr(module, "resources", None)) is None:
                continue
            door = _door(module.__name__, opening)
            found[module.__name__] = await doors.enter_async_context(door)
        yield found


@asynccontextmanager
async def _door(name: str, opening: Any) -> AsyncIterator[Any]:  # noqa: ANN401  # theirs
    """One module's. A fault at its end is logged: the others must be closed, too."""
    try:
        manager = opening()
        async with asyncio.timeout(OPEN_SECONDS):
            resource = await manager.__aenter__()
    except Exception as error:  # whatever it is, it is a foreign module's
        raise ConfigurationError(
            f"{name}: its resources cannot be opened: {type(error).__name__}: {error}"
        ) from error
    try:
        yield resource
    finally:
        try:
            async with asyncio.timeout(CLOSE_SECONDS):
                await manager.__aexit__(None, None, None)
        except Exception:  # as above
            logger.exception("resources_not_closed", module=name)
