"""Real places, as Open-Meteo's geocoder knows them, and how it searches among them."""

from dataclasses import dataclass
from typing import Final, TypeAlias

EXACT_MATCH_CHARACTERS: Final = 2
"""One character finds nothing, two must match exactly, three or more are a prefix."""


@dataclass(frozen=True, slots=True)
class Place:
    """One entry of the geocoder."""

    id: int
    name: str
    latitude: float
    longitude: float
    elevation: float
    country_code: str
    country: str
    admin1: str
    timezone: str
    population: int
    feature_code: str = "PPL"

    def body(self) -> dict[str, object]:
        return {
            "id": self.id,
            "name": self.name,
            "latitude": self.latitude,
            "longitude": self.longitude,
            "elevation": self.elevation,
            "feature_code": self.feature_code,
            "country_code": self.country_code,
            "timezone": self.timezone,
            "population": self.population,
            "country": self.country,
            "admin1": self.admin1,
        }


_Row: TypeAlias = tuple[str, float, float, float, str, str, str, str, int, str]

_ROWS: Final[tuple[_Row, ...]] = (
    ("Paris", 48.85341, 2.3488, 42, "FR", "France", "Île-de-France",
     "Europe/Paris", 2138551, "PPLC"),
    ("Paris", 33.66094, -95.55551, 183, "US", "United States", "Texas",
     "America/Chicago", 24782, "PPLA2"),
    ("Berlin", 52.52437, 13.41053, 74, "DE", "Germany", "Land Berlin",
     "Europe/Berlin", 3426354, "PPLC"),
    ("London", 51.50853, -0.12574, 25, "GB", "United Kingdom", "England",
     "Europe/London", 8961989, "PPLC"),
    ("London", 42.98339, -81.23304, 252, "CA", "Canada", "Ontario",
     "America/Toronto", 422324, "PPL"),
    ("New York", 40.71427, -74.00597, 10, "US", "United States", "New York",
     "America/New_York", 8804190, "PPL"),
    ("Oslo", 59.91273, 10.74609, 26, "NO", "Norway", "Oslo",
     "Europe/Oslo", 580000, "PPLC"),
    ("Bergen", 60.39299, 5.32415, 18, "NO", "Norway", "Vestland",
     "Europe/Oslo", 213585, "PPLA"),
    ("Tokyo", 35.6895, 139.69171, 44, "JP", "Japan", "Tokyo",
     "Asia/Tokyo", 8336599, "PPLC"),
    ("Springfield", 37.21533, -93.29824, 396, "US", "United States", "Missouri",
     "America/Chicago", 166810, "PPLA2"),
    ("Springfield", 42.10148, -72.58981, 21, "US", "United States",
     "Massachusetts", "America/New_York", 155929, "PPLA2"),
    ("Springfield", 39.80172, -89.64371, 182, "US", "United States", "Illinois",
     "America/Chicago", 116565, "PPLA"),
    ("Springfield", 44.04624, -123.02203, 139, "US", "United States", "Oregon",
     "America/Los_Angeles", 60140, "PPL"),
    ("Springfield", 39.92423, -83.80882, 298, "US", "United States", "Ohio",
     "America/New_York", 59680, "PPLA2"),
    ("Copenhagen", 55.67594, 12.56553, 14, "DK", "Denmark", "Capital Region",
     "Europe/Copenhagen", 1153615, "PPLC"),
    ("Stockholm", 59.32938, 18.06871, 17, "SE", "Sweden", "Stockholm",
     "Europe/Stockholm", 1515017, "PPLC"),
    ("Madrid", 40.4165, -3.70256, 665, "ES", "Spain", "Madrid",
     "Europe/Madrid", 3255944, "PPLC"),
    ("Rome", 41.89193, 12.51133, 20, "IT", "Italy", "Lazio",
     "Europe/Rome", 2318895, "PPLC"),
    ("San Francisco", 37.77493, -122.41942, 16, "US", "United States",
     "California", "America/Los_Angeles", 864816, "PPLA2"),
    ("Los Angeles", 34.05223, -118.24368, 89, "US", "United States",
     "California", "America/Los_Angeles", 3971883, "PPLA2"),
    ("Chicago", 41.85003, -87.65005, 179, "US", "United States", "Illinois",
     "America/Chicago", 2720546, "PPLA2"),
    ("Sydney", -33.86785, 151.20732, 58, "AU", "Australia", "New South Wales",
     "Australia/Sydney", 4627345, "PPLA"),
    ("São Paulo", -23.5475, -46.63611, 769, "BR", "Brazil", "São Paulo",
     "America/Sao_Paulo", 12400232, "PPLA"),
    ("Reykjavík", 64.13548, -21.89541, 37, "IS", "Iceland",
     "Capital Region", "Atlantic/Reykjavik", 118918, "PPLC"),
    ("Nairobi", -1.28333, 36.81667, 1684, "KE", "Kenya", "Nairobi County",
     "Africa/Nairobi", 4397073, "PPLC"),
    ("Delhi", 28.65195, 77.23149, 227, "IN", "India", "Delhi",
     "Asia/Kolkata", 10927986, "PPLA"),
    ("Å", 67.87967, 12.98308, 10, "NO", "Norway", "Nordland",
     "Europe/Oslo", 150, "PPL"),
    ("Ås", 59.66333, 10.79333, 95, "NO", "Norway", "Akershus",
     "Europe/Oslo", 9800, "PPL"),
)  # fmt: skip

_FIRST_ID: Final = 2_000_001

PLACES: Final[tuple[Place, ...]] = tuple(
    Place(
        _FIRST_ID + index, name, latitude, longitude, elevation,
        code, country, admin1, timezone, population, feature,
    )
    for index, (
        name, latitude, longitude, elevation,
        code, country, admin1, timezone, population, feature,
    ) in enumerate(_ROWS)
)  # fmt: skip

_US_STATES: Final = {
    "TX": "Texas", "MO": "Missouri", "MA": "Massachusetts", "IL": "Illinois",
    "OR": "Oregon", "OH": "Ohio", "NY": "New York", "CA": "California",
}  # fmt: skip


def search(query: str, country_code: str = "") -> list[Place]:
    """Places of that name, the most populous first.

    "Paris, Texas" is a name and a country or region that must match exactly.
    """
    name, _, qualifier = (part.strip() for part in query.partition(","))
    found = [
        place
        for place in PLACES
        if _named(place, name)
        and (not qualifier or _within(place, qualifier))
        and country_code.upper() in {"", place.country_code}
    ]
    return sorted(found, key=lambda place: -place.population)


def _named(place: Place, name: str) -> bool:
    if len(name) < EXACT_MATCH_CHARACTERS:
        return False
    known, wanted = _plain(place.name), _plain(name)
    if len(name) == EXACT_MATCH_CHARACTERS:
        return known == wanted
    return known.startswith(wanted)


def _within(place: Place, qualifier: str) -> bool:
    wanted = _plain(_US_STATES.get(qualifier.upper(), qualifier))
    return wanted in {_plain(place.country), _plain(place.admin1)} or (
        qualifier.upper() == place.country_code
    )


def _plain(text: str) -> str:
    return text.casefold().translate(_ACCENTS)


_ACCENTS: Final = str.maketrans("åãáíîé", "aaaiie")
