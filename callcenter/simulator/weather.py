"""Open-Meteo, simulated: geocoding and forecasts over real HTTP."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

from aiohttp import web

from callcenter.simulator.forecast import Refused, forecast, utc_now
from callcenter.simulator.places import search

MAX_COUNT: Final = 100
DEFAULT_COUNT: Final = 10
SHUTDOWN_S: Final = 0.5


class WeatherFault(StrEnum):
    """What a request meets."""

    SERVER_ERROR = "500"
    SLOW = "answers after `slow_s`"
    HANG = "never answers"
    NONSENSE = "200, but not JSON"
    EMPTY = "200, an empty object"
    TOO_MANY = "429, too many in this minute"
    TOO_MANY_TODAY = "429, the free tier is used up"


LIMITS: Final = {
    WeatherFault.TOO_MANY: "Minutely API request limit exceeded. Please try again in "
    "one minute.",
    WeatherFault.TOO_MANY_TODAY: "Daily API request limit exceeded. Please try again "
    "tomorrow.",
}


class WeatherSimulator:
    """Use as `async with`; `url` and `geocoding_url` are bases for `/v1/…`.

    `fail_next` breaks single requests; `fault` breaks all while it is set. With an
    `api_key`, it serves paying customers alone. What stands in `always` is so
    everywhere: `{"wind_gusts_10m_max": 110}` is a storm.
    """

    def __init__(
        self,
        *,
        host: str = "127.0.0.1",
        now: Callable[[], datetime] = utc_now,
        slow_s: float = 3.0,
        api_key: str = "",
    ) -> None:
        self.fault: WeatherFault | None = None
        self.always: dict[str, float] = {}
        self._api_key = api_key
        self.slow_s = slow_s
        self.requests: list[tuple[str, dict[str, str]]] = []
        """Path and query of each."""
        self.url = ""
        self._host = host
        self._now = now
        self._next: deque[WeatherFault] = deque()
        self._closing = asyncio.Event()
        app = web.Application()
        app.router.add_get("/v1/search", self._search)
        app.router.add_get("/v1/forecast", self._forecast)
        self._runner = web.AppRunner(app, shutdown_timeout=SHUTDOWN_S)

    @property
    def geocoding_url(self) -> str:
        return self.url

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, self._host, 0).start()
        self.url = f"http://{self._host}:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        await self._runner.cleanup()

    def fail_next(self, *faults: WeatherFault) -> None:
        """The next requests meet these, in order."""
        self._next.extend(faults)

    async def _search(self, request: web.Request) -> web.Response:
        if (broken := await self._fail(request)) is not None:
            return broken
        query = request.query
        if "name" not in query:
            return _refuse("Parameter 'name' is required")
        count = query.get("count", str(DEFAULT_COUNT))
        if not count.isdigit() or not 1 <= int(count) <= MAX_COUNT:
            return _refuse(f"Parameter count must be between 1 and {MAX_COUNT}.")
        found = search(query["name"], query.get("countryCode", ""))[: int(count)]
        body: dict[str, object] = {"generationtime_ms": 0.6}
        if found:  # Open-Meteo never returns empty fields
            body = {"results": [place.body() for place in found]} | body
        return web.json_response(body)

    async def _forecast(self, request: web.Request) -> web.Response:
        if (broken := await self._fail(request)) is not None:
            return broken
        try:
            body = forecast(request.query, self._now(), self.always)
            return web.json_response(body)
        except Refused as refusal:
            return _refuse(str(refusal))

    async def _fail(self, request: web.Request) -> web.Response | None:
        self.requests.append((request.path, dict(request.query)))
        match self._next.popleft() if self._next else self.fault:
            case WeatherFault.SERVER_ERROR:
                return web.Response(status=500, text="Internal Server Error")
            case WeatherFault.TOO_MANY | WeatherFault.TOO_MANY_TODAY as limit:
                return _refuse(LIMITS[limit], 429)
            case WeatherFault.NONSENSE:
                return web.Response(text="<html>Not today</html>")
            case WeatherFault.EMPTY:
                return web.json_response({})
            case WeatherFault.SLOW:
                await asyncio.sleep(self.slow_s)
            case WeatherFault.HANG:
                await self._closing.wait()
            case None:
                pass
        return self._paid(request.query.get("apikey", ""))

    def _paid(self, key: str) -> web.Response | None:
        """Status and words are those of the service's own source."""
        if key == self._api_key:
            return None
        if not key:
            return _refuse("API key required. Please add &apikey= to the URL.", 401)
        return _refuse("The supplied API key is invalid.")


def _refuse(reason: str, status: int = 400) -> web.Response:
    text = json.dumps({"error": True, "reason": reason})
    return web.Response(status=status, text=text, content_type="application/json")
