from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from callcenter.domain.outcomes import ToolOutcome
from callcenter.tools import wmo
from callcenter.tools.desk import Place
from tests.tools.asking import ask, call, fail
from tests.tools.fakes import BERGEN, House


def town(name: str, region: str, country: str, code: str, people: int) -> Place:
    return Place(name, region, country, code, 1.0, 2.0, "America/Chicago", people)


PARIS = town("Paris", "Île-de-France", "France", "FR", 2_138_551)
PARIS_TEXAS = town("Paris", "Texas", "United States", "US", 24_782)
SPRINGFIELDS = [
    town("Springfield", "Oregon", "United States", "US", 60_870),
    town("Springfield", "Missouri", "United States", "US", 166_810),
    town("Springfield", "Illinois", "United States", "US", 116_565),
    town("Springfield", "Massachusetts", "United States", "US", 154_341),
    town("Springfield", "Ohio", "United States", "US", 59_680),
    town("Springfield Gardens", "New York", "United States", "US", 900_000),
]


def house() -> House:
    made = House()
    made.weather.known |= {
        "paris": [PARIS_TEXAS, PARIS],
        "springfield": SPRINGFIELDS,
        "tromsø": [town("Tromsø", "Troms", "Norway", "NO", 38_980)],
    }
    return made


async def test_tomorrow_is_told_for_the_ear() -> None:
    answer = await ask(house(), "get_weather", place="Bergen", day="tomorrow")
    assert answer == {
        "say": "Tomorrow in Bergen, Norway: light rain, between 6 and 11 degrees, with "
        "an 80 percent chance of rain and a fresh wind.",
        "place": "Bergen, Vestland, Norway",
        "day": "2026-11-23",
        "weather": "light rain",
        "low": 6,
        "high": 11,
        "unit": "celsius",
        "rain_percent": 80,
        "wind": 33,
        "wind_unit": "km/h",
    }


async def test_today_is_told_with_the_temperature_of_now() -> None:
    made = house()
    made.weather.weather = replace(made.weather.weather, temperature=-2.6)
    answer = await ask(made, "get_weather", place="Bergen")
    assert made.weather.asked == [None]
    assert answer["say"].startswith("Today in Bergen, Norway: light rain")
    assert answer["say"].endswith("Right now it is minus 3 degrees.")


async def test_a_weekday_is_told_with_its_date() -> None:
    made = house()
    answer = await ask(made, "get_weather", place="Bergen", day="Friday")
    assert made.weather.asked == [date(2026, 11, 27)]
    assert answer["say"].startswith("On Friday the 27th of November in Bergen")


async def test_today_is_the_place_s_own() -> None:
    """In Tokyo it is Monday already when Bergen's Sunday evening begins."""
    made = house()
    tokyo = Place("Tokyo", "Tokyo", "Japan", "JP", 35.7, 139.7, "Asia/Tokyo", 8_336_599)
    made.weather.known["tokyo"] = [tokyo]
    made.clock.moment = datetime(2026, 11, 22, 18, tzinfo=UTC)
    answer = await ask(made, "get_weather", place="Tokyo", day="2026-11-23")
    assert made.weather.asked == [None]
    assert answer["say"].startswith("Today in Tokyo, Japan:")


async def test_americans_hear_their_own_degrees_and_miles() -> None:
    answer = await ask(house(), "get_weather", place="Paris, Texas", day="tomorrow")
    assert "in Paris, Texas: light rain, between 43 and 51 degrees" in answer["say"]
    assert (answer["unit"], answer["wind"], answer["wind_unit"]) == (
        "fahrenheit",
        21,
        "mph",
    )


async def test_a_city_that_dwarfs_its_namesakes_is_the_one_that_is_meant() -> None:
    answer = await ask(house(), "get_weather", place="Paris", day="tomorrow")
    assert "in Paris, France:" in answer["say"]


@pytest.mark.parametrize(
    "said",
    ["Paris, Texas", "Paris Texas", "Paris, TX", "paris in texas", "Paris, Texas, USA"],
)
async def test_a_region_decides_between_namesakes(said: str) -> None:
    answer = await ask(house(), "get_weather", place=said, day="tomorrow")
    assert answer["place"] == "Paris, Texas, United States"


async def test_namesakes_of_one_size_are_asked_about() -> None:
    made = house()
    answer = await ask(made, "get_weather", place="Springfield", day="tomorrow")
    assert answer["say"] == (
        "There is more than one Springfield: in Missouri, Massachusetts, Illinois or "
        "Oregon. Which one do you mean?"
    )
    assert len(answer["places"]) == 4
    assert made.weather.asked == []
    for place in answer["places"]:
        chosen = await ask(made, "get_weather", place=place, day="tomorrow")
        assert chosen["place"] == place


async def test_namesakes_in_several_countries_are_told_apart_by_them() -> None:
    made = house()
    made.weather.known["halden"] = [
        town("Halden", "Østfold", "Norway", "NO", 31_000),
        town("Halden", "", "Germany", "DE", 9_000),
        town("Halden", "", "", "", 8_000),
    ]
    answer = await ask(made, "get_weather", place="Halden", day="tomorrow")
    assert answer["say"].startswith(
        "There is more than one Halden: in Østfold, Norway, Germany or Halden. Which"
    )


async def test_a_place_that_nobody_knows_is_asked_about() -> None:
    for said in ("Xyzzyville", "Paris, Narnia"):
        answer = await ask(house(), "get_weather", place=said)
        assert answer["say"] == (
            f"I could not find a place called {said}. Could you spell it for me?"
        )
        assert answer["places"] == []


async def test_one_place_that_is_known_twice_is_one() -> None:
    made = house()
    made.weather.known["bergen"] = [replace(BERGEN, population=9), BERGEN, BERGEN]
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert "in Bergen, Norway" in answer["say"]


@pytest.mark.parametrize("day", ["2026-11-21", "2026-12-08", "someday"])
async def test_a_day_out_of_reach_is_refused(day: str) -> None:
    result = await call(house(), "get_weather", place="Bergen", day=day)
    assert result.outcome is ToolOutcome.REFUSED


async def test_the_last_day_within_reach_is_told() -> None:
    made = house()
    await ask(made, "get_weather", place="Bergen", day="2026-12-07")
    assert made.weather.asked == [date(2026, 12, 7)]


async def test_what_is_not_known_is_left_out() -> None:
    made = house()
    made.weather.weather = replace(
        made.weather.weather,
        weather_code=-1,
        low=None,
        rain_chance=None,
        wind_kmh=None,
    )
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert answer["say"] == (
        "Tomorrow in Bergen, Norway: weather that I have no word for."
    )


async def test_one_temperature_is_not_a_range() -> None:
    made = house()
    made.weather.weather = replace(made.weather.weather, low=5.8, high=6.1)
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert "around 6 degrees" in answer["say"]


@pytest.mark.parametrize(
    ("code", "wind_kmh", "low", "high", "words"),
    [
        (3, 10.0, 5.0, 9.0, ""),
        (3, None, None, None, ""),
        (95, 80.0, 5.0, 9.0, "Thunderstorms are dangerous"),
        (3, 62.0, 5.0, 9.0, "not safe to cycle"),
        (67, 10.0, -1.0, 1.0, "icy"),
        (75, 10.0, -5.0, 0.0, "covered in snow"),
        (82, 10.0, 5.0, 9.0, "flooded"),
        (0, 10.0, -15.0, -8.0, "bitterly cold"),
        (0, 10.0, 20.0, 32.0, "very hot"),
    ],
)
def test_what_endangers_a_cyclist_is_said(
    code: int, wind_kmh: float | None, low: float | None, high: float | None, words: str
) -> None:
    said = wmo.warning(code, wind_kmh, low, high)
    assert words in said
    assert bool(said) == bool(words)


async def test_a_warning_ends_the_forecast() -> None:
    made = house()
    made.weather.weather = replace(made.weather.weather, wind_kmh=93.0)
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert answer["say"].endswith("and a storm. In such wind it is not safe to cycle.")


async def test_the_time_is_the_shop_s_own_unless_a_place_is_named() -> None:
    made = house()
    here = await ask(made, "get_current_time")
    assert here == {
        "say": "It is noon, on Sunday the 22nd of November.",
        "time": "2026-11-22T12:00+01:00",
        "zone": "Europe/Oslo",
    }
    there = await ask(made, "get_current_time", place="Paris, Texas")
    assert there["say"] == (
        "It is five o'clock in the morning in Paris, Texas, on Sunday the 22nd of "
        "November."
    )
    which = await ask(made, "get_current_time", place="Springfield")
    assert "Which one do you mean?" in which["say"]


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../etc/passwd"])
async def test_a_place_without_a_time_zone_has_weather_but_no_time(zone: str) -> None:
    made = house()
    made.weather.known["bergen"] = [replace(BERGEN, zone=zone)]
    await ask(made, "get_weather", place="Bergen", day="tomorrow")
    answer = await fail(made, "get_current_time", place="Bergen")
    assert "not known" in answer["error"]
