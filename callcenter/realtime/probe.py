"""Whether the Realtime model lets us in: a session is opened, and closed at once."""

import asyncio
from http import HTTPStatus
from typing import Final
from urllib.parse import urlencode

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from callcenter.errors import ModelError

TIMEOUT_SECONDS: Final = 10.0

REFUSED: Final = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})


async def probe(url: str, key: str, model: str) -> None:
    """Open a session of this model. Raises ModelError with a sentence.

    Costs nothing: nothing is said. `retry` is False when the key or the model is
    refused, so that waiting would not help.
    """
    address = f"{url}{'&' if '?' in url else '?'}{urlencode({'model': model})}"
    authorization = {"Authorization": f"Bearer {key}"}
    try:
        async with (
            asyncio.timeout(TIMEOUT_SECONDS),
            connect(address, additional_headers=authorization) as socket,
        ):
            first = msgspec.json.decode(await socket.recv())
    except InvalidStatus as error:
        raise _refused(error.response.status_code, model) from error
    except (WebSocketException, OSError, ValueError) as error:  # also no JSON
        reason = str(error) or type(error).__name__
        raise ModelError(f"The model at {url} does not answer: {reason}.") from error
    if not isinstance(first, dict) or first.get("type") != "session.created":
        told = first.get("error", {}) if isinstance(first, dict) else {}
        reason = told.get("message") or "its first word was not session.created"
        raise ModelError(f"The model refused the session: {reason}", retry=False)


def _refused(status: int, model: str) -> ModelError:
    if status in REFUSED:
        return ModelError(f"The key was refused (HTTP {status}).", retry=False)
    if status == HTTPStatus.NOT_FOUND:
        return ModelError(f"There is no model {model!r} there (404).", retry=False)
    return ModelError(f"The model answered with HTTP {status}.")
