"""Open-Meteo over real sockets: its answers, its absence, and how often it is asked."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any, Self

import httpx
import msgspec
import pytest
from structlog.testing import capture_logs

from callcenter.errors import ToolFailed
from callcenter.simulator.weather import WeatherFault, WeatherSimulator
from callcenter.tools import open_meteo
from callcenter.tools.open_meteo import (
    PLACES_FRESH_S,
    STALE_S,
    OpenMeteo,
    endpoint,
    rest_s,
)
from callcenter.tools.open_meteo_replies import Forecast, sky_of
from callcenter.tools.sky import Outlook, Sky
from tests.tools.fakes import BERGEN

NOON = datetime(2026, 11, 22, 12, 7, tzinfo=UTC)
FRESH_S = 600.0


class Service:
    """The simulated Open-Meteo, our client of it, and a clock that a test winds."""

    def __init__(self, simulator: WeatherSimulator, http: httpx.AsyncClient) -> None:
        self.simulator = simulator
        self.seconds = 0.0
        self.meteo = OpenMeteo(
            http,
            forecast_url=simulator.url,
            geocoding_url=f"{simulator.url}/v1/",
            seconds=lambda: self.seconds,
        )

    @classmethod
    @asynccontextmanager
    async def open(cls, **options: Any) -> AsyncIterator[Self]:
        async with (
            WeatherSimulator(now=lambda: NOON, **options) as simulator,
            httpx.AsyncClient() as http,
        ):
            yield cls(simulator, http)

    async def sky(self) -> Sky:
        return await self.meteo.sky(BERGEN, FRESH_S)

    @property
    def asked(self) -> int:
        return len(self.simulator.requests)


@pytest.fixture
async def service(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    monkeypatch.setattr(open_meteo, "PAUSE_S", 0.0)
    monkeypatch.setattr(open_meteo, "REQUEST_TIMEOUT_S", 0.8)
    async with Service.open() as service:
        yield service


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


async def test_places_are_found_and_asked_for_once_a_day(service: Service) -> None:
    [bergen] = await service.meteo.places("Bergen")
    assert (bergen.region, bergen.country_code) == ("Vestland", "NO")
    assert bergen.zone == "Europe/Oslo"
    service.seconds = PLACES_FRESH_S
    assert await service.meteo.places("  BERGEN ") == (bergen,)
    assert service.asked == 1
    service.seconds += 1
    await service.meteo.places("Bergen")
    assert service.asked == 2
    assert await service.meteo.places("Xyzzyville") == ()


async def test_one_request_brings_now_the_hours_and_sixteen_days(
    service: Service,
) -> None:
    sky = await service.sky()
    assert sky.now is not None
    assert sky.now.at == datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
    assert sky.now.outlook.low_c is not None
    assert (len(sky.hours), len(sky.days)) == (16 * 24, 16)
    four = sky.between(
        datetime(2026, 11, 23, 15, tzinfo=UTC), datetime(2026, 11, 23, 16, tzinfo=UTC)
    )
    monday = sky.day(date(2026, 11, 23))
    assert four is not None
    assert monday is not None
    for one in (four, monday):
        assert None not in {one.low_c, one.high_c, one.rain_chance, one.rain_mm}
        assert None not in {one.snow_cm, one.wind_kmh, one.gusts_kmh}
    assert float(monday.low_c or 0) <= float(four.low_c or 0)
    assert service.asked == 1
    assert service.simulator.requests[0][1]["timezone"] == "Europe/Oslo"


async def test_an_answer_serves_as_long_as_it_is_fresh(service: Service) -> None:
    await service.sky()
    service.seconds = FRESH_S
    assert (await service.sky()).age_s == FRESH_S
    assert service.asked == 1
    service.seconds = FRESH_S + 1
    assert (await service.meteo.sky(BERGEN, 3 * FRESH_S)).age_s == FRESH_S + 1
    assert service.asked == 1
    assert (await service.sky()).age_s == 0
    assert service.asked == 2


async def test_callers_who_ask_at_once_ask_once(service: Service) -> None:
    service.simulator.slow_s = 0.05
    service.simulator.fault = WeatherFault.SLOW
    async with asyncio.TaskGroup() as callers:
        asking = [callers.create_task(service.sky()) for _ in range(5)]
    assert service.asked == 1
    assert len({task.result().days[0].outlook for task in asking}) == 1


async def test_a_caller_who_hangs_up_does_not_take_the_answer_along(
    service: Service,
) -> None:
    service.simulator.slow_s = 0.1
    service.simulator.fail_next(WeatherFault.SLOW)
    async with asyncio.TaskGroup() as callers:
        first = callers.create_task(service.sky())
        second = callers.create_task(service.sky())
        await asyncio.sleep(0.05)  # half of what the answer takes
        first.cancel()
    assert second.result().days
    assert service.asked == 2


async def test_callers_who_wait_together_are_told_of_the_failure_together(
    service: Service,
) -> None:
    service.simulator.fault = WeatherFault.SERVER_ERROR

    async def told() -> str:
        with pytest.raises(ToolFailed) as failed:
            await service.sky()
        return str(failed.value)

    async with asyncio.TaskGroup() as callers:
        asking = [callers.create_task(told()) for _ in range(5)]
    assert {"Do not guess the weather" in task.result() for task in asking} == {True}
    assert service.asked == 2


@pytest.mark.parametrize("trouble", [WeatherFault.SERVER_ERROR, WeatherFault.HANG])
async def test_one_trouble_is_forgiven(service: Service, trouble: WeatherFault) -> None:
    service.simulator.fail_next(trouble)
    assert (await service.sky()).days
    assert service.asked == 2


@pytest.mark.parametrize(
    ("fault", "tries", "trouble"),
    [
        (WeatherFault.SERVER_ERROR, 2, "500"),
        (WeatherFault.HANG, 2, "TimeoutError"),
        (WeatherFault.TOO_MANY, 1, "429"),
        (WeatherFault.NONSENSE, 1, "nonsense: DecodeError"),
        (WeatherFault.EMPTY, 1, "nonsense: ValidationError"),
    ],
)
async def test_more_trouble_is_told_to_the_model_and_logged_without_the_place(
    service: Service, fault: WeatherFault, tries: int, trouble: str
) -> None:
    service.simulator.fault = fault
    with (
        capture_logs() as logs,
        pytest.raises(ToolFailed, match="Do not guess the weather"),
    ):
        await service.sky()
    assert service.asked == tries
    assert logs == [
        {
            "event": "weather.unavailable",
            "log_level": "warning",
            "url": f"{service.simulator.url}/v1/forecast",
            "trouble": trouble,
        }
    ]


async def test_a_service_that_is_gone_is_told_like_one_that_is_silent() -> None:
    async with Service.open() as service:
        pass
    async with httpx.AsyncClient() as http:
        meteo = OpenMeteo(http, forecast_url=service.simulator.url)
        with pytest.raises(ToolFailed, match="does not answer"):
            await meteo.sky(BERGEN, FRESH_S)


async def test_while_the_service_is_down_an_old_answer_serves_and_tells_its_age(
    service: Service,
) -> None:
    await service.sky()
    service.simulator.fault = WeatherFault.SERVER_ERROR
    service.seconds = STALE_S
    assert (await service.sky()).age_s == STALE_S
    service.seconds = STALE_S + 1
    with pytest.raises(ToolFailed):
        await service.sky()


async def test_a_failure_is_not_remembered(service: Service) -> None:
    service.simulator.fail_next(WeatherFault.NONSENSE)
    with pytest.raises(ToolFailed):
        await service.meteo.places("Bergen")
    assert len(await service.meteo.places("Bergen")) == 1


async def test_a_service_that_has_had_enough_is_left_alone_for_a_while(
    service: Service,
) -> None:
    service.simulator.fail_next(WeatherFault.TOO_MANY)
    with pytest.raises(ToolFailed):
        await service.sky()
    service.seconds = 59.9
    with pytest.raises(ToolFailed):
        await service.meteo.places("Bergen")
    assert service.asked == 1
    service.seconds = 60.0
    assert (await service.sky()).days


@pytest.mark.parametrize(
    ("reason", "headers", "rest"),
    [
        ("Minutely API request limit exceeded.", {}, 60),
        ("Hourly API request limit exceeded.", {}, 900),
        ("Daily API request limit exceeded.", {}, 3600),
        ("Too many.", {}, 60),
        ("Daily", {"retry-after": "7"}, 7),
        ("Daily", {"retry-after": "999999"}, 3600),
        ("Hourly", {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, 900),
    ],
)
def test_how_long_depends_on_which_limit_was_full(
    reason: str, headers: dict[str, str], rest: float
) -> None:
    assert rest_s(httpx.Response(429, text=reason, headers=headers)) == rest


async def test_memory_has_an_end(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.meteo._places._most = 2
    for name in ("Oslo", "Paris", "Oslo", "London", "Oslo"):
        await service.meteo.places(name)
    assert service.asked == 3
    await service.meteo.places("Paris")
    assert service.asked == 4


async def test_a_key_is_shown_to_the_service_and_never_logged() -> None:
    async with Service.open(api_key="secret") as service, httpx.AsyncClient() as http:
        with capture_logs() as logs, pytest.raises(ToolFailed):
            await service.sky()
        url = service.simulator.url
        paying = OpenMeteo(http, forecast_url=url, geocoding_url=url, api_key="secret")
        assert (await paying.sky(BERGEN, FRESH_S)).days
        assert await paying.places("Bergen")
        wrong = OpenMeteo(http, forecast_url=url, api_key="secreT")
        with capture_logs() as more, pytest.raises(ToolFailed):
            await wrong.sky(BERGEN, FRESH_S)
    assert [line["trouble"] for line in (*logs, *more)] == ["401", "400"]
    assert "secre" not in str((*logs, *more))


async def test_with_a_key_the_addresses_are_those_of_paying_customers() -> None:
    hosts = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(503)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        for meteo in (OpenMeteo(http), OpenMeteo(http, api_key="secret")):
            with pytest.raises(ToolFailed):
                await meteo.places("Bergen")
            with pytest.raises(ToolFailed):
                await meteo.sky(BERGEN, FRESH_S)
    assert list(dict.fromkeys(hosts)) == [
        "geocoding-api.open-meteo.com",
        "api.open-meteo.com",
        "customer-geocoding-api.open-meteo.com",
        "customer-api.open-meteo.com",
    ]


def reply(**parts: object) -> Forecast:
    return msgspec.json.decode(json.dumps(parts).encode(), type=Forecast)


def test_columns_may_be_missing_short_or_full_of_nulls() -> None:
    found = sky_of(
        reply(
            daily={
                "time": ["2026-11-22", "2026-11-23"],
                "weather_code": [61, None],
                "temperature_2m_max": [11.2],
            }
        ),
        BERGEN,
        0.0,
    )
    assert (found.now, found.hours) == (None, [])
    assert found.day(date(2026, 11, 22)) == Outlook(61, high_c=11.2)
    assert found.day(date(2026, 11, 23)) == Outlook()
    assert found.day(date(2026, 11, 24)) is None


def test_hours_behind_a_change_of_the_clocks_are_true_moments() -> None:
    """The service counts on with the offset of the day on which it was asked."""
    hours = ["2026-10-24T12:00", "2026-10-26T12:00"]
    found = sky_of(
        reply(
            daily={"time": []},
            hourly={"time": hours, "temperature_2m": [1.0, 2.0]},
            utc_offset_seconds=7200,
        ),
        BERGEN,
        0.0,
    )
    assert [one.at.hour for one in found.hours] == [12, 11]
    assert found.hours[1].at.utcoffset() == timedelta(hours=1)


async def test_a_time_that_is_none_is_nonsense() -> None:
    body = {"daily": {"time": []}, "current": {"time": "soon"}}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=body)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        with pytest.raises(ToolFailed, match="does not answer"):
            await OpenMeteo(http).sky(BERGEN, FRESH_S)
