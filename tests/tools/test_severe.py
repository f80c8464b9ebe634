"""What must be said of dangerous weather, and what must not be claimed."""

import pytest

from callcenter.tools.severe import NOT_OFFICIAL, dangers, warning
from callcenter.tools.sky import Outlook
from callcenter.tools.units import Units

METRIC = Units(fahrenheit=False, miles=False)
CALM = Outlook(3, 5.0, 9.0, rain_mm=2.0, wind_kmh=10.0, gusts_kmh=20.0)


@pytest.mark.parametrize(
    ("outlook", "words", "severe"),
    [
        (Outlook(95), "Thunderstorms are dangerous", True),
        (Outlook(3, gusts_kmh=75.0), "gusts of 75 kilometres an hour", True),
        (Outlook(3, wind_kmh=62.0), "not safe to cycle", True),
        (Outlook(67), "icy", True),
        (Outlook(48), "icy", False),
        (Outlook(63, rain_mm=30.0), "a great deal of rain", True),
        (Outlook(73, snow_cm=10.0), "a great deal of snow", True),
        (Outlook(75), "covered in snow", False),
        (Outlook(82), "flooded", False),
        (Outlook(0, -15.0, -8.0), "bitterly cold", False),
        (Outlook(0, 20.0, 32.0), "very hot", False),
        (Outlook(0, 24.0, 38.0), "very hot", True),
    ],
)
def test_what_endangers_a_cyclist_is_said(
    outlook: Outlook, words: str, severe: bool
) -> None:
    said = warning(outlook, METRIC)
    assert words in said
    assert (NOT_OFFICIAL in said) is severe


@pytest.mark.parametrize(
    "outlook",
    [
        CALM,
        Outlook(),
        Outlook(63, rain_mm=29.9, snow_cm=9.9, wind_kmh=61.9, gusts_kmh=74.9),
        Outlook(0, -14.9, 31.9),
    ],
)
def test_ordinary_weather_needs_no_warning(outlook: Outlook) -> None:
    assert warning(outlook, METRIC) == ""


def test_an_hour_s_torrent_is_one_before_a_day_s() -> None:
    rain = Outlook(63, rain_mm=15.0)
    assert "flooded" in warning(rain, METRIC, hours=1)
    assert warning(rain, METRIC, hours=24) == ""


def test_the_worst_comes_first() -> None:
    everything = Outlook(95, -20.0, 0.0, snow_cm=30.0, gusts_kmh=120.0)
    found = dangers(everything, METRIC)
    assert [one.severe for one in found] == [True, True, True, False]
    assert found[0].words.startswith("Thunderstorms")


def test_gusts_are_told_as_the_caller_counts() -> None:
    said = warning(Outlook(3, gusts_kmh=100.0), Units(fahrenheit=True, miles=True))
    assert "gusts of 62 miles an hour" in said
