"""Plausible weather for any place and hour: the same question, the same answer."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Final

Value = float | int | str

_DAYS_PER_YEAR: Final = 365.25
_COLDEST_DAY: Final = 15
"""Of the year, in the north; the south is half a year away."""
_WARMEST_HOUR: Final = 15
_HOURS: Final = 24
_EQUATOR_C: Final = 28.0
_C_PER_DEGREE_LATITUDE: Final = 0.42
_SEASON_C_PER_DEGREE: Final = 0.2
_DAY_SWING_C: Final = 4.0
_CODES: Final = (0, 1, 2, 3, 45, 51, 61, 63, 80, 95)
_SNOW_FOR: Final = {51: 71, 61: 73, 63: 75, 80: 85, 95: 86}
_SNOW_CODES: Final = frozenset(_SNOW_FOR.values())
_FREEZING_C: Final = 1.0
_WET_MM: Final = {51: 0.2, 61: 0.9, 63: 2.4, 80: 1.6, 95: 4.2, 71: 0.3, 73: 0.8,
                  75: 1.9, 85: 0.9, 86: 2.1}  # fmt: skip
_NOON: Final = 12
_DAY_TILT_H: Final = 0.09
"""Hours by which a degree of latitude lengthens the longest day's half."""
_POLAR_H: Final = 11.5
_KMH_PER_GUST: Final = 1.6


@dataclass(frozen=True, slots=True)
class Spot:
    """Where."""

    latitude: float
    longitude: float


def _chance(spot: Spot, what: str, *when: object) -> float:
    """A number in [0, 1) that is always the same for the same question."""
    key = f"{spot.latitude:.2f}|{spot.longitude:.2f}|{what}|{when}"
    return int.from_bytes(sha256(key.encode()).digest()[:4]) / 2**32


def _season(spot: Spot, day: date) -> float:
    """-1 in the depth of winter, 1 at the height of summer."""
    turn = (day.timetuple().tm_yday - _COLDEST_DAY) / _DAYS_PER_YEAR
    north = -math.cos(2 * math.pi * turn)
    return north if spot.latitude >= 0 else -north


def temperature_c(spot: Spot, moment: datetime) -> float:
    """Of the air, two metres above the ground."""
    latitude = abs(spot.latitude)
    day = moment.date()
    mean = _EQUATOR_C - _C_PER_DEGREE_LATITUDE * latitude
    mean += _season(spot, day) * _SEASON_C_PER_DEGREE * latitude
    mean += (_chance(spot, "temperature", day) - 0.5) * 6
    turn = (moment.hour + moment.minute / 60 - _WARMEST_HOUR) / _HOURS
    return round(mean + _DAY_SWING_C * math.cos(2 * math.pi * turn), 1)


def weather_code(spot: Spot, moment: datetime) -> int:
    """The WMO's code; it changes every six hours, and snows when it freezes."""
    quarter = moment.hour // 6
    code = _CODES[int(_chance(spot, "code", moment.date(), quarter) * len(_CODES))]
    if temperature_c(spot, moment) <= _FREEZING_C:
        return _SNOW_FOR.get(code, code)
    return code


def precipitation_mm(spot: Spot, moment: datetime) -> float:
    """In the hour."""
    return _WET_MM.get(weather_code(spot, moment), 0.0)


def snowfall_cm(spot: Spot, moment: datetime) -> float:
    """In the hour; a millimetre of water is seven of snow, as Open-Meteo reckons."""
    falls = weather_code(spot, moment) in _SNOW_CODES
    return round(precipitation_mm(spot, moment) * 0.7, 2) if falls else 0.0


def probability_percent(spot: Spot, moment: datetime) -> int:
    wet = precipitation_mm(spot, moment) > 0
    spread = int(_chance(spot, "probability", moment.date(), moment.hour) * 30)
    return 65 + spread if wet else spread


def wind_kmh(spot: Spot, moment: datetime) -> float:
    return round(4 + _chance(spot, "wind", moment.date(), moment.hour // 3) * 28, 1)


def gusts_kmh(spot: Spot, moment: datetime) -> float:
    return round(wind_kmh(spot, moment) * _KMH_PER_GUST, 1)


def wind_degrees(spot: Spot, moment: datetime) -> int:
    return int(_chance(spot, "direction", moment.date(), moment.hour // 6) * 360)


def humidity_percent(spot: Spot, moment: datetime) -> int:
    wet = 20 if precipitation_mm(spot, moment) else 0
    return 50 + wet + int(_chance(spot, "humidity", moment.date(), moment.hour) * 25)


def clouds_percent(spot: Spot, moment: datetime) -> int:
    return {0: 2, 1: 20, 2: 55}.get(weather_code(spot, moment), 96)


def feels_c(spot: Spot, moment: datetime) -> float:
    return round(temperature_c(spot, moment) - wind_kmh(spot, moment) / 10, 1)


def sun_hours(spot: Spot, day: date) -> tuple[float, float]:
    """Sunrise and sunset, in local hours. Even at the poles they never cross."""
    half = 6 + _season(spot, day) * _DAY_TILT_H * abs(spot.latitude)
    half = min(max(half, _NOON - _POLAR_H), _POLAR_H)
    return _NOON - half, _NOON + half


def at_hour(day: date, hours: float) -> datetime:
    """That hour of that day, to the minute."""
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local, as served
    return midnight + timedelta(minutes=round(hours * 60))


def is_day(spot: Spot, moment: datetime) -> int:
    sunrise, sunset = sun_hours(spot, moment.date())
    return int(sunrise <= moment.hour + moment.minute / 60 < sunset)
