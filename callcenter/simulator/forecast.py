"""Open-Meteo's forecast answer: columns by variable, units beside them."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callcenter.simulator import climate
from callcenter.simulator.climate import Spot
from callcenter.simulator.places import PLACES, Place

Value: TypeAlias = float | int | str
Body: TypeAlias = dict[str, object]
Momentary: TypeAlias = Callable[[Spot, datetime], Value]
Daily: TypeAlias = Callable[[Spot, date], Value]

CURRENT_INTERVAL_S: Final = 900
MAX_FORECAST_DAYS: Final = 16
MAX_PAST_DAYS: Final = 92
DEFAULT_DAYS: Final = 7
_HOURS: Final = 24
_NEAR_DEGREES: Final = 2.0
_DEGREES_PER_HOUR: Final = 15


class Refused(Exception):
    """A question that Open-Meteo answers with HTTP 400; the text is its reason."""


_MOMENTARY: Final[Mapping[str, tuple[str, Momentary]]] = {
    "temperature_2m": ("°C", climate.temperature_c),
    "apparent_temperature": ("°C", climate.feels_c),
    "relative_humidity_2m": ("%", climate.humidity_percent),
    "is_day": ("", climate.is_day),
    "precipitation": ("mm", climate.precipitation_mm),
    "rain": ("mm", climate.precipitation_mm),
    "snowfall": ("cm", climate.snowfall_cm),
    "precipitation_probability": ("%", climate.probability_percent),
    "weather_code": ("wmo code", climate.weather_code),
    "cloud_cover": ("%", climate.clouds_percent),
    "wind_speed_10m": ("km/h", climate.wind_kmh),
    "wind_direction_10m": ("°", climate.wind_degrees),
    "wind_gusts_10m": ("km/h", climate.gusts_kmh),
}


def _over_the_day(choose: Callable[[list[Value]], Value], hourly: Momentary) -> Daily:
    def value(spot: Spot, day: date) -> Value:
        hours = [climate.at_hour(day, hour) for hour in range(_HOURS)]
        return choose([hourly(spot, hour) for hour in hours])

    return value


def _largest(values: list[Value]) -> Value:
    return max(values, key=float)


def _smallest(values: list[Value]) -> Value:
    return min(values, key=float)


def _total(values: list[Value]) -> Value:
    return round(sum(float(value) for value in values), 1)


def _sunrise(spot: Spot, day: date) -> Value:
    return _minutes(climate.at_hour(day, climate.sun_hours(spot, day)[0]))


def _sunset(spot: Spot, day: date) -> Value:
    return _minutes(climate.at_hour(day, climate.sun_hours(spot, day)[1]))


def _uv(spot: Spot, day: date) -> Value:
    sunrise, sunset = climate.sun_hours(spot, day)
    return round((sunset - sunrise) / 2, 2)


_DAILY: Final[Mapping[str, tuple[str, Daily]]] = {
    "weather_code": ("wmo code", _over_the_day(_largest, climate.weather_code)),
    "temperature_2m_max": ("°C", _over_the_day(_largest, climate.temperature_c)),
    "temperature_2m_min": ("°C", _over_the_day(_smallest, climate.temperature_c)),
    "apparent_temperature_max": ("°C", _over_the_day(_largest, climate.feels_c)),
    "apparent_temperature_min": ("°C", _over_the_day(_smallest, climate.feels_c)),
    "precipitation_sum": ("mm", _over_the_day(_total, climate.precipitation_mm)),
    "rain_sum": ("mm", _over_the_day(_total, climate.precipitation_mm)),
    "snowfall_sum": ("cm", _over_the_day(_total, climate.snowfall_cm)),
    "precipitation_probability_max": (
        "%",
        _over_the_day(_largest, climate.probability_percent),
    ),
    "wind_speed_10m_max": ("km/h", _over_the_day(_largest, climate.wind_kmh)),
    "wind_gusts_10m_max": ("km/h", _over_the_day(_largest, climate.gusts_kmh)),
    "wind_direction_10m_dominant": (
        "°",
        _over_the_day(_largest, climate.wind_degrees),
    ),
    "uv_index_max": ("", _uv),
    "sunrise": ("iso8601", _sunrise),
    "sunset": ("iso8601", _sunset),
}

_CONVERSIONS: Final[Mapping[tuple[str, str], tuple[str, Callable[[float], float]]]] = {
    ("°C", "fahrenheit"): ("°F", lambda c: c * 9 / 5 + 32),
    ("km/h", "ms"): ("m/s", lambda kmh: kmh / 3.6),
    ("km/h", "mph"): ("mp/h", lambda kmh: kmh / 1.609344),
    ("km/h", "kn"): ("kn", lambda kmh: kmh / 1.852),
    ("mm", "inch"): ("inch", lambda mm: mm / 25.4),
}
_UNIT_PARAMETERS: Final = {
    "°C": "temperature_unit",
    "km/h": "wind_speed_unit",
    "mm": "precipitation_unit",
}


def forecast(
    query: Mapping[str, str], now: datetime, always: Mapping[str, float] | None = None
) -> Body:
    """Answer one question. Raises `Refused`.

    `always` are variables that have this value everywhere and at all times.
    """
    spot = Spot(
        _coordinate(query, "latitude", 90), _coordinate(query, "longitude", 180)
    )
    zone = _zone(query, spot)
    local = now.astimezone(zone)
    offset = local.utcoffset() or timedelta()
    body: Body = {
        "latitude": round(spot.latitude, 2),
        "longitude": round(spot.longitude, 2),
        "generationtime_ms": 0.1,
        "utc_offset_seconds": int(offset.total_seconds()),
        "timezone": str(zone),
        "timezone_abbreviation": local.tzname() or "GMT",
        "elevation": 38.0,
    }
    days = _days(query, local.date())
    body |= _current(query, spot, local) | _hourly(query, spot, days)
    body |= _daily(query, spot, days)
    for name, value in (always or {}).items():
        _overwrite(body, name, value)
    return body


def _overwrite(body: Body, name: str, value: float) -> None:
    for part in ("current", "hourly", "daily"):
        columns = body.get(part)
        if isinstance(columns, dict) and name in columns:
            known = columns[name]
            columns[name] = [value] * len(known) if isinstance(known, list) else value


def _current(query: Mapping[str, str], spot: Spot, local: datetime) -> Body:
    if not (names := _names(query, "current", _MOMENTARY)):
        return {}
    minute = local.minute - local.minute % (CURRENT_INTERVAL_S // 60)
    moment = local.replace(minute=minute, second=0, microsecond=0, tzinfo=None)
    units: Body = {"time": "iso8601", "interval": "seconds"}
    values: Body = {"time": _minutes(moment), "interval": CURRENT_INTERVAL_S}
    for name in names:
        unit, calculate = _MOMENTARY[name]
        units[name], values[name] = _converted(query, unit, calculate(spot, moment))
    return {"current_units": units, "current": values}


def _hourly(query: Mapping[str, str], spot: Spot, days: list[date]) -> Body:
    if not (names := _names(query, "hourly", _MOMENTARY)):
        return {}
    hours = [climate.at_hour(day, hour) for day, hour in product(days, range(_HOURS))]
    columns: Body = {"time": [_minutes(hour) for hour in hours]}
    units: Body = {"time": "iso8601"}
    for name in names:
        unit, calculate = _MOMENTARY[name]
        pairs = [_converted(query, unit, calculate(spot, hour)) for hour in hours]
        units[name] = pairs[0][0] if pairs else unit
        columns[name] = [value for _, value in pairs]
    return {"hourly_units": units, "hourly": columns}


def _daily(query: Mapping[str, str], spot: Spot, days: list[date]) -> Body:
    if not (names := _names(query, "daily", _DAILY)):
        return {}
    columns: Body = {"time": [day.isoformat() for day in days]}
    units: Body = {"time": "iso8601"}
    for name in names:
        unit, calculate = _DAILY[name]
        pairs = [_converted(query, unit, calculate(spot, day)) for day in days]
        units[name] = pairs[0][0] if pairs else unit
        columns[name] = [value for _, value in pairs]
    return {"daily_units": units, "daily": columns}


def _names(
    query: Mapping[str, str], key: str, known: Mapping[str, object]
) -> list[str]:
    names = [name for name in query.get(key, "").split(",") if name]
    for name in names:
        if name not in known:
            raise Refused(
                "Cannot initialize WeatherVariable from invalid String value "
                f"{name} for key {key}"
            )
    return names


def _converted(query: Mapping[str, str], unit: str, value: Value) -> tuple[str, Value]:
    wanted = query.get(_UNIT_PARAMETERS.get(unit, ""), "")
    conversion = _CONVERSIONS.get((unit, wanted))
    if conversion is None or isinstance(value, str):
        return unit, value
    return conversion[0], round(conversion[1](value), 1)


def _coordinate(query: Mapping[str, str], name: str, limit: float) -> float:
    text = query.get(name)
    if not text:
        raise Refused(
            "Parameter 'latitude' and 'longitude' must have the same number of elements"
        )
    try:
        value = float(text)
    except ValueError:
        raise Refused(f"Value '{text}' of {name} is not a number") from None
    if abs(value) > limit:
        raise Refused(
            f"{name.capitalize()} must be in range of -{limit} to {limit}°. "
            f"Given: {value}."
        )
    return value


def _zone(query: Mapping[str, str], spot: Spot) -> ZoneInfo:
    wanted = query.get("timezone", "")
    if not wanted and query.get("daily"):
        raise Refused("Timezone is required for daily variables")
    if wanted == "auto":
        wanted = _zone_name_near(spot)
    try:
        return ZoneInfo(wanted or "GMT")
    except (ZoneInfoNotFoundError, ValueError):
        raise Refused("Invalid timezone") from None


def _zone_name_near(spot: Spot) -> str:
    distance, zone = min((_apart(place, spot), place.timezone) for place in PLACES)
    if distance < _NEAR_DEGREES:
        return zone
    hours = round(spot.longitude / _DEGREES_PER_HOUR)
    return f"Etc/GMT{-hours:+d}" if hours else "GMT"


def _apart(place: Place, spot: Spot) -> float:
    """In degrees, whichever way is longer."""
    return max(
        abs(place.latitude - spot.latitude), abs(place.longitude - spot.longitude)
    )


def _days(query: Mapping[str, str], today: date) -> list[date]:
    ahead = _whole(query, "forecast_days", DEFAULT_DAYS, MAX_FORECAST_DAYS)
    back = _whole(query, "past_days", 0, MAX_PAST_DAYS)
    first, last = today - timedelta(days=back), today + timedelta(days=ahead - 1)
    try:
        first = date.fromisoformat(query.get("start_date") or first.isoformat())
        last = date.fromisoformat(query.get("end_date") or last.isoformat())
    except ValueError:
        raise Refused("Invalid date format. Make sure to use 'YYYY-MM-DD'") from None
    if last > today + timedelta(days=MAX_FORECAST_DAYS - 1):
        raise Refused("Parameter 'end_date' is out of allowed range")
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _whole(query: Mapping[str, str], name: str, default: int, limit: int) -> int:
    text = query.get(name, str(default))
    if not text.isdigit() or int(text) > limit:
        words = name.replace("_", " ").capitalize()
        raise Refused(f"{words} is invalid. Allowed range 0 to {limit}. Given {text}.")
    return int(text)


def _minutes(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M")


def utc_now() -> datetime:
    return datetime.now(UTC)
