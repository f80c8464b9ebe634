"""Weather and the time of day, anywhere."""

from datetime import date, datetime
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field

from callcenter.tools import wmo
from callcenter.tools.days import parse_day
from callcenter.tools.definition import Answer, Sorry, Unfit, tool
from callcenter.tools.desk import Desk, Forecast, Place
from callcenter.tools.open_meteo import FORECAST_DAYS
from callcenter.tools.places import (
    candidates,
    full_label,
    label,
    lies_in,
    told_apart,
    ways_to_read,
)
from callcenter.tools.spoken import (
    a_percentage,
    all_of,
    capital,
    degrees,
    on_day,
    one_of,
    spoken_day,
    spoken_time_of_day,
)

FAHRENHEIT: Final = frozenset({"US", "LR", "BS", "BZ", "KY", "PW", "FM", "MH"})
MILES: Final = FAHRENHEIT | {"GB"}
KM_PER_MILE: Final = 1.609344

MOST_CHOICES: Final = 4
"""More than four of anything cannot be kept in mind by ear."""

MOST_READINGS: Final = 4
"""Ways to read a name that are tried: each may be a request."""

WeatherPlace = Annotated[
    str,
    Field(
        description="Town or city; with its region or country if the caller named "
        "one, such as 'Paris, Texas'.",
        min_length=1,
        max_length=100,
    ),
]
WeatherDay = Annotated[
    str,
    Field(
        description="today, tomorrow, a weekday, or a date such as 2026-11-27; at "
        "most 15 days ahead.",
        min_length=1,
        max_length=40,
    ),
]
TimePlace = Annotated[
    str,
    Field(description="Town or city; empty for the shop's own.", max_length=100),
]


@tool(timeout_s=8.0, filler="One moment, I am looking at the forecast.")
async def get_weather(
    desk: Desk, place: WeatherPlace, day: WeatherDay = "today"
) -> Answer:
    """Weather of now and today, or of a day up to 15 days ahead, anywhere on Earth.

    Call it for every question about weather; never answer from memory. When it asks
    which place is meant, ask the caller, and call it again with the region or country.
    """
    found = await _find(desk, place)
    if len(found) != 1:
        return _which(place, found)
    [where] = found
    today = desk.clock.now().astimezone(_zone(where) or desk.schedule.zone).date()
    wanted = parse_day(day, today)
    if not 0 <= (wanted - today).days < FORECAST_DAYS:
        raise Unfit(
            f"{wanted.isoformat()} is out of reach: the forecast goes from today "
            f"({today.isoformat()}) to {FORECAST_DAYS - 1} days ahead.",
            say="I can only see the weather of the next two weeks.",
        )
    forecast = await desk.weather.forecast(where, None if wanted == today else wanted)
    return Answer(_say(forecast, wanted, today), facts=_facts(forecast, wanted))


@tool(timeout_s=8.0)
async def get_current_time(desk: Desk, place: TimePlace = "") -> Answer:
    """Today's date and the time of day: at the shop, or at any other place."""
    zone, where = desk.schedule.zone, ""
    if place:
        found = await _find(desk, place)
        if len(found) != 1:
            return _which(place, found)
        known = _zone(found[0])
        if known is None:
            raise Sorry(f"The time zone of {full_label(found[0])} is not known.")
        zone, where = known, f" in {label(found[0])}"
    now = desk.clock.now().astimezone(zone)
    say = f"It is {spoken_time_of_day(now)}{where}, on {spoken_day(now.date())}."
    return Answer(say, facts={"time": _minute(now), "zone": zone.key})


async def _find(desk: Desk, said: str) -> list[Place]:
    """The places that may be meant, by the first way of reading that finds any."""
    for name, qualifier in list(ways_to_read(said))[:MOST_READINGS]:
        found = await desk.weather.places(name)
        if qualifier:
            found = [place for place in found if lies_in(place, qualifier)]
        if found:
            return candidates(found, name)
    return []


def _which(said: str, found: list[Place]) -> Answer:
    if not found:
        return Answer(
            f"I could not find a place called {said}. Could you spell it for me?",
            facts={"places": [], "note": "Ask the caller; do not guess the place."},
        )
    name = found[0].name
    some = found[:MOST_CHOICES]
    return Answer(
        f"There is more than one {name}: in {one_of(told_apart(some))}. "
        "Which one do you mean?",
        facts={"places": [full_label(place) for place in some]},
    )


def _say(forecast: Forecast, day: date, today: date) -> str:
    place = forecast.place
    when = capital(on_day(day, today))
    parts = [wmo.in_words(forecast.weather_code)]
    if (between := _between(forecast)) is not None:
        parts.append(between)
    extras = []
    if forecast.rain_chance is not None:
        falls = wmo.falls(forecast.weather_code)
        extras.append(f"{a_percentage(forecast.rain_chance)} chance of {falls}")
    if forecast.wind_kmh is not None:
        extras.append(wmo.wind_in_words(forecast.wind_kmh))
    if extras:
        parts.append(f"with {all_of(extras)}")
    say = f"{when} in {label(place)}: {', '.join(parts)}."
    if forecast.temperature is not None:
        say += f" Right now it is {_temperature(forecast.temperature, place)} degrees."
    warning = wmo.warning(
        forecast.weather_code, forecast.wind_kmh, forecast.low, forecast.high
    )
    return f"{say} {warning}".strip()


def _between(forecast: Forecast) -> str | None:
    if forecast.low is None or forecast.high is None:
        return None
    low = _temperature(forecast.low, forecast.place)
    high = _temperature(forecast.high, forecast.place)
    if low == high:
        return f"around {low} degrees"
    return f"between {low} and {high} degrees"


def _temperature(celsius: float, place: Place) -> str:
    """As the people of that country count it."""
    return degrees(_in_their_unit(celsius, place))


def _in_their_unit(celsius: float, place: Place) -> float:
    return celsius * 9 / 5 + 32 if place.country_code in FAHRENHEIT else celsius


def _facts(forecast: Forecast, day: date) -> dict[str, object]:
    place, kmh = forecast.place, forecast.wind_kmh
    wind = kmh if kmh is None or place.country_code not in MILES else kmh / KM_PER_MILE
    numbers = {
        "low": forecast.low,
        "high": forecast.high,
        "now": forecast.temperature,
    }
    known = {
        name: round(_in_their_unit(number, place))
        for name, number in numbers.items()
        if number is not None
    }
    return {
        "place": full_label(place),
        "day": day.isoformat(),
        "weather": wmo.in_words(forecast.weather_code),
        **known,
        "unit": "fahrenheit" if place.country_code in FAHRENHEIT else "celsius",
        "rain_percent": forecast.rain_chance,
        "wind": None if wind is None else round(wind),
        "wind_unit": "mph" if place.country_code in MILES else "km/h",
    }


def _zone(place: Place) -> ZoneInfo | None:
    try:
        return ZoneInfo(place.zone) if place.zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
