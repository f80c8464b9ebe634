"""Public holidays: computed for any year, with their names in English."""

from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Final

import holidays

ENGLISH: Final = "en_US"


def known(country: str, region: str = "") -> str:
    """What is wrong with a country or a part of it; empty: its holidays are known."""
    try:
        holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        return str(error)
    return ""


@cache
def in_year(country: str, region: str, year: int) -> MappingProxyType[date, str]:
    """The public holidays of a year, by their day; none without a country."""
    if not country:
        return MappingProxyType({})
    found = holidays.country_holidays(
        country, subdiv=region or None, years=year, language=ENGLISH
    )
    return MappingProxyType(dict(found.items()))
