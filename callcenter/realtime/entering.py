"""How a session with the model is entered, and what it means when that fails."""

import asyncio
from typing import Final

from agents.exceptions import AgentsException
from agents.realtime import RealtimeSession
from websockets.exceptions import WebSocketException

from callcenter.errors import ModelError

REFUSED: Final = frozenset({401, 403, 404})
"""A key or a model that is refused now is refused in a second, too."""


async def entered(session: RealtimeSession, within_s: float) -> None:
    """Connect it. Raises ModelError, which says whether another try may fare better."""
    try:
        async with asyncio.timeout(within_s):
            await session.enter()
    except (TimeoutError, OSError, WebSocketException, AgentsException) as error:
        raise ModelError(
            f"The model could not be reached: {str(error) or repr(error)}",
            retry=_status(error) not in REFUSED,
        ) from error


def _status(error: BaseException) -> int | None:
    """The HTTP status with which a handshake was refused."""
    response = getattr(error, "response", None)
    return getattr(response, "status_code", None)
