"""When the house is open, from memory: as house.toml says, holidays and all."""

from datetime import date, datetime, timedelta
from typing import Final

from callcenter.domain.house import Days, House
from callcenter.domain.openings import Calendar
from callcenter.domain.schedule import OpeningTime
from callcenter.storage import holidays

AHEAD_DAYS: Final = 15
"""So far is looked for the next opening."""


class HouseHours:
    """Of the house that the file describes."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._known: tuple[date, list[OpeningTime]] | None = None

    def is_open(self, at: datetime) -> bool:
        return any(one.opens_at <= at < one.closes_at for one in self._openings(at))

    def next_opening(self, at: datetime) -> datetime | None:
        """When it opens again, in its own time zone; None: nobody knows."""
        begins = (one.opens_at for one in self._openings(at))
        return min((one for one in begins if one > at), default=None)

    def _openings(self, at: datetime) -> list[OpeningTime]:
        """From yesterday on: some openings end after midnight."""
        today = at.astimezone(self._house.zone).date()
        if self._known is None or self._known[0] != today:
            first = today - timedelta(days=1)
            self._known = today, self._calendar(first).openings(first, AHEAD_DAYS)
        return self._known[1]

    def _calendar(self, first: date) -> Calendar:
        house = self._house
        last = first + timedelta(days=AHEAD_DAYS)
        kept = {
            day: name
            for year in range(first.year, last.year + 1)
            for day, name in holidays.in_year(house.country, house.region, year).items()
        }
        days = Days(house.closures, house.special_hours, kept)
        return Calendar(house.zone, house.week, days)
