import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from callcenter.errors import ToolFailed
from callcenter.tools.desk import Forecast, Place
from callcenter.tools.open_meteo import REMEMBERED, OpenMeteo, endpoint
from tests.tools.fakes import BERGEN

FOUND = {
    "results": [
        {
            "id": 3161732,
            "name": "Bergen",
            "latitude": 60.39,
            "longitude": 5.32,
            "country_code": "NO",
            "timezone": "Europe/Oslo",
            "population": 213585,
            "country": "Norway",
            "admin1": "Vestland",
        },
        {"name": "Bergen", "latitude": 1, "longitude": 2.5, "population": None},
    ],
    "generationtime_ms": 0.6,
}
DAILY: dict[str, list[Any]] = {
    "time": ["2026-11-22", "2026-11-23", "2026-11-24"],
    "weather_code": [61, 3, None],
    "temperature_2m_max": [11.2, 12.0, None],
    "temperature_2m_min": [6.0, 7.1, None],
    "precipitation_probability_max": [80, 10, None],
    "wind_speed_10m_max": [33.1, 12.0, None],
}
WEATHER = {
    "latitude": 60.4,
    "timezone": "Europe/Oslo",
    "current": {"time": "2026-11-22T12:15", "temperature_2m": 9.1, "weather_code": 61},
    "daily_units": {"time": "iso8601"},
    "daily": DAILY,
}

Reply = httpx.Response | httpx.TransportError


@dataclass
class Sky:
    """Open-Meteo, answering in turn; the last answer repeats itself."""

    replies: list[Reply]
    asked: list[httpx.URL] = field(default_factory=list)
    seconds: float = 0.0

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, httpx.TransportError):
            raise reply
        return httpx.Response(reply.status_code, content=reply.content)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[OpenMeteo]:
        async with httpx.AsyncClient(
            transport=httpx.MockTransport(self.answer)
        ) as http:
            yield OpenMeteo(http, seconds=lambda: self.seconds)


def ok(body: object) -> httpx.Response:
    return httpx.Response(200, content=json.dumps(body).encode())


DOWN: Callable[[], Reply] = lambda: httpx.Response(503)  # noqa: E731
LATE: Callable[[], Reply] = lambda: httpx.ReadTimeout("late")  # noqa: E731
GONE: Callable[[], Reply] = lambda: httpx.ConnectError("gone")  # noqa: E731


@pytest.mark.parametrize(
    "base",
    [
        "https://meteo.example/sky",
        "https://meteo.example/sky/",
        "https://meteo.example/sky/v1",
        "https://meteo.example/sky/v1/",
        "https://meteo.example/sky/v1/forecast",
    ],
)
def test_a_base_url_may_be_written_in_any_way(base: str) -> None:
    assert endpoint(base, "forecast") == "https://meteo.example/sky/v1/forecast"


async def test_places_are_found_and_what_is_missing_is_empty() -> None:
    sky = Sky([ok(FOUND)])
    async with sky.open() as meteo:
        found = await meteo.places("Bergen")
    assert found == (BERGEN, Place("Bergen", "", "", "", 1.0, 2.5, "", 0))
    [url] = sky.asked
    assert (url.host, url.path) == ("geocoding-api.open-meteo.com", "/v1/search")
    assert url.params["name"] == "Bergen"


async def test_no_such_place_has_no_results_at_all() -> None:
    async with Sky([ok({"generationtime_ms": 0.1})]).open() as meteo:
        assert await meteo.places("Xyzzyville") == ()


async def test_the_weather_of_now_is_the_first_row_and_the_current_temperature() -> (
    None
):
    sky = Sky([ok(WEATHER)])
    async with sky.open() as meteo:
        forecast = await meteo.forecast(BERGEN, None)
    assert forecast == Forecast(
        BERGEN, date(2026, 11, 22), 61, 6.0, 11.2, 80, 33.1, temperature=9.1
    )
    [url] = sky.asked
    assert (url.host, url.path) == ("api.open-meteo.com", "/v1/forecast")
    assert url.params["timezone"] == "Europe/Oslo"
    assert url.params["forecast_days"] == "16"


async def test_a_day_is_found_by_its_date_and_nulls_stay_unknown() -> None:
    async with Sky([ok(WEATHER)]).open() as meteo:
        monday = await meteo.forecast(BERGEN, date(2026, 11, 23))
        tuesday = await meteo.forecast(BERGEN, date(2026, 11, 24))
    assert (monday.weather_code, monday.high, monday.temperature) == (3, 12.0, None)
    assert (tuesday.weather_code, tuesday.high, tuesday.rain_chance) == (-1, None, None)


async def test_a_day_that_is_not_there_is_never_replaced_by_another() -> None:
    async with Sky([ok(WEATHER)]).open() as meteo:
        with pytest.raises(ToolFailed, match="no forecast for that day"):
            await meteo.forecast(BERGEN, date(2026, 12, 1))


async def test_columns_may_be_missing_or_short() -> None:
    columns = ("time", "weather_code", "temperature_2m_max", "temperature_2m_min")
    daily = {name: DAILY[name] for name in columns}
    daily["temperature_2m_max"] = []
    async with Sky([ok({"daily": daily})]).open() as meteo:
        forecast = await meteo.forecast(BERGEN, None)
    assert (forecast.high, forecast.low, forecast.wind_kmh) == (None, 6.0, None)


@pytest.mark.parametrize("trouble", [DOWN, LATE, GONE])
async def test_one_trouble_is_forgiven(trouble: Callable[[], Reply]) -> None:
    sky = Sky([trouble(), ok(WEATHER)])
    async with sky.open() as meteo:
        assert (await meteo.forecast(BERGEN, None)).weather_code == 61
    assert len(sky.asked) == 2


@pytest.mark.parametrize(
    ("reply", "tries", "trouble"),
    [
        (DOWN(), 2, "503"),
        (LATE(), 2, "ReadTimeout"),
        (GONE(), 2, "ConnectError"),
        (httpx.Response(400, json={"error": True, "reason": "No."}), 1, "400"),
        (httpx.Response(429), 1, "429"),
        (httpx.Response(200, content=b"<html>"), 1, "nonsense: DecodeError"),
        (httpx.Response(200, content=b'"\xff"'), 1, "nonsense: ValidationError"),
        (ok({"daily": {"time": ["soon"]}}), 1, "nonsense: ValidationError"),
        (ok({"daily": "none"}), 1, "nonsense: ValidationError"),
        (ok([]), 1, "nonsense: ValidationError"),
    ],
)
async def test_more_trouble_is_told_to_the_model_and_logged_without_the_place(
    reply: Reply, tries: int, trouble: str
) -> None:
    sky = Sky([reply])
    with capture_logs() as logs:
        async with sky.open() as meteo:
            with pytest.raises(ToolFailed, match="Do not guess the weather"):
                await meteo.forecast(BERGEN, None)
    assert len(sky.asked) == tries
    assert logs == [
        {
            "event": "weather.unavailable",
            "log_level": "warning",
            "url": "https://api.open-meteo.com/v1/forecast",
            "trouble": trouble,
        }
    ]


async def test_places_are_asked_for_once() -> None:
    sky = Sky([ok(FOUND)])
    async with sky.open() as meteo:
        assert await meteo.places("Bergen") == await meteo.places("BERGEN")
    assert len(sky.asked) == 1


async def test_the_weather_is_asked_for_again_after_ten_minutes() -> None:
    sky = Sky([ok(WEATHER)])
    async with sky.open() as meteo:
        await meteo.forecast(BERGEN, None)
        sky.seconds = 600.0
        await meteo.forecast(BERGEN, date(2026, 11, 23))
        assert len(sky.asked) == 1
        sky.seconds = 600.1
        await meteo.forecast(BERGEN, None)
        assert len(sky.asked) == 2


async def test_a_failure_is_not_remembered() -> None:
    sky = Sky([httpx.Response(429), ok(FOUND)])
    async with sky.open() as meteo:
        with pytest.raises(ToolFailed):
            await meteo.places("Bergen")
        assert len(await meteo.places("Bergen")) == 2


async def test_memory_has_an_end() -> None:
    sky = Sky([ok(FOUND)])
    async with sky.open() as meteo:
        for number in range(REMEMBERED + 1):
            await meteo.places(f"Town {number}")
        await meteo.places("Town 1")
        assert len(sky.asked) == REMEMBERED + 1
        await meteo.places("Town 0")
        assert len(sky.asked) == REMEMBERED + 2
