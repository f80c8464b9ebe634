"""When a text message may be sent: reminders the day before, and nothing at night."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

EARLIEST, LATEST = time(8), time(21)
"""Local. Whoever is woken by a text does not come back."""

USEFUL: Final = timedelta(hours=1)
"""Before an appointment; a later reminder only finds people who are on their way."""


@dataclass(frozen=True, slots=True)
class TextRules:
    """What a house may decide about texts."""

    remind_at: time = time(17)
    """On the day before, local: people are at home, and can still call."""
    hold: timedelta = timedelta(minutes=30)
    """How long a time that became free is kept for the first in line."""
    possible: bool = True
    """False: there is no number to send texts from."""


def is_decent(local: datetime) -> bool:
    """Whether a text that nobody waits for may be sent now."""
    return EARLIEST <= local.time() < LATEST


def next_morning(local: datetime) -> datetime:
    """When texts may be sent again, after a moment of the night."""
    day = local.date() + timedelta(days=local.time() >= LATEST)
    return datetime.combine(day, EARLIEST, tzinfo=local.tzinfo)


def reminder_time(starts_at: datetime, remind_at: time) -> datetime:
    """When to remind of an appointment, in the zone of its start."""
    eve = starts_at.date() - timedelta(days=1)
    return datetime.combine(eve, remind_at, tzinfo=starts_at.tzinfo)
