"""Weather and the time of day, anywhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from pydantic import Field

from callcenter.tools import severe, weather_words as words
from callcenter.tools.day_parts import DayPart, parse_part
from callcenter.tools.days import parse_day
from callcenter.tools.definition import Answer, Sorry, Unfit, tool
from callcenter.tools.desk import Desk
from callcenter.tools.open_meteo import FORECAST_DAYS
from callcenter.tools.open_meteo_replies import zone_of
from callcenter.tools.places import full_label, label
from callcenter.tools.sky import Outlook, Place, Sky
from callcenter.tools.spoken import on_day, spoken_day, spoken_time_of_day
from callcenter.tools.units import Units, Wanted, units_for
from callcenter.tools.whereabouts import find, which

NOW_FRESH_S: Final = 600.0
"""The present: measured and computed every quarter of an hour."""

AHEAD_FRESH_S: Final = 1800.0
"""What is to come: weather models are computed hourly at the most."""

MOST_DAYS: Final = 5
"""In one answer."""

NOWHERE: Final = "Ask the caller for which town or city."
NO_FORECAST: Final = (
    "The weather service has no forecast for that time: say so, do not guess."
)
NO_FORECAST_SAY: Final = "I am sorry, I have no forecast for that time."

WeatherPlace = Annotated[
    str,
    Field(
        description="Town or city; empty for the shop's own town, when the caller "
        "names none.",
        max_length=100,
    ),
]
Region = Annotated[
    str,
    Field(
        description="The region, state or country that the caller named, such as "
        "'Texas': it decides between places of one name.",
        max_length=60,
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
TimeOfDay = Annotated[
    str,
    Field(
        description="now, morning, afternoon, evening, night, or an hour such as "
        "16:00; empty for the whole day.",
        max_length=40,
    ),
]
Days = Annotated[
    int,
    Field(
        description="How many days from that day on, for a weekend or the rest of a "
        "week.",
        ge=1,
        le=MOST_DAYS,
    ),
]
UnitsWanted = Annotated[
    Wanted, Field(description="Only if the caller asks for another scale.")
]
TimePlace = Annotated[
    str,
    Field(description="Town or city; empty for the shop's own.", max_length=100),
]


@tool(timeout_s=8.0, filler="One moment, I am looking at the forecast.")
async def get_weather(
    desk: Desk,
    *,
    place: WeatherPlace = "",
    region: Region = "",
    day: WeatherDay = "today",
    time_of_day: TimeOfDay = "",
    days: Days = 1,
    units: UnitsWanted = "usual",
) -> Answer:
    """Weather of now, of an hour, or of days up to 15 ahead, anywhere on Earth.

    Call it for every question about weather; never answer from memory. When it asks
    which place is meant, ask the caller, and call it again with the region.
    """
    if not (place or desk.town):
        raise Unfit(NOWHERE, say="For which town or city?")
    said = f"{place}, {region}" if place and region else place or desk.town
    found = await find(desk, said)
    if len(found) != 1:
        return which(said, found)
    asked = _understood(desk, found[0], day, time_of_day, days)
    fresh_s = NOW_FRESH_S if asked.about_now else AHEAD_FRESH_S
    sky = await desk.weather.sky(found[0], fresh_s)
    told = units_for(desk, found[0], units)
    answer = _of_days(asked, sky, told) if days > 1 else _of_one(asked, sky, told)
    return _with_age(answer, sky, fresh_s)


@tool(timeout_s=8.0)
async def get_current_time(desk: Desk, place: TimePlace = "") -> Answer:
    """Today's date and the time of day: at the shop, or at any other place."""
    zone, where = desk.schedule.zone, ""
    if place:
        found = await find(desk, place)
        if len(found) != 1:
            return which(place, found)
        known = zone_of(found[0])
        if known is None:
            raise Sorry(f"The time zone of {full_label(found[0])} is not known.")
        zone, where = known, f" in {label(found[0])}"
    now = desk.clock.now().astimezone(zone)
    say = f"It is {spoken_time_of_day(now)}{where}, on {spoken_day(now.date())}."
    return Answer(say, facts={"time": _minute(now), "zone": zone.key})


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller wants to know, in the place's own time."""

    local: datetime
    """Now, there."""
    zone: ZoneInfo
    first: date
    days: int
    part: DayPart | None
    now: bool

    @property
    def today(self) -> date:
        return self.local.date()

    @property
    def about_now(self) -> bool:
        """Whether the answer tells of the present."""
        whole_day = self.part is None and self.days == 1
        return self.now or (whole_day and self.first == self.today)

    @property
    def when(self) -> str:
        """`today`, `tomorrow in the afternoon`, `on Friday … at night`."""
        said = on_day(self.first, self.today)
        return f"{said} {self.part.spoken}" if self.part else said


def _understood(
    desk: Desk, place: Place, day: str, time_of_day: str, days: int
) -> _Asked:
    zone = zone_of(place) or desk.schedule.zone
    local = desk.clock.now().astimezone(zone)
    first, today = parse_day(day, local.date()), local.date()
    _within_reach(first, first + timedelta(days=days - 1), today)
    said = time_of_day.strip().lower() or {"tonight": "night"}.get(day.lower(), "")
    now = (said == "now" or day.lower().strip() == "now") and first == today
    part = parse_part(said) if said and said != "now" and days == 1 else None
    if part and part.on(first, zone)[1] <= local:
        raise Unfit(
            "That time of the day is over, and there is only a forecast: say so.",
            say="That time is over already; I only have the forecast.",
        )
    return _Asked(local, zone, first, days, part, now)


def _within_reach(first: date, last: date, today: date) -> None:
    if not today <= first <= last < today + timedelta(days=FORECAST_DAYS):
        raise Unfit(
            f"{last.isoformat()} is out of reach: the forecast goes from today "
            f"({today.isoformat()}) to {FORECAST_DAYS - 1} days ahead. Say so.",
            say="I can only see the weather of the next two weeks.",
        )


def _of_one(asked: _Asked, sky: Sky, units: Units) -> Answer:
    """Of now, of a part of a day, or of a whole day."""
    when, hours, outlook = asked.when, 24, sky.day(asked.first)
    if asked.now and sky.now:
        when, hours, outlook = "right now", 1, sky.now.outlook
    elif asked.part:
        start, end = asked.part.on(asked.first, asked.zone)
        hours = asked.part.end - asked.part.first
        outlook = sky.between(start, end)
    if outlook is None or outlook == Outlook():
        raise Sorry(NO_FORECAST, say=NO_FORECAST_SAY)
    present = asked.about_now and not asked.now
    say = (
        words.sentence(when, sky.place, outlook, units),
        words.right_now(sky, units) if present else "",
        severe.warning(outlook, units, hours),
    )
    facts = {
        "day": asked.first.isoformat(),
        "when": when,
        **words.facts(outlook, sky.place, units),
    }
    if present and sky.now and sky.now.outlook.low_c is not None:
        facts["now"] = round(units.temperature(sky.now.outlook.low_c))
    return Answer(" ".join(part for part in say if part), facts=facts)


def _of_days(asked: _Asked, sky: Sky, units: Units) -> Answer:
    last = asked.first + timedelta(days=asked.days - 1)
    found = [one for one in sky.days if asked.first <= one.day <= last]
    if not found:
        raise Sorry(NO_FORECAST, say=NO_FORECAST_SAY)
    told = [(on_day(one.day, asked.today), one) for one in found]
    listed = [
        {"day": one.day.isoformat()} | words.facts(one.outlook, sky.place, units)
        for one in found
    ]
    return Answer(words.several(told, sky.place, units), facts={"days": listed})


def _with_age(answer: Answer, sky: Sky, fresh_s: float) -> Answer:
    """An answer from before the service fell silent says so."""
    old = words.how_old(sky.age_s, fresh_s)
    if not old:
        return answer
    minutes = round(sky.age_s / words.MINUTE_S)
    return Answer(f"{old}{answer.say}", facts={**answer.facts, "minutes_old": minutes})


def _minute(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")
