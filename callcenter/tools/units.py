"""Degrees, miles and inches, as the caller counts."""

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

import phonenumbers

from callcenter.tools.caller import number_is_known
from callcenter.tools.desk import Desk
from callcenter.tools.sky import Place
from callcenter.tools.spoken import degrees

FAHRENHEIT: Final = frozenset(
    {"US", "LR", "MM", "BS", "BZ", "KY", "PW", "FM", "MH", "PR", "GU", "VI", "AS", "MP"}
)
"""As Unicode's CLDR has it (supplemental/units.xml), with what belongs to the US."""

MILES: Final = FAHRENHEIT | {"GB", "GG", "JE", "IM"}
KM_PER_MILE: Final = 1.609344
MM_PER_INCH: Final = 25.4

Wanted: TypeAlias = Literal["usual", "celsius", "fahrenheit"]


@dataclass(frozen=True, slots=True)
class Units:
    """How numbers are told."""

    fahrenheit: bool
    miles: bool
    named: bool = False
    """Whether degrees need their name: they are not sure to be the caller's own."""

    @property
    def scale(self) -> str:
        return "fahrenheit" if self.fahrenheit else "celsius"

    @property
    def speed(self) -> str:
        return "mph" if self.miles else "km/h"

    def temperature(self, celsius: float) -> float:
        return celsius * 9 / 5 + 32 if self.fahrenheit else celsius

    def wind(self, kmh: float) -> float:
        return kmh / KM_PER_MILE if self.miles else kmh

    def spoken_temperature(self, celsius: float) -> str:
        """`6`, `minus 3`."""
        return degrees(self.temperature(celsius))

    @property
    def spoken_degrees(self) -> str:
        return f"degrees {self.scale.capitalize()}" if self.named else "degrees"

    def spoken_speed(self, kmh: float) -> str:
        unit = "miles" if self.miles else "kilometres"
        return f"{round(self.wind(kmh))} {unit} an hour"


def units_for(desk: Desk, place: Place, wanted: Wanted = "usual") -> Units:
    """Those of the country that the caller's number is from.

    A withheld number has none: then those of the place, and they are named.
    """
    country = country_of(desk)
    own = country or place.country_code
    fahrenheit = own in FAHRENHEIT if wanted == "usual" else wanted == "fahrenheit"
    named = not country or wanted != "usual"
    return Units(fahrenheit, own in MILES, named)


def country_of(desk: Desk) -> str:
    """The caller's country by their number, as ISO 3166; empty if it does not say."""
    if not number_is_known(desk):
        return ""
    try:
        number = phonenumbers.parse(desk.caller_number)
    except phonenumbers.NumberParseException:
        return ""
    return phonenumbers.region_code_for_number(number) or ""
