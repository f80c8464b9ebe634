"""GET /metrics for Prometheus; and what only the web side can count."""

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from hmac import compare_digest
from ipaddress import ip_address
from typing import Final, Protocol

from quart import Quart, Response, request, websocket
from quart.typing import ResponseTypes

from callcenter.domain.scopes import Scope, allows
from callcenter.storage.api_keys import ApiKeys
from callcenter.wire.webhooks import REPETITION_FIELD

MIME: Final = "text/plain; version=0.0.4; charset=utf-8"
BEARER: Final = "Bearer "
OF_TWILIO: Final = (
    "/incoming-call",
    "/media-stream",
    "/voice/",
    "/operator/",
    "/callback/",
)
MOST_TOKENS: Final = 2_000
"""Twilio repeats a webhook within seconds."""

FOR_OTHERS: Final = ("forwarded", "via", "x-forwarded-for", "x-real-ip")
"""A proxy on this machine speaks for somebody else."""


class Count(Protocol):
    """A counter of prometheus_client."""

    def inc(self, amount: float = 1) -> None: ...


def install(
    app: Quart,
    written: Callable[[], Awaitable[bytes]],
    keys: ApiKeys,
    *,
    token: str,
) -> None:
    """Serve the metrics."""

    @app.get("/metrics")
    async def metrics() -> Response:
        if not await _may_look(keys, token):
            challenge = {"WWW-Authenticate": "Bearer"}
            return Response("Send a token or a key.\n", 401, challenge)
        return Response(await written(), content_type=MIME)


def count_webhooks(app: Quart, *, forged: Count, duplicates: Count) -> None:
    """Count Twilio's webhooks that come again, and those that are not Twilio's."""
    seen: OrderedDict[str, None] = OrderedDict()

    @app.before_request
    async def repeated() -> None:
        said = request.headers.get(REPETITION_FIELD, "")
        if not said or not request.path.startswith(OF_TWILIO):
            return
        mark = f"{request.path} {said[:100]}"
        if mark in seen:
            duplicates.inc()
        seen[mark] = None
        if len(seen) > MOST_TOKENS:
            seen.popitem(last=False)

    _count_forged(app, forged)


def _count_forged(app: Quart, forged: Count) -> None:
    @app.after_request
    async def refused(answer: Response) -> Response:
        if answer.status_code == 403 and request.path.startswith(OF_TWILIO):
            forged.inc()
        return answer

    @app.after_websocket
    async def not_let_in(answer: ResponseTypes | None) -> ResponseTypes | None:
        """A handshake that was refused; None: it was accepted."""
        refused = answer is not None and answer.status_code == 403
        if refused and websocket.path.startswith(OF_TWILIO):
            forged.inc()
        return answer


async def _may_look(keys: ApiKeys, token: str) -> bool:
    said = request.headers.get("Authorization", "")
    if not said.startswith(BEARER):
        return not said and _here()
    given = said.removeprefix(BEARER).strip()
    if token and compare_digest(given.encode(), token.encode()):
        return True
    key = await keys.find(given)
    return key is not None and allows(key.scopes, Scope.METRICS_READ)


def _here() -> bool:
    """Whether this very machine asks, and for itself."""
    if any(name in request.headers for name in FOR_OTHERS):
        return False
    try:
        return ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return request.remote_addr == "<local>"
