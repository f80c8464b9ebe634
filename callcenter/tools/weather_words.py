"""The weather in sentences for the ear, and as facts for the model."""

from collections.abc import Sequence
from typing import Final

from callcenter.tools import severe, wmo
from callcenter.tools.places import full_label, label
from callcenter.tools.sky import Day, Outlook, Place, Sky
from callcenter.tools.spoken import a_percentage, all_of, capital
from callcenter.tools.units import MM_PER_INCH, Units

FEELS_OTHERWISE_C: Final = 3.0
"""A smaller difference is not felt."""

MINUTE_S: Final = 60
HOUR_S: Final = 3600


def sentence(when: str, place: Place, outlook: Outlook, units: Units) -> str:
    """`Tomorrow in Bergen, Norway: light rain, between 6 and 11 degrees`, and so on."""
    parts = [wmo.in_words(outlook.code)]
    if (between := _between(outlook, units)) is not None:
        parts.append(between)
    if extras := _extras(outlook):
        parts.append(f"with {all_of(extras)}")
    return f"{capital(when)} in {label(place)}: {', '.join(parts)}."


def right_now(sky: Sky, units: Units) -> str:
    """`Right now it is 9 degrees`; empty if the service does not know it."""
    now = sky.now.outlook if sky.now else Outlook()
    if now.low_c is None:
        return ""
    say = (
        f"Right now it is {units.spoken_temperature(now.low_c)} {units.spoken_degrees}"
    )
    if now.feels_c is None or abs(now.feels_c - now.low_c) < FEELS_OTHERWISE_C:
        return f"{say}."
    return f"{say}, and it feels like {units.spoken_temperature(now.feels_c)}."


def several(days: Sequence[tuple[str, Day]], place: Place, units: Units) -> str:
    """`In Bergen, Norway: today light rain, around 6 degrees; tomorrow`, and so on."""
    told = []
    for when, one in days:
        between = _between(one.outlook, units)
        sky = wmo.in_words(one.outlook.code)
        told.append(f"{when} {sky}, {between}" if between else f"{when} {sky}")
    say = f"In {label(place)}: {'; '.join(told)}."
    worst = max(days, key=lambda one: _severity(one[1].outlook, units))
    warned = severe.warning(worst[1].outlook, units)
    return f"{say} {capital(worst[0])}: {warned}" if warned else say


def how_old(age_s: float, fresh_s: float) -> str:
    """Said before an answer that is older than it should be; otherwise empty."""
    if age_s <= fresh_s:
        return ""
    hours = round(age_s / HOUR_S)
    told = f"{hours} hours" if hours > 1 else f"{round(age_s / MINUTE_S)} minutes"
    return f"The weather service does not answer just now; {told} ago it said this. "


def facts(outlook: Outlook, place: Place, units: Units) -> dict[str, object]:
    """What the model may be asked about next; what is not known is left out."""
    numbers = {
        "low": _temperature(outlook.low_c, units),
        "high": _temperature(outlook.high_c, units),
        "feels_like": _temperature(outlook.feels_c, units),
        "rain_percent": outlook.rain_chance,
        **_rain(outlook.rain_mm, units),
        "snow_cm": outlook.snow_cm or None,
        "wind": _speed(outlook.wind_kmh, units),
        "gusts": _speed(outlook.gusts_kmh, units),
    }
    known = {name: value for name, value in numbers.items() if value is not None}
    return {
        "place": full_label(place),
        "weather": wmo.in_words(outlook.code),
        **known,
        "unit": units.scale,
        "wind_unit": units.speed,
    }


def _extras(outlook: Outlook) -> list[str]:
    extras = []
    if outlook.rain_chance is not None:
        falls = wmo.falls(outlook.code)
        extras.append(f"{a_percentage(outlook.rain_chance)} chance of {falls}")
    if outlook.wind_kmh is not None:
        extras.append(wmo.wind_in_words(outlook.wind_kmh))
    return extras


def _between(outlook: Outlook, units: Units) -> str | None:
    if outlook.low_c is None or outlook.high_c is None:
        return None
    low = units.spoken_temperature(outlook.low_c)
    high = units.spoken_temperature(outlook.high_c)
    if low == high:
        return f"around {low} {units.spoken_degrees}"
    return f"between {low} and {high} {units.spoken_degrees}"


def _severity(outlook: Outlook, units: Units) -> int:
    """0: nothing to mind; 1: something; 2: it is severe."""
    found = severe.dangers(outlook, units)
    return (1 + found[0].severe) if found else 0


def _temperature(celsius: float | None, units: Units) -> int | None:
    return None if celsius is None else round(units.temperature(celsius))


def _speed(kmh: float | None, units: Units) -> int | None:
    return None if kmh is None else round(units.wind(kmh))


def _rain(mm: float | None, units: Units) -> dict[str, float]:
    if mm is None:
        return {}
    if units.fahrenheit:
        return {"rain_inches": round(mm / MM_PER_INCH, 1)}
    return {"rain_mm": round(mm, 1)}
