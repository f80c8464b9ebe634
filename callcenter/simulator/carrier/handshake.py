"""Opening Twilio's side of a Media Stream's WebSocket."""

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from callcenter.simulator.carrier.faults import Signature
from callcenter.simulator.carrier.webhooks import Webhooks

CONNECT_TIMEOUT: Final = 31901
REFUSED: Final = 31902
BROKEN_PIPE: Final = 31903
NOT_101: Final = 31920
CLOSED_WITH_ERROR: Final = 31921
BAD_SCHEME: Final = 31922
CONNECT_TIMEOUT_S: Final = 10.0
CLOSE_TIMEOUT_S: Final = 2.0
"""For the server's answer to our close frame; then the socket is dropped."""
_WRONG: Final = "d3JvbmcgYnV0IHdlbGwgZm9ybWVkISE="
_LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class HandshakeFailed(Exception):
    """The stream's WebSocket could not be opened."""

    def __init__(self, code: int, text: str) -> None:
        super().__init__(text)
        self.code = code


class StreamSocket:
    """One WebSocket with its own connection, so that it can be cut like a cable."""

    def __init__(
        self, session: aiohttp.ClientSession, ws: aiohttp.ClientWebSocketResponse
    ) -> None:
        self._session = session
        self.ws = ws

    async def close(self, code: int = 1000) -> None:
        """Close politely, then drop the connection."""
        await self.ws.close(code=code)
        await self._session.close()

    async def reset(self) -> None:
        """Cut the connection: the server sees a TCP reset, no closing handshake."""
        raw = self.ws.get_extra_info("socket")
        if raw is not None:
            linger_for_nothing = struct.pack("ii", 1, 0)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_for_nothing)
        await self._session.close()
        await self.ws.close()  # sends nothing any more; gives the response back


async def open_socket(
    webhooks: Webhooks,
    url: str,
    signature: Signature = Signature.RIGHT,
    *,
    signed_as_wss: bool = False,
) -> StreamSocket:
    """Shake hands as Twilio's stream client does. Raises `HandshakeFailed`."""
    parts = urlsplit(url)
    if parts.scheme != "wss" and parts.hostname not in _LOOPBACK:
        raise HandshakeFailed(BAD_SCHEME, f"Stream URL is not wss://: {url}")
    signed = "wss://" + url.partition("://")[2] if signed_as_wss else url
    headers = _signed(webhooks.signature(signed), signature)
    session = aiohttp.ClientSession(
        timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_TIMEOUT_S)
    )
    try:
        ws = await session.ws_connect(
            webhooks.reached_at(url),
            headers=headers,
            timeout=aiohttp.ClientWSTimeout(ws_close=CLOSE_TIMEOUT_S),
            max_msg_size=0,
            autoping=True,
        )
    except aiohttp.WSServerHandshakeError as error:
        await session.close()
        text = f"Handshake answered {error.status}"
        raise HandshakeFailed(NOT_101, text) from error
    except TimeoutError as error:
        await session.close()
        raise HandshakeFailed(CONNECT_TIMEOUT, "Connection timed out") from error
    except (aiohttp.ClientError, ValueError) as error:
        await session.close()
        raise HandshakeFailed(REFUSED, f"Connection failed: {error}") from error
    except asyncio.CancelledError:
        await session.close()
        raise
    return StreamSocket(session, ws)


def _signed(right: str, signature: Signature) -> Mapping[str, str]:
    match signature:
        case Signature.MISSING:
            return {}
        case Signature.WRONG:
            return {"X-Twilio-Signature": _WRONG}
        case Signature.RIGHT:
            return {"X-Twilio-Signature": right}
