from dataclasses import replace
from datetime import UTC, datetime

import pytest

from callcenter.domain.outcomes import ToolOutcome
from callcenter.tools.sky import Outlook, Place
from callcenter.tools.weather import AHEAD_FRESH_S, NOW_FRESH_S
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
        "when": "tomorrow",
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
    made.weather.now = Outlook(3, -2.6, -2.6, feels_c=-4.0)
    answer = await ask(made, "get_weather", place="Bergen")
    assert made.weather.asked == [NOW_FRESH_S]
    assert answer["say"].startswith("Today in Bergen, Norway: light rain")
    assert answer["say"].endswith("Right now it is minus 3 degrees.")
    assert answer["now"] == -3


async def test_a_wind_that_is_felt_is_told() -> None:
    made = house()
    made.weather.now = Outlook(3, 2.0, 2.0, feels_c=-4.0)
    answer = await ask(made, "get_weather", place="Bergen")
    assert answer["say"].endswith("it is 2 degrees, and it feels like minus 4.")


@pytest.mark.parametrize(("day", "time"), [("today", "now"), ("now", "")])
async def test_now_is_only_now(day: str, time: str) -> None:
    made = house()
    made.weather.now = Outlook(0, 2.0, 2.0, wind_kmh=3.0)
    answer = await ask(made, "get_weather", place="Bergen", day=day, time_of_day=time)
    assert answer["say"] == (
        "Right now in Bergen, Norway: clear skies, around 2 degrees, with hardly any "
        "wind."
    )
    assert made.weather.asked == [NOW_FRESH_S]


async def test_whoever_names_no_place_means_the_house_s_town() -> None:
    made = house()
    answer = await ask(made, "get_weather", day="tomorrow")
    assert answer["place"] == "Bergen, Vestland, Norway"
    made.town = ""
    lost = await fail(made, "get_weather", day="tomorrow")
    assert lost["say"] == "For which town or city?"


@pytest.mark.parametrize(
    ("day", "time", "when"),
    [
        ("today", "16:00", "Today at four o'clock in the afternoon"),
        ("tomorrow", "4 pm", "Tomorrow at four o'clock in the afternoon"),
        ("tomorrow", "four in the afternoon", "Tomorrow at four o'clock in the"),
        ("tomorrow", "afternoon", "Tomorrow in the afternoon"),
        ("Friday", "in the morning", "On Friday the 27th of November in the morning"),
        ("tonight", "", "Today at night"),
        ("today", "noon", "Today at noon"),
        ("tomorrow", "12 am", "Tomorrow at midnight"),
    ],
)
async def test_an_hour_or_a_part_of_a_day_is_told(
    day: str, time: str, when: str
) -> None:
    made = house()
    made.clock.moment = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    answer = await ask(made, "get_weather", place="Bergen", day=day, time_of_day=time)
    assert answer["say"].startswith(f"{when}")
    assert made.weather.asked == [AHEAD_FRESH_S]


@pytest.mark.parametrize("time", ["morning", "09:00", "11:00"])
async def test_what_is_over_is_not_forecast(time: str) -> None:
    answer = await fail(house(), "get_weather", day="today", time_of_day=time)
    assert answer["say"].startswith("That time is over already")


@pytest.mark.parametrize("time", ["25:00", "thirteen thirty", "soon", "4:75"])
async def test_a_time_that_there_is_not_is_explained(time: str) -> None:
    answer = await fail(house(), "get_weather", day="tomorrow", time_of_day=time)
    assert "afternoon, evening, night or 16:00" in answer["error"]


async def test_several_days_are_told_in_one_breath() -> None:
    answer = await ask(house(), "get_weather", place="Bergen", day="Friday", days=2)
    assert answer["say"] == (
        "In Bergen, Norway: on Friday the 27th of November light rain, between 6 and "
        "11 degrees; on Saturday the 28th of November light rain, between 6 and 11 "
        "degrees."
    )
    assert [one["day"] for one in answer["days"]] == ["2026-11-27", "2026-11-28"]


async def test_several_days_are_out_of_reach_if_the_last_one_is() -> None:
    answer = await fail(house(), "get_weather", day="2026-12-07", days=2)
    assert "2026-12-08 is out of reach" in answer["error"]


async def test_a_weekday_is_told_with_its_date() -> None:
    answer = await ask(house(), "get_weather", place="Bergen", day="Friday")
    assert answer["day"] == "2026-11-27"
    assert answer["say"].startswith("On Friday the 27th of November in Bergen")


async def test_today_is_the_place_s_own() -> None:
    """In Tokyo it is Monday already when Bergen's Sunday evening begins."""
    made = house()
    tokyo = Place("Tokyo", "Tokyo", "Japan", "JP", 35.7, 139.7, "Asia/Tokyo", 8_336_599)
    made.weather.known["tokyo"] = [tokyo]
    made.clock.moment = datetime(2026, 11, 22, 18, tzinfo=UTC)
    answer = await ask(made, "get_weather", place="Tokyo", day="2026-11-23")
    assert made.weather.asked == [NOW_FRESH_S]
    assert answer["say"].startswith("Today in Tokyo, Japan:")


@pytest.mark.parametrize(
    ("number", "between", "wind"),
    [
        ("+12125550123", "between 43 and 51 degrees,", (21, "mph")),
        ("+231770000000", "between 43 and 51 degrees,", (21, "mph")),
        ("+442079460000", "between 6 and 11 degrees,", (21, "mph")),
        ("+4755501234", "between 6 and 11 degrees,", (33, "km/h")),
        ("anonymous", "between 6 and 11 degrees Celsius,", (33, "km/h")),
        ("+999", "between 6 and 11 degrees Celsius,", (33, "km/h")),
    ],
)
async def test_numbers_are_told_as_the_caller_s_country_counts(
    number: str, between: str, wind: tuple[int, str]
) -> None:
    made = house()
    made.caller_number = number
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert between in answer["say"]
    assert (answer["wind"], answer["wind_unit"]) == wind


async def test_a_caller_who_shows_no_number_hears_the_place_s_own_units() -> None:
    made = house()
    made.caller_number = "anonymous"
    answer = await ask(made, "get_weather", place="Paris, Texas", day="tomorrow")
    assert "between 43 and 51 degrees Fahrenheit" in answer["say"]


async def test_a_caller_may_ask_for_the_other_scale() -> None:
    answer = await ask(
        house(), "get_weather", place="Bergen", day="tomorrow", units="fahrenheit"
    )
    assert "between 43 and 51 degrees Fahrenheit" in answer["say"]
    assert (answer["unit"], answer["wind_unit"]) == ("fahrenheit", "km/h")


async def test_a_region_in_its_own_argument_picks_one_of_the_namesakes() -> None:
    answer = await ask(
        house(), "get_weather", place="Springfield", region="Oregon", day="tomorrow"
    )
    assert answer["place"] == "Springfield, Oregon, United States"


async def test_an_answer_from_before_the_service_fell_silent_says_so() -> None:
    made = house()
    made.weather.age_s = 2460.0
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert answer["say"].startswith(
        "The weather service does not answer just now; 41 minutes ago it said this. "
        "Tomorrow in Bergen"
    )
    assert answer["minutes_old"] == 41
    made.weather.age_s = AHEAD_FRESH_S
    fresh = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert "minutes_old" not in fresh


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
    answer = await ask(house(), "get_weather", place="Bergen", day="2026-12-07")
    assert answer["day"] == "2026-12-07"


async def test_what_is_not_known_is_left_out() -> None:
    made = house()
    made.weather.weather = replace(
        made.weather.weather,
        code=-1,
        low_c=None,
        rain_chance=None,
        wind_kmh=None,
    )
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert answer["say"] == (
        "Tomorrow in Bergen, Norway: weather that I have no word for."
    )


async def test_a_day_of_which_nothing_is_known_is_not_invented() -> None:
    made = house()
    made.weather.weather = Outlook()
    answer = await fail(made, "get_weather", place="Bergen", day="tomorrow")
    assert answer["say"] == "I am sorry, I have no forecast for that time."


async def test_one_temperature_is_not_a_range() -> None:
    made = house()
    made.weather.weather = replace(made.weather.weather, low_c=5.8, high_c=6.1)
    answer = await ask(made, "get_weather", place="Bergen", day="tomorrow")
    assert "around 6 degrees" in answer["say"]


async def test_a_warning_ends_the_forecast_and_is_not_made_official() -> None:
    made = house()
    made.weather.weather = replace(made.weather.weather, gusts_kmh=93.0)
    made.weather.now = Outlook(3, 5.0, 5.0)
    answer = await ask(made, "get_weather", place="Bergen")
    assert answer["say"].endswith(
        "Right now it is 5 degrees. There may be gusts of 93 kilometres an hour; it is "
        "not safe to cycle. This is only the forecast, not an official warning: for "
        "those, please check the met office of that country."
    )


async def test_the_worst_of_several_days_is_warned_of() -> None:
    made = house()
    made.weather.weather = replace(made.weather.weather, code=95)
    answer = await ask(made, "get_weather", day="today", days=3)
    assert "Today: Thunderstorms are dangerous" in answer["say"]


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
