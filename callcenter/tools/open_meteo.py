"""Open-Meteo: places and their weather (open-meteo.com, CC BY 4.0).

The one door to httpx. Both base URLs are settings; `/v1/search` and `/v1/forecast` are
ours to append. One request brings the weather of now, of every hour and of sixteen
days, so that the caller's next question is answered from memory.
"""

import asyncio
import re
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Final, TypeVar

import httpx
import msgspec
import structlog

from callcenter.errors import ToolFailed
from callcenter.tools.definition import Sorry
from callcenter.tools.memory import Memory
from callcenter.tools.open_meteo_replies import (
    CURRENT,
    DAILY,
    HOURLY,
    Forecast,
    Places,
    place_of,
    sky_of,
)
from callcenter.tools.sky import Place, Sky

log = structlog.get_logger(__name__)

FORECAST_URL: Final = "https://api.open-meteo.com"
GEOCODING_URL: Final = "https://geocoding-api.open-meteo.com"
WITH_KEY: Final = {
    FORECAST_URL: "https://customer-api.open-meteo.com",
    GEOCODING_URL: "https://customer-geocoding-api.open-meteo.com",
}
"""Where those who pay are served."""

REQUEST_TIMEOUT_S: Final = 3.0
"""Of all that one request does. A caller hears silence meanwhile."""

TRIES: Final = 2
PAUSE_S: Final = 0.2
"""Before the second try: what was restarting may be back."""

MOST_FOUND: Final = 50
"""Enough that Paris, Texas is among the places called Paris."""

FORECAST_DAYS: Final = 16
"""Open-Meteo's own limit."""

PLACES_FRESH_S: Final = 86_400.0
"""Towns do not move."""

STALE_S: Final = 3 * 3600.0
"""A forecast of this morning is better than none, if its age is told."""

PLACES_REMEMBERED: Final = 1000
SKIES_REMEMBERED: Final = 200
"""A hundred kilobytes each."""

RESTS_S: Final = {"minutely": 60.0, "hourly": 900.0, "daily": 3600.0}
"""After 429: Open-Meteo counts by the minute, hour and day, and says which was full."""

UNAVAILABLE: Final = (
    "The weather service does not answer. Do not guess the weather. Say so, and offer "
    "to try once more or to help with something else."
)
UNAVAILABLE_SAY: Final = "I am sorry, I cannot reach the weather service just now."

Reply = TypeVar("Reply", Places, Forecast)


class OpenMeteo:
    """The weather service behind `callcenter.tools.sky.Weather`.

    The client is shared and stays its owner's to close. With a key, Open-Meteo's own
    addresses become those of its paying customers.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        forecast_url: str = FORECAST_URL,
        geocoding_url: str = GEOCODING_URL,
        api_key: str = "",
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        if api_key:
            forecast_url = WITH_KEY.get(forecast_url.rstrip("/"), forecast_url)
            geocoding_url = WITH_KEY.get(geocoding_url.rstrip("/"), geocoding_url)
        self._http = http
        self._forecast_url = endpoint(forecast_url, "forecast")
        self._search_url = endpoint(geocoding_url, "search")
        self._key = {"apikey": api_key} if api_key else {}
        self._seconds = seconds
        self._places: Memory[str, Sequence[Place]] = Memory(PLACES_REMEMBERED, seconds)
        self._skies: Memory[Place, Forecast] = Memory(SKIES_REMEMBERED, seconds)
        self._rest_until_s = 0.0

    async def places(self, name: str) -> Sequence[Place]:
        """Places of that name, none if there is no such; raises ToolFailed."""
        key = " ".join(name.casefold().split())
        found, _ = await self._places.get(
            key,
            partial(self._search, name),
            fresh_s=PLACES_FRESH_S,
            stale_s=float("inf"),
        )
        return found

    async def sky(self, place: Place, fresh_s: float) -> Sky:
        """The weather there, its age told by `age_s`; raises ToolFailed."""
        reply, age_s = await self._skies.get(
            place, partial(self._forecast, place), fresh_s=fresh_s, stale_s=STALE_S
        )
        return sky_of(reply, place, age_s)

    async def _search(self, name: str) -> Sequence[Place]:
        query = {"name": name, "count": str(MOST_FOUND), "language": "en"}
        found = await self._get(self._search_url, query, Places)
        return tuple(place_of(row) for row in found.results or ())

    async def _forecast(self, place: Place) -> Forecast:
        query = {
            "latitude": str(place.latitude),
            "longitude": str(place.longitude),
            "current": CURRENT,
            "hourly": HOURLY,
            "daily": DAILY,
            "timezone": place.zone or "auto",
            "forecast_days": str(FORECAST_DAYS),
        }
        reply = await self._get(self._forecast_url, query, Forecast)
        try:
            sky_of(reply, place, 0.0)
        except ValueError as error:
            raise self._unavailable(self._forecast_url, "nonsense: time") from error
        return reply

    async def _get(
        self, url: str, query: Mapping[str, str], kind: type[Reply]
    ) -> Reply:
        if self._seconds() < self._rest_until_s:
            raise self._unavailable(url, "resting after 429")
        trouble = ""
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(PAUSE_S)
            try:
                async with asyncio.timeout(REQUEST_TIMEOUT_S):
                    reply = await self._http.get(url, params={**query, **self._key})
            except (httpx.TransportError, TimeoutError) as error:
                trouble = type(error).__name__
                continue
            if reply.status_code < 500:
                return self._read(reply, url, kind)
            trouble = str(reply.status_code)
        raise self._unavailable(url, trouble)

    def _read(self, reply: httpx.Response, url: str, kind: type[Reply]) -> Reply:
        if reply.status_code == 429:
            self._rest_until_s = self._seconds() + rest_s(reply)
        if reply.status_code != 200:
            raise self._unavailable(url, str(reply.status_code))
        try:
            return msgspec.json.decode(reply.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unavailable(url, f"nonsense: {type(error).__name__}") from error

    def _unavailable(self, url: str, trouble: str) -> ToolFailed:
        """The query is not logged: it holds what the caller said, and our key."""
        log.warning("weather.unavailable", url=url, trouble=trouble)
        return Sorry(UNAVAILABLE, say=UNAVAILABLE_SAY)


def endpoint(base: str, name: str) -> str:
    """The address of a service, whether or not its base says `/v1` already."""
    root = re.sub(r"(/v1(/(search|forecast))?)?/*$", "", base.strip())
    return f"{root}/v1/{name}"


def rest_s(reply: httpx.Response) -> float:
    """How long to leave a service alone that has had enough of us."""
    after = reply.headers.get("retry-after", "")
    if after.isdecimal():
        return min(float(after), RESTS_S["daily"])
    said = reply.text.lower()
    return next((rest for name, rest in RESTS_S.items() if name in said), 60.0)
