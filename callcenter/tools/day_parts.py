"""A time of the day, as callers and models say it: "16:00", "four pm", "afternoon"."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from callcenter.tools.definition import Unfit
from callcenter.tools.spoken import HOURS, spoken_time_of_day

PARTS: Final = {"morning": (6, 12), "afternoon": (12, 18), "evening": (18, 23),
                "night": (22, 30)}  # fmt: skip
"""Hours from the day's midnight; a night ends on the next morning."""

SAME: Final = {"tonight": "night", "noon": "12", "midday": "12", "midnight": "0"}

HOW_TO_SAY_A_TIME: Final = "give it as now, morning, afternoon, evening, night or 16:00"

_CLOCK: Final = re.compile(
    rf"(?P<hour>\d{{1,2}}|{'|'.join(HOURS)})(?:[:.](?P<minute>\d\d))?"
    r"\s*(?:o'clock)?\s*(?P<half>am|pm|a\.m\.|p\.m\.|in the morning|in the afternoon"
    r"|in the evening|at night)?"
)
_AFTER_NOON: Final = frozenset({"pm", "p.m.", "in the afternoon", "in the evening"})


@dataclass(frozen=True, slots=True)
class DayPart:
    """Some hours of a day, from its midnight: one of them, or a part of the day."""

    first: int
    end: int
    name: str = ""
    """`afternoon`; empty for a single hour."""

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """When it begins and ends, by the clocks of that day."""
        return _clock(day, self.first, zone), _clock(day, self.end, zone)

    @property
    def spoken(self) -> str:
        """`in the afternoon`, `at night`, `at four o'clock in the afternoon`."""
        if not self.name:
            return f"at {spoken_time_of_day(time(self.first))}"
        return "at night" if self.name == "night" else f"in the {self.name}"


def parse_part(text: str) -> DayPart:
    """The hours that are meant. Raises Unfit with what to write instead."""
    said = re.sub(r"^(at|in the|this|around|about)\s+", "", text.strip().lower())
    said = SAME.get(said, said)
    if said in PARTS:
        return DayPart(*PARTS[said], said)
    match = _CLOCK.fullmatch(said)
    hour = None if match is None else _hour(match)
    if hour is None:
        raise Unfit(f"I do not understand the time {text!r}: {HOW_TO_SAY_A_TIME}.")
    return DayPart(hour, hour + 1)


def _hour(match: re.Match[str]) -> int | None:
    """From 0 to 23; None when there is no such hour."""
    said, half = match["hour"], match["half"] or ""
    hour = HOURS.index(said) or 12 if said in HOURS else int(said)
    if half in _AFTER_NOON or (half == "at night" and 6 <= hour < 12):
        hour += 12 if hour < 12 else 0
    elif half and hour == 12:
        hour = 0
    return hour if hour < 24 and int(match["minute"] or 0) < 60 else None


def _clock(day: date, hour: int, zone: ZoneInfo) -> datetime:
    days, hour = divmod(hour, 24)
    return datetime.combine(day + timedelta(days=days), time(hour), zone)
