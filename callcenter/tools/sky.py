"""The sky over a place: now, by the hour and by the day. Always metric: ears differ."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Protocol

UNKNOWN_CODE: Final = -1


@dataclass(frozen=True, slots=True)
class Place:
    """A place on Earth, as a geocoder knows it."""

    name: str
    region: str
    country: str
    country_code: str
    latitude: float
    longitude: float
    zone: str
    population: int = 0


@dataclass(frozen=True, slots=True)
class Outlook:
    """The weather of some time, long or short. What is not known is None."""

    code: int = UNKNOWN_CODE
    """WMO code 4677, as Open-Meteo gives it; the most severe of the time."""
    low_c: float | None = None
    high_c: float | None = None
    feels_c: float | None = None
    rain_chance: int | None = None
    """Percent."""
    rain_mm: float | None = None
    """Everything that falls, melted, in the whole time."""
    snow_cm: float | None = None
    wind_kmh: float | None = None
    gusts_kmh: float | None = None


@dataclass(frozen=True, slots=True)
class Hour:
    """From a moment on."""

    at: datetime
    """Aware, in the place's own zone."""
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Day:
    """A day by the place's own calendar."""

    day: date
    outlook: Outlook


@dataclass(frozen=True, slots=True)
class Sky:
    """All that is known of the weather of one place."""

    place: Place
    now: Hour | None
    hours: Sequence[Hour]
    days: Sequence[Day]
    age_s: float = 0.0
    """How long ago the service said so."""

    def day(self, wanted: date) -> Outlook | None:
        return next((one.outlook for one in self.days if one.day == wanted), None)

    def between(self, start: datetime, end: datetime) -> Outlook | None:
        """The hours that begin in that time, as one; None if there are none."""
        inside = [one.outlook for one in self.hours if start <= one.at < end]
        return together(inside) if inside else None


class Weather(Protocol):
    """Places and their weather; see callcenter.tools.open_meteo."""

    async def places(self, name: str) -> Sequence[Place]:
        """Places of that name, none if there is no such; raises ToolFailed."""
        ...

    async def sky(self, place: Place, fresh_s: float) -> Sky:
        """Not older than that, if the service answers; raises ToolFailed."""
        ...


def together(outlooks: Iterable[Outlook]) -> Outlook:
    """Several outlooks as one: the extremes, and the sum of what falls."""
    parts = list(outlooks)
    return Outlook(
        code=max(part.code for part in parts),
        low_c=_of(min, [part.low_c for part in parts]),
        high_c=_of(max, [part.high_c for part in parts]),
        feels_c=_of(min, [part.feels_c for part in parts]),
        rain_chance=_whole(_of(max, [part.rain_chance for part in parts])),
        rain_mm=_of(sum, [part.rain_mm for part in parts]),
        snow_cm=_of(sum, [part.snow_cm for part in parts]),
        wind_kmh=_of(max, [part.wind_kmh for part in parts]),
        gusts_kmh=_of(max, [part.gusts_kmh for part in parts]),
    )


def _of(
    choose: Callable[[list[float]], float], values: Sequence[float | None]
) -> float | None:
    known = [value for value in values if value is not None]
    return choose(known) if known else None


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)
