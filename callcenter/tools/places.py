"""Which place a caller means: pure choice among those that a geocoder found."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from callcenter.tools.sky import Place

DWARFS: Final = 5
"""A place that has so many times the people of any other is the one that is meant."""

WITH_REGION: Final = frozenset({"US", "CA", "AU"})
"""Countries whose people name the state, not the country, after a town."""

COUNTRY_NAMES: Final = {
    "usa": "us",
    "america": "us",
    "united states of america": "us",
    "uk": "gb",
    "great britain": "gb",
    "england": "gb",
    "scotland": "gb",
    "wales": "gb",
    "holland": "nl",
    "norge": "no",
}
STATES: Final = dict(
    pair.split(":")
    for pair in """
        al:alabama ak:alaska az:arizona ar:arkansas ca:california co:colorado
        ct:connecticut de:delaware fl:florida ga:georgia hi:hawaii id:idaho
        il:illinois in:indiana ia:iowa ks:kansas ky:kentucky la:louisiana me:maine
        md:maryland ma:massachusetts mi:michigan mn:minnesota ms:mississippi
        mo:missouri mt:montana ne:nebraska nv:nevada nh:new_hampshire nj:new_jersey
        nm:new_mexico ny:new_york nc:north_carolina nd:north_dakota oh:ohio
        ok:oklahoma or:oregon pa:pennsylvania ri:rhode_island sc:south_carolina
        sd:south_dakota tn:tennessee tx:texas ut:utah vt:vermont va:virginia
        wa:washington wv:west_virginia wi:wisconsin wy:wyoming
    """.split()  # noqa: SIM905  # fifty strings in quotes cannot be proof-read
)


def folded(text: str) -> str:
    """Without case, accents or punctuation: `Tromsø` and `tromso` are one."""
    plain = unicodedata.normalize("NFKD", text.casefold().replace("ø", "o"))
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


def label(place: Place) -> str:
    """A place as people say it: `Bergen, Norway`; `Paris, Texas`."""
    if place.country_code in WITH_REGION and place.region:
        return f"{place.name}, {place.region}"
    return f"{place.name}, {place.country}" if place.country else place.name


def full_label(place: Place) -> str:
    """Region and country too, to tell places of one name apart."""
    parts = (place.name, place.region, place.country)
    return ", ".join(dict.fromkeys(part for part in parts if part))


def told_apart(places: Sequence[Place]) -> list[str]:
    """What tells namesakes apart: their regions alone, where those are enough."""
    one_country = len({place.country for place in places}) == 1
    if one_country and all(place.region for place in places):
        return [place.region for place in places]
    wholes = [full_label(place).partition(", ") for place in places]
    return [rest or name for name, _, rest in wholes]


def ways_to_read(said: str) -> Iterable[tuple[str, str]]:
    """Name and qualifier, the likeliest reading first: `Paris Texas` is two."""
    said = re.sub(r"\s+in\s+", ", ", said.strip())
    head, comma, tail = said.partition(",")
    if comma:
        yield head.strip(), tail.strip()
    yield said, ""
    words = said.replace(",", " ").split()
    for cut in range(len(words) - 1, 0, -1):
        yield " ".join(words[:cut]), " ".join(words[cut:])


def lies_in(place: Place, qualifier: str) -> bool:
    """Whether a place is in the region or country that the caller named."""
    wanted = folded(qualifier)
    state = STATES.get(wanted, "").replace("_", " ")
    names = {folded(place.region), folded(place.country), place.country_code.lower()}
    words = {wanted, COUNTRY_NAMES.get(wanted, wanted), state or wanted}
    if names & words:
        return True
    parts = [part for part in qualifier.split(",") if part.strip()]
    return len(parts) > 1 and all(lies_in(place, part) for part in parts)


def candidates(found: Sequence[Place], name: str) -> list[Place]:
    """Those that the caller may mean: one, if one stands out; else largest first."""
    same = [place for place in found if folded(place.name) == folded(name)]
    by_size = sorted(same or found, key=lambda place: -place.population)
    largest: dict[str, Place] = {}
    for place in by_size:
        largest.setdefault(full_label(place), place)
    distinct = list(largest.values())
    if len(distinct) > 1:
        first, second = distinct[0].population, distinct[1].population
        if first and first >= DWARFS * second:
            return distinct[:1]
    return distinct
