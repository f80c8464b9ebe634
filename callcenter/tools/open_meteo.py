"""Open-Meteo: places and their weather (open-meteo.com, CC BY 4.0).

The one door to httpx. Both base URLs are settings; `/v1/search` and `/v1/forecast` are
ours to append. One request brings the weather of now and of sixteen days, so that the
caller's next question is answered from memory.
"""

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Final, TypeVar

import httpx
import msgspec
import structlog

from callcenter.errors import ToolFailed
from callcenter.tools.definition import Sorry
from callcenter.tools.desk import Forecast, Place

log = structlog.get_logger(__name__)

FORECAST_URL: Final = "https://api.open-meteo.com"
GEOCODING_URL: Final = "https://geocoding-api.open-meteo.com"

REQUEST_TIMEOUT_S: Final = 3.0
"""A caller hears silence meanwhile."""

TRIES: Final = 2
MOST_PLACES: Final = 50
"""Enough that Paris, Texas is among the places called Paris."""

FORECAST_DAYS: Final = 16
"""Open-Meteo's own limit."""

FRESH_S: Final = 600.0
"""Weather models are computed hourly; ten minutes old is as good as new."""

REMEMBERED: Final = 1000
"""Answers kept; the oldest goes first."""

DAILY: Final = (
    "weather_code,temperature_2m_max,temperature_2m_min,"
    "precipitation_probability_max,wind_speed_10m_max"
)
CURRENT: Final = "temperature_2m,weather_code,wind_speed_10m"

UNAVAILABLE: Final = (
    "The weather service does not answer. Do not guess the weather. Say so, and offer "
    "to try once more or to help with something else."
)
UNAVAILABLE_SAY: Final = "I am sorry, I cannot reach the weather service just now."


class _Row(msgspec.Struct):
    name: str
    latitude: float
    longitude: float
    country: str | None = None
    country_code: str | None = None
    admin1: str | None = None
    timezone: str | None = None
    population: int | None = None


class _Rows(msgspec.Struct):
    results: list[_Row] | None = None
    """Absent when there is no such place."""


class _Daily(msgspec.Struct):
    time: list[date]
    weather_code: list[float | None]
    temperature_2m_max: list[float | None]
    temperature_2m_min: list[float | None]
    precipitation_probability_max: list[float | None] | None = None
    wind_speed_10m_max: list[float | None] | None = None


class _Current(msgspec.Struct):
    temperature_2m: float | None = None
    weather_code: float | None = None
    wind_speed_10m: float | None = None


class _Weather(msgspec.Struct):
    daily: _Daily
    current: _Current | None = None


Reply = TypeVar("Reply", _Rows, _Weather)
_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class OpenMeteo:
    """The weather service behind `callcenter.tools.desk.Weather`.

    The client is shared and stays its owner's to close.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        forecast_url: str = FORECAST_URL,
        geocoding_url: str = GEOCODING_URL,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        self._http = http
        self._forecast_url = endpoint(forecast_url, "forecast")
        self._search_url = endpoint(geocoding_url, "search")
        self._seconds = seconds
        self._places: dict[str, tuple[Place, ...]] = {}
        self._weather: dict[tuple[float, float], tuple[float, _Weather]] = {}

    async def places(self, name: str) -> Sequence[Place]:
        """Places of that name, none if there is no such; raises ToolFailed."""
        key = name.casefold()
        if key not in self._places:
            query = {"name": name, "count": str(MOST_PLACES), "language": "en"}
            found = await self._get(self._search_url, query, _Rows)
            _forget_the_oldest(self._places)
            self._places[key] = tuple(_place(row) for row in found.results or ())
        return self._places[key]

    async def forecast(self, place: Place, day: date | None) -> Forecast:
        """The weather of a local day, or of now; raises ToolFailed."""
        weather = await self._weather_at(place)
        return _forecast(weather, place, day)

    async def _weather_at(self, place: Place) -> _Weather:
        key = (place.latitude, place.longitude)
        read_at, weather = self._weather.get(key, (0.0, None))
        if weather is None or self._seconds() - read_at > FRESH_S:
            query = {
                "latitude": str(place.latitude),
                "longitude": str(place.longitude),
                "daily": DAILY,
                "current": CURRENT,
                "timezone": place.zone or "auto",
                "forecast_days": str(FORECAST_DAYS),
            }
            weather = await self._get(self._forecast_url, query, _Weather)
            _forget_the_oldest(self._weather)
            self._weather[key] = (self._seconds(), weather)
        return weather

    async def _get(
        self, url: str, query: Mapping[str, str], kind: type[Reply]
    ) -> Reply:
        trouble = ""
        for _ in range(TRIES):
            try:
                reply = await self._http.get(
                    url, params=query, timeout=REQUEST_TIMEOUT_S
                )
            except httpx.TransportError as error:
                trouble = type(error).__name__
                continue
            if reply.status_code < 500:
                return self._read(reply, kind)
            trouble = str(reply.status_code)
        raise self._unavailable(url, trouble)

    def _read(self, reply: httpx.Response, kind: type[Reply]) -> Reply:
        url = str(reply.request.url.copy_with(query=None))
        if reply.status_code != 200:
            raise self._unavailable(url, str(reply.status_code))
        try:
            return msgspec.json.decode(reply.content, type=kind)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise self._unavailable(url, f"nonsense: {type(error).__name__}") from error

    def _unavailable(self, url: str, trouble: str) -> ToolFailed:
        """The query is not logged: it holds what the caller said."""
        log.warning("weather.unavailable", url=url, trouble=trouble)
        return Sorry(UNAVAILABLE, say=UNAVAILABLE_SAY)


def endpoint(base: str, name: str) -> str:
    """The address of a service, whether or not its base says `/v1` already."""
    root = re.sub(r"(/v1(/(search|forecast))?)?/*$", "", base.strip())
    return f"{root}/v1/{name}"


def _place(row: _Row) -> Place:
    return Place(
        name=row.name,
        region=row.admin1 or "",
        country=row.country or "",
        country_code=(row.country_code or "").upper(),
        latitude=row.latitude,
        longitude=row.longitude,
        zone=row.timezone or "",
        population=row.population or 0,
    )


def _forecast(weather: _Weather, place: Place, day: date | None) -> Forecast:
    """Out of the columns; the first row is the place's own today."""
    daily, now = weather.daily, weather.current
    days = daily.time if day is None else [d for d in daily.time if d == day]
    if not days:
        raise Sorry(
            "The weather service has no forecast for that day: say so, do not guess.",
            say="I am sorry, I have no forecast for that day.",
        )
    row = daily.time.index(days[0])
    code, wind = _cell(daily.weather_code, row), _cell(daily.wind_speed_10m_max, row)
    chance = _cell(daily.precipitation_probability_max, row)
    temperature = now.temperature_2m if now and day is None else None
    return Forecast(
        place=place,
        day=days[0],
        weather_code=-1 if code is None else int(code),
        low=_cell(daily.temperature_2m_min, row),
        high=_cell(daily.temperature_2m_max, row),
        rain_chance=None if chance is None else round(chance),
        wind_kmh=wind,
        temperature=temperature,
    )


def _cell(column: Sequence[float | None] | None, row: int) -> float | None:
    """Columns may be missing, short, or hold nulls."""
    return column[row] if column is not None and row < len(column) else None


def _forget_the_oldest(memory: dict[_Key, _Value]) -> None:
    while len(memory) >= REMEMBERED:
        del memory[next(iter(memory))]
