"""What must be said of dangerous weather, to somebody who wants to go out on a bicycle.

It is our reading of the forecast's numbers. Nobody here issues warnings, so whatever is
severe ends with where real ones come from.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from callcenter.tools import wmo
from callcenter.tools.sky import Outlook
from callcenter.tools.units import Units

STRONG_GALE_KMH: Final = 75
"""Gusts, Beaufort 9: slates and branches come down."""

GALE_KMH: Final = 62
"""The mean wind, Beaufort 8: walking is hard."""

TORRENT_MM: Final = 30
TORRENT_HOUR_MM: Final = 15
"""From so much rain in a day, or in an hour, Germany's weather service warns of it."""

DEEP_SNOW_CM: Final = 10
"""In a day; from so much in half a day, Germany's weather service warns of it."""

BITTER_COLD_C: Final = -15
GREAT_HEAT_C: Final = 32
EXTREME_HEAT_C: Final = 38

NOT_OFFICIAL: Final = (
    "This is only the forecast, not an official warning: for those, please check the "
    "met office of that country."
)


@dataclass(frozen=True, slots=True)
class Danger:
    """One thing to mind."""

    words: str
    severe: bool = False


def dangers(outlook: Outlook, units: Units, hours: int = 24) -> list[Danger]:
    """What to mind in weather of so many hours, the worst first."""
    found = [*_of_sky(outlook), *_of_amounts(outlook, units, hours), *_of_heat(outlook)]
    return sorted(found, key=lambda danger: not danger.severe)


def warning(outlook: Outlook, units: Units, hours: int = 24) -> str:
    """The worst of it, in a sentence or two; empty when there is nothing to mind."""
    found = dangers(outlook, units, hours)
    if not found:
        return ""
    worst = found[0]
    return f"{worst.words} {NOT_OFFICIAL}" if worst.severe else worst.words


def _of_sky(outlook: Outlook) -> Iterator[Danger]:
    if outlook.code in wmo.THUNDER:
        yield Danger(
            "Thunderstorms are dangerous on a bicycle; better stay inside.", severe=True
        )
    if outlook.code in wmo.ICE:
        heavy = outlook.code in wmo.HEAVY_ICE
        yield Danger("Roads may be icy, so please take care.", severe=heavy)
    if outlook.code in wmo.SNOW:
        yield Danger("Roads may be covered in snow, so please take care.")
    if outlook.code in wmo.DOWNPOUR:
        yield Danger("Roads may be flooded, so please take care.")


def _of_amounts(outlook: Outlook, units: Units, hours: int) -> Iterator[Danger]:
    gusts, wind = outlook.gusts_kmh or 0, outlook.wind_kmh or 0
    if gusts >= STRONG_GALE_KMH:
        speed = units.spoken_speed(gusts)
        words = f"There may be gusts of {speed}; it is not safe to cycle."
        yield Danger(words, severe=True)
    elif wind >= GALE_KMH:
        yield Danger("In such wind it is not safe to cycle.", severe=True)
    torrent = TORRENT_HOUR_MM if hours <= 1 else TORRENT_MM
    if (outlook.rain_mm or 0) >= torrent:
        words = "That is a great deal of rain, and roads may be flooded."
        yield Danger(words, severe=True)
    if (outlook.snow_cm or 0) >= DEEP_SNOW_CM:
        yield Danger("That is a great deal of snow; roads may be closed.", severe=True)


def _of_heat(outlook: Outlook) -> Iterator[Danger]:
    low, high = outlook.low_c, outlook.high_c
    if low is not None and low <= BITTER_COLD_C:
        yield Danger("That is bitterly cold, so dress warmly.")
    if high is not None and high >= GREAT_HEAT_C:
        yield Danger(
            "That is very hot, so take enough water.", severe=high >= EXTREME_HEAT_C
        )
