"""Open-Meteo's replies: columns, any of which may be missing, short or full of nulls.

Its times are local, by the UTC offset of the moment of the request for the whole reply,
even behind a change to summer time (github.com/open-meteo/open-meteo/issues/488). They
are turned into true moments here.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from callcenter.tools.sky import UNKNOWN_CODE, Day, Hour, Outlook, Place, Sky

Column = list[float | None]

CURRENT: Final = (
    "temperature_2m,apparent_temperature,precipitation,weather_code,"
    "wind_speed_10m,wind_gusts_10m"
)
HOURLY: Final = (
    "temperature_2m,apparent_temperature,precipitation_probability,precipitation,"
    "snowfall,weather_code,wind_speed_10m,wind_gusts_10m"
)
DAILY: Final = (
    "weather_code,temperature_2m_max,temperature_2m_min,precipitation_sum,snowfall_sum,"
    "precipitation_probability_max,wind_speed_10m_max,wind_gusts_10m_max"
)


class PlaceRow(msgspec.Struct):
    """One place that the geocoder found."""

    name: str
    latitude: float
    longitude: float
    country: str | None = None
    country_code: str | None = None
    admin1: str | None = None
    timezone: str | None = None
    population: int | None = None


class Places(msgspec.Struct):
    """The geocoder's reply."""

    results: list[PlaceRow] | None = None
    """Absent when there is no such place."""


class Daily(msgspec.Struct):
    """A column for each variable, a row for each day."""

    time: list[date]
    weather_code: Column = []
    temperature_2m_max: Column = []
    temperature_2m_min: Column = []
    precipitation_sum: Column = []
    snowfall_sum: Column = []
    precipitation_probability_max: Column = []
    wind_speed_10m_max: Column = []
    wind_gusts_10m_max: Column = []


class Hourly(msgspec.Struct):
    """A column for each variable, a row for each hour."""

    time: list[str] = []
    temperature_2m: Column = []
    apparent_temperature: Column = []
    precipitation_probability: Column = []
    precipitation: Column = []
    snowfall: Column = []
    weather_code: Column = []
    wind_speed_10m: Column = []
    wind_gusts_10m: Column = []


class Current(msgspec.Struct):
    """Now, or within the last quarter of an hour."""

    time: str
    temperature_2m: float | None = None
    apparent_temperature: float | None = None
    precipitation: float | None = None
    weather_code: float | None = None
    wind_speed_10m: float | None = None
    wind_gusts_10m: float | None = None


class Forecast(msgspec.Struct):
    """The forecast's reply."""

    daily: Daily
    hourly: Hourly = msgspec.field(default_factory=Hourly)
    current: Current | None = None
    utc_offset_seconds: int = 0


def place_of(row: PlaceRow) -> Place:
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


def zone_of(place: Place) -> ZoneInfo | None:
    """The place's time zone, if it is one that we know."""
    try:
        return ZoneInfo(place.zone) if place.zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def sky_of(reply: Forecast, place: Place, age_s: float) -> Sky:
    """Raises ValueError when a time is none."""
    served = timezone(timedelta(seconds=reply.utc_offset_seconds))
    zone = zone_of(place) or served
    now = None if reply.current is None else _now(reply.current, served, zone)
    hours = [
        Hour(_moment(text, served, zone), _hour(reply.hourly, row))
        for row, text in enumerate(reply.hourly.time)
    ]
    daily = reply.daily
    days = [Day(day, _day(daily, row)) for row, day in enumerate(daily.time)]
    return Sky(place, now, hours, days, age_s)


def _moment(text: str, served: timezone, zone: tzinfo) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=served).astimezone(zone)


def _now(current: Current, served: timezone, zone: tzinfo) -> Hour:
    outlook = Outlook(
        code=_code(current.weather_code),
        low_c=current.temperature_2m,
        high_c=current.temperature_2m,
        feels_c=current.apparent_temperature,
        rain_mm=current.precipitation,
        wind_kmh=current.wind_speed_10m,
        gusts_kmh=current.wind_gusts_10m,
    )
    return Hour(_moment(current.time, served, zone), outlook)


def _hour(hourly: Hourly, row: int) -> Outlook:
    temperature = _cell(hourly.temperature_2m, row)
    return Outlook(
        code=_code(_cell(hourly.weather_code, row)),
        low_c=temperature,
        high_c=temperature,
        feels_c=_cell(hourly.apparent_temperature, row),
        rain_chance=_percent(_cell(hourly.precipitation_probability, row)),
        rain_mm=_cell(hourly.precipitation, row),
        snow_cm=_cell(hourly.snowfall, row),
        wind_kmh=_cell(hourly.wind_speed_10m, row),
        gusts_kmh=_cell(hourly.wind_gusts_10m, row),
    )


def _day(daily: Daily, row: int) -> Outlook:
    return Outlook(
        code=_code(_cell(daily.weather_code, row)),
        low_c=_cell(daily.temperature_2m_min, row),
        high_c=_cell(daily.temperature_2m_max, row),
        rain_chance=_percent(_cell(daily.precipitation_probability_max, row)),
        rain_mm=_cell(daily.precipitation_sum, row),
        snow_cm=_cell(daily.snowfall_sum, row),
        wind_kmh=_cell(daily.wind_speed_10m_max, row),
        gusts_kmh=_cell(daily.wind_gusts_10m_max, row),
    )


def _cell(column: Sequence[float | None], row: int) -> float | None:
    return column[row] if row < len(column) else None


def _code(number: float | None) -> int:
    return UNKNOWN_CODE if number is None else int(number)


def _percent(number: float | None) -> int | None:
    return None if number is None else round(number)
