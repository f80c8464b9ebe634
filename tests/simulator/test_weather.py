"""The simulated Open-Meteo."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from callcenter.simulator.weather import WeatherFault, WeatherSimulator

NOON = datetime(2026, 11, 22, 12, 7, tzinfo=UTC)
BERGEN = {"latitude": "60.39299", "longitude": "5.32415"}


@pytest.fixture
async def weather() -> AsyncIterator[WeatherSimulator]:
    async with WeatherSimulator(now=lambda: NOON, slow_s=0.2) as weather:
        yield weather


async def get(weather: WeatherSimulator, path: str, **query: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=weather.url, timeout=0.5) as client:
        return await client.get(path, params=query)


async def found(weather: WeatherSimulator, **query: str) -> list[dict[str, Any]]:
    answer = await get(weather, "/v1/search", **query)
    assert answer.status_code == 200
    return list(answer.json().get("results", []))


async def test_the_larger_paris_comes_first(weather: WeatherSimulator) -> None:
    first, second = await found(weather, name="Paris")
    assert (first["country"], second["admin1"]) == ("France", "Texas")
    assert first["timezone"] == "Europe/Paris"


@pytest.mark.parametrize(
    ("name", "admin1"),
    [
        ("Paris, France", "Île-de-France"),
        ("Paris, Texas", "Texas"),
        ("Paris, TX", "Texas"),
        ("Springfield, IL", "Illinois"),
        ("London, Canada", "Ontario"),
    ],
)
async def test_a_qualifier_chooses_among_namesakes(
    weather: WeatherSimulator, name: str, admin1: str
) -> None:
    (only,) = await found(weather, name=name)
    assert only["admin1"] == admin1


async def test_three_letters_are_a_prefix_and_two_are_a_name(
    weather: WeatherSimulator,
) -> None:
    assert [p["name"] for p in await found(weather, name="ber")] == ["Berlin", "Bergen"]
    assert [p["name"] for p in await found(weather, name="Ås")] == ["Ås"]
    assert await found(weather, name="be") == []
    assert await found(weather, name="Å") == []


async def test_count_limits_the_springfields(weather: WeatherSimulator) -> None:
    assert len(await found(weather, name="Springfield")) == 5
    two = await found(weather, name="Springfield", count="2")
    assert [place["admin1"] for place in two] == ["Missouri", "Massachusetts"]


async def test_nothing_found_has_no_results_at_all(weather: WeatherSimulator) -> None:
    answer = await get(weather, "/v1/search", name="Nowhereville")
    assert answer.status_code == 200
    assert "results" not in answer.json()


async def test_a_count_out_of_range_is_refused(weather: WeatherSimulator) -> None:
    answer = await get(weather, "/v1/search", name="Oslo", count="0")
    assert answer.status_code == 400
    assert answer.json() == {
        "error": True,
        "reason": "Parameter count must be between 1 and 100.",
    }


async def test_a_forecast_has_columns_in_local_time(weather: WeatherSimulator) -> None:
    answer = await get(
        weather,
        "/v1/forecast",
        **BERGEN,
        current="temperature_2m,weather_code,is_day",
        hourly="precipitation_probability",
        daily="temperature_2m_max,temperature_2m_min,sunrise,weather_code",
        timezone="auto",
        forecast_days="3",
    )
    body = answer.json()
    assert (body["timezone"], body["utc_offset_seconds"]) == ("Europe/Oslo", 3600)
    assert body["timezone_abbreviation"] == "CET"
    assert body["current"]["time"] == "2026-11-22T13:00"
    assert body["current"]["is_day"] == 1
    assert body["current_units"]["temperature_2m"] == "°C"
    assert body["daily"]["time"] == ["2026-11-22", "2026-11-23", "2026-11-24"]
    assert len(body["hourly"]["precipitation_probability"]) == 72
    highs, lows = (body["daily"][f"temperature_2m_{end}"] for end in ("max", "min"))
    assert all(high > low for high, low in zip(highs, lows, strict=True))
    assert lows[0] <= body["current"]["temperature_2m"] <= highs[0]
    assert body["daily"]["sunrise"][0].startswith("2026-11-22T0")


async def test_the_same_question_has_the_same_answer(weather: WeatherSimulator) -> None:
    asked = {**BERGEN, "current": "temperature_2m,wind_speed_10m"}
    first = await get(weather, "/v1/forecast", **asked)
    second = await get(weather, "/v1/forecast", **asked)
    assert first.json() == second.json()
    elsewhere = await get(
        weather,
        "/v1/forecast",
        latitude="1.3",
        longitude="36.8",
        current="temperature_2m",
    )
    warm = elsewhere.json()["current"]["temperature_2m"]
    assert warm > first.json()["current"]["temperature_2m"] + 10


async def test_units_are_converted(weather: WeatherSimulator) -> None:
    asked = {**BERGEN, "current": "temperature_2m,wind_speed_10m"}
    metric = (await get(weather, "/v1/forecast", **asked)).json()
    answer = await get(
        weather, "/v1/forecast", **asked, temperature_unit="fahrenheit",
        wind_speed_unit="mph",
    )  # fmt: skip
    body = answer.json()
    celsius = metric["current"]["temperature_2m"]
    assert body["current"]["temperature_2m"] == round(celsius * 9 / 5 + 32, 1)
    assert body["current_units"]["temperature_2m"] == "°F"
    assert body["current_units"]["wind_speed_10m"] == "mp/h"


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ({"longitude": "5"}, "latitude"),
        ({"latitude": "91", "longitude": "5"}, "Latitude must be in range"),
        (BERGEN | {"current": "tempeture_2m"}, "invalid String value tempeture_2m"),
        (BERGEN | {"daily": "temperature_2m_max"}, "Timezone is required"),
        (BERGEN | {"forecast_days": "17"}, "Allowed range 0 to 16. Given 17."),
    ],
)
async def test_a_bad_question_is_refused_with_its_reason(
    weather: WeatherSimulator, query: dict[str, str], reason: str
) -> None:
    answer = await get(weather, "/v1/forecast", **query)
    assert answer.status_code == 400
    assert answer.json()["error"] is True
    assert reason in answer.json()["reason"]


async def test_it_can_break_in_every_way(weather: WeatherSimulator) -> None:
    weather.fail_next(
        WeatherFault.SERVER_ERROR, WeatherFault.NONSENSE, WeatherFault.SLOW
    )
    assert (await get(weather, "/v1/search", name="Oslo")).status_code == 500
    assert "html" in (await get(weather, "/v1/search", name="Oslo")).text
    slow = await get(weather, "/v1/search", name="Oslo")
    assert slow.elapsed.total_seconds() > 0.15
    weather.fault = WeatherFault.HANG
    with pytest.raises(httpx.ReadTimeout):
        await get(weather, "/v1/search", name="Oslo")
    weather.fault = None
    assert len(await found(weather, name="Oslo")) == 1
    assert len(weather.requests) == 5


async def test_hours_have_all_that_a_day_is_made_of(weather: WeatherSimulator) -> None:
    answer = await get(
        weather,
        "/v1/forecast",
        **BERGEN,
        hourly="precipitation,snowfall,wind_gusts_10m",
        daily="precipitation_sum,snowfall_sum,wind_gusts_10m_max",
        timezone="auto",
        forecast_days="2",
    )
    hourly, daily = answer.json()["hourly"], answer.json()["daily"]
    assert answer.json()["hourly_units"]["snowfall"] == "cm"
    for many, one in (
        ("precipitation", "precipitation_sum"),
        ("snowfall", "snowfall_sum"),
    ):
        assert daily[one][0] == pytest.approx(sum(hourly[many][:24]), abs=0.1)
    assert daily["wind_gusts_10m_max"][1] == max(hourly["wind_gusts_10m"][24:])


async def test_a_storm_can_be_ordered(weather: WeatherSimulator) -> None:
    weather.always = {"wind_gusts_10m": 120, "wind_gusts_10m_max": 120}
    asked = {
        "current": "wind_gusts_10m",
        "hourly": "wind_gusts_10m,temperature_2m",
        "daily": "wind_gusts_10m_max",
        "timezone": "auto",
    }
    body = (await get(weather, "/v1/forecast", **BERGEN, **asked)).json()
    assert body["current"]["wind_gusts_10m"] == 120
    assert set(body["hourly"]["wind_gusts_10m"]) == {120}
    assert set(body["daily"]["wind_gusts_10m_max"]) == {120}
    assert len(set(body["hourly"]["temperature_2m"])) > 1


async def test_without_the_key_a_paid_service_refuses() -> None:
    async with WeatherSimulator(api_key="k") as paid:
        without = await get(paid, "/v1/search", name="Oslo")
        wrong = await get(paid, "/v1/search", name="Oslo", apikey="x")
        right = await get(paid, "/v1/search", name="Oslo", apikey="k")
    assert [one.status_code for one in (without, wrong, right)] == [401, 400, 200]
    assert "API key required" in without.json()["reason"]


async def test_too_many_requests_are_refused_as_by_the_real_one(
    weather: WeatherSimulator,
) -> None:
    weather.fail_next(WeatherFault.TOO_MANY, WeatherFault.TOO_MANY_TODAY)
    minute = await get(weather, "/v1/search", name="Oslo")
    today = await get(weather, "/v1/search", name="Oslo")
    assert (minute.status_code, today.status_code) == (429, 429)
    assert minute.json()["reason"].startswith("Minutely API request limit exceeded")
    assert today.json()["reason"].startswith("Daily API request limit exceeded")
