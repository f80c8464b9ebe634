"""WMO weather codes as people say them (code table 4677, as Open-Meteo uses it)."""

from typing import Final

WORDS: Final = {
    0: "clear skies",
    1: "mostly clear skies",
    2: "some clouds",
    3: "overcast",
    45: "fog",
    48: "freezing fog",
    51: "light drizzle",
    53: "drizzle",
    55: "heavy drizzle",
    56: "light freezing drizzle",
    57: "freezing drizzle",
    61: "light rain",
    63: "rain",
    65: "heavy rain",
    66: "light freezing rain",
    67: "heavy freezing rain",
    71: "light snow",
    73: "snow",
    75: "heavy snow",
    77: "snow grains",
    80: "light rain showers",
    81: "rain showers",
    82: "violent rain showers",
    85: "light snow showers",
    86: "heavy snow showers",
    95: "thunderstorms",
    96: "thunderstorms with hail",
    99: "thunderstorms with heavy hail",
}
UNKNOWN: Final = "weather that I have no word for"

ICE: Final = frozenset({48, 56, 57, 66, 67})
HEAVY_ICE: Final = frozenset({57, 67})
SNOW: Final = frozenset({75, 86})
SNOWFALL: Final = frozenset({71, 73, 75, 77, 85, 86})
DOWNPOUR: Final = frozenset({65, 82})
THUNDER: Final = frozenset({95, 96, 99})

BEAUFORT: Final = (
    (6, "hardly any wind"),
    (20, "a light breeze"),
    (29, "a moderate wind"),
    (39, "a fresh wind"),
    (50, "a strong wind"),
    (62, "a very strong wind"),
    (75, "a gale"),
    (89, "a severe gale"),
)
"""Below so many km/h (Beaufort 2, 4, 5, 6, 7, 8, 9 and 10), say this."""


def in_words(code: int) -> str:
    return WORDS.get(code, UNKNOWN)


def wind_in_words(kmh: float) -> str:
    return next((words for below, words in BEAUFORT if kmh < below), "a storm")


def falls(code: int) -> str:
    """What may fall from the sky in such weather."""
    return "snow" if code in SNOWFALL else "rain"
