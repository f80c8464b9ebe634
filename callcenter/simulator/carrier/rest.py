"""The REST API's door: who may come in, what is logged, what goes wrong on purpose."""

import asyncio
import json
from base64 import b64encode
from collections import deque
from collections.abc import Mapping
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler

from callcenter.simulator.carrier.call_routes import CallRoutes
from callcenter.simulator.carrier.conference_routes import ConferenceRoutes
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.faults import RestFault
from callcenter.simulator.carrier.interpreter import RunVerb
from callcenter.simulator.carrier.other_routes import OtherRoutes
from callcenter.simulator.carrier.records import Exchanged
from callcenter.simulator.carrier.resources import RestError, account_path

SHUTDOWN_S: Final = 0.5
_JSON: Final = "application/json"
UNAUTHORIZED: Final = RestError(401, 20003, "Authenticate")
_REFUSALS: Final[Mapping[RestFault, RestError]] = {
    RestFault.TOO_MANY: RestError(429, 20429, "Too Many Requests"),
    RestFault.SERVER_ERROR: RestError(500, 20500, "Internal Server Error"),
}


class RestApi:
    """Serves `/2010-04-01/Accounts/{sid}…` on a free port."""

    def __init__(
        self,
        exchange: Exchange,
        auth_token: str,
        log: list[Exchanged],
        verbs: Mapping[str, RunVerb],
    ) -> None:
        self._exchange = exchange
        self._log = log
        credentials = f"{exchange.account_sid}:{auth_token}".encode()
        self._authorization = "Basic " + b64encode(credentials).decode()
        self.faults: deque[RestFault] = deque()
        self._closing = asyncio.Event()
        app = web.Application(middlewares=[self._enter])
        base = account_path(exchange.account_sid)
        CallRoutes(exchange, verbs).add_to(app, base)
        ConferenceRoutes(exchange).add_to(app, base)
        OtherRoutes(exchange).add_to(app, base)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S)

    async def start(self, host: str) -> str:
        """Listen; return the base URL."""
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, 0)
        await site.start()
        port = self._runner.addresses[0][1]
        return f"http://{host}:{port}"

    async def stop(self) -> None:
        self._closing.set()
        await self._runner.cleanup()

    @web.middleware
    async def _enter(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        started_s = asyncio.get_running_loop().time()
        form = await request.post() if request.method == "POST" else request.query
        params = {name: str(value) for name, value in form.items()}
        status, body = 0, ""
        try:
            response = await self._answer(request, handler)
            status = response.status
            body = _readable(response)
        finally:
            self._log.append(
                Exchanged(
                    "rest", request.method, str(request.url), params, status, body,
                    started_s, asyncio.get_running_loop().time(),
                )
            )  # fmt: skip
        return response

    async def _answer(
        self, request: web.Request, handler: Handler
    ) -> web.StreamResponse:
        fault = self.faults.popleft() if self.faults else None
        try:
            if request.headers.get("Authorization") != self._authorization:
                raise UNAUTHORIZED
            if fault is not None and fault in _REFUSALS:
                raise _REFUSALS[fault]
            if fault is RestFault.HANG:
                await self._closing.wait()
                raise _REFUSALS[RestFault.SERVER_ERROR]
            response = await handler(request)
        except RestError as error:
            return _json(error.body(), error.status)
        except web.HTTPMethodNotAllowed:
            return _json(RestError(405, 20004, "Method not allowed").body(), 405)
        except web.HTTPNotFound:
            return _json(not_found(request.path).body(), 404)
        if fault is RestFault.EXECUTED_THEN_HANG:
            await self._closing.wait()
        return response


def _readable(response: web.StreamResponse) -> str:
    """What the log keeps of an answer: not the sound of a recording."""
    if not isinstance(response, web.Response) or response.content_type != _JSON:
        return ""
    return response.text or ""


def not_found(path: str) -> RestError:
    text = f"The requested resource {path} was not found"
    return RestError(404, 20404, text)


def _json(body: Mapping[str, object], status: int = 200) -> web.Response:
    return web.Response(text=json.dumps(body), status=status, content_type=_JSON)
