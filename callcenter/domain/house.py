"""The house, as its owner describes it: hours, days off, services, people and rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, time
from zoneinfo import ZoneInfo

from callcenter.domain.schedule import Service


@dataclass(frozen=True, slots=True, order=True)
class WeekTime:
    """An opening that comes again every week."""

    weekday: int
    """Monday is 0."""
    opens: time
    closes: time
    """Not later than `opens`: on the next day. Midnight is the end of the day."""


@dataclass(frozen=True, slots=True)
class Resource:
    """Somebody or something that serves one caller at a time."""

    name: str
    kind: str = "room"
    """"staff" or "room": how a caller speaks of it."""
    week: tuple[WeekTime, ...] = ()
    """Its own hours, within those of the house; empty: always when that is open."""


@dataclass(frozen=True, slots=True)
class Closure:
    """Days on which the house, or one resource of it, is away."""

    first_day: date
    last_day: date
    name: str = ""
    """As it is spoken: "the summer holiday"."""
    resource: str = ""
    """Empty: the whole house."""


@dataclass(frozen=True, slots=True)
class SpecialHours:
    """A day with hours of its own: they win over the week, closures and holidays."""

    day: date
    opens: time
    closes: time
    name: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """Everything that the appointment book must know before a caller asks."""

    name: str
    zone: ZoneInfo
    week: tuple[WeekTime, ...]
    services: tuple[Service, ...]
    resources: tuple[Resource, ...]
    country: str = ""
    """ISO code of the country whose public holidays are kept; empty: none are."""
    region: str = ""
    """Part of the country, where it has holidays of its own."""
    address: str = ""
    closures: tuple[Closure, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()


@dataclass(frozen=True, slots=True)
class Days:
    """What the calendar knows about some days beside the week."""

    closures: tuple[Closure, ...] = ()
    special_hours: tuple[SpecialHours, ...] = ()
    holidays: Mapping[date, str] = field(default_factory=dict)
    """Public holidays, by their day; the names as they are spoken."""
