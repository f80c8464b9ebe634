"""house.toml: the house in its owner's words.

    [house]
    name = "Fjord Cycles"
    zone = "Europe/Oslo"
    hours = "Mon-Fri 09:00-17:00, Sat 10:00-15:00"

    [[services]]
    name = "bicycle service"
    minutes = 60

house.example.toml shows all that can be written. A file that cannot be understood stops
the start, with one sentence for each thing that is wrong: better no house than one that
is open on the wrong days.
"""

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from callcenter.domain.hours import Span, parse_spans
from callcenter.domain.house import (
    Closure,
    House,
    Resource,
    SpecialHours,
    WeekTime,
)
from callcenter.domain.problems import did_you_mean
from callcenter.domain.schedule import Service
from callcenter.errors import ConfigurationError
from callcenter.storage import holidays

KEYS: Final[Mapping[str, frozenset[str]]] = {
    "house": frozenset({"name", "zone", "country", "region", "address", "hours"}),
    "services": frozenset(
        {"name", "minutes", "description", "before", "after", "resources"}
    ),
    "resources": frozenset({"name", "kind", "hours"}),
    "closures": frozenset({"from", "until", "name", "resource"}),
    "special_hours": frozenset({"day", "hours", "name"}),
}
KINDS: Final = ("staff", "room")
LONGEST_MINUTES: Final = 24 * 60

Made = TypeVar("Made")
Table = Mapping[str, Any]


def load_house(path: Path) -> House | None:
    """The house in the file; None when there is no file.

    Raises ConfigurationError with a sentence for each thing that is wrong.
    """
    if not path.exists():
        return None
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    reading = _Reading(path)
    house = reading.house(written)
    if reading.problems or house is None:
        raise ConfigurationError("\n".join(reading.problems))
    return house


@dataclass(slots=True)
class _Reading:
    """A file, as far as it has been understood, and what was wrong with it."""

    path: Path
    problems: list[str] = field(default_factory=list)

    def house(self, written: Table) -> House | None:
        for key in set(written) - set(KEYS):
            self.problems.append(
                f"{self.path}: unknown section {key!r}{did_you_mean(key, KEYS)}"
            )
        resources = self._all(written, "resources", _resource)
        names = [one.name for one in resources]
        services = self._all(written, "services", lambda one: _service(one, names))
        closures = self._all(written, "closures", lambda one: _closure(one, names))
        special = self._all(written, "special_hours", _special_hours)
        self._no_twins("services", [one.name for one in services])
        self._no_twins("resources", names)
        for section, found in (("services", services), ("resources", resources)):
            if section not in written or not (found or self.problems):
                self.problems.append(f"{self.path}: write at least one [[{section}]]")
        made = self._one("house", written.get("house"), "", _house)
        if made is None:
            return None
        return House(
            **made,
            services=tuple(services),
            resources=tuple(resources),
            closures=tuple(closures),
            special_hours=tuple(hours for day in special for hours in day),
        )

    def _all(
        self, written: Table, section: str, make: Callable[[Table], Made]
    ) -> list[Made]:
        entries = written.get(section, [])
        if not isinstance(entries, list):
            self.problems.append(f"{self.path}: write each as [[{section}]]")
            return []
        found = []
        for place, entry in enumerate(entries, start=1):
            name = entry.get("name", "") if isinstance(entry, Mapping) else ""
            made = self._one(section, entry, f" {name or place}", make)
            if made is not None:
                found.append(made)
        return found

    def _one(
        self, section: str, entry: object, name: str, make: Callable[[Table], Made]
    ) -> Made | None:
        """What an entry means; None when it means nothing, and then it is told."""
        where = f"{self.path}: {section}{name}"
        if not isinstance(entry, Mapping):
            self.problems.append(f"{where}: write it as [{section}]")
            return None
        for key in sorted(set(entry) - KEYS[section]):
            hint = did_you_mean(key, KEYS[section])
            self.problems.append(f"{where}: unknown key {key!r}{hint}")
        try:
            return make(entry)
        except (TypeError, ValueError) as error:
            self.problems.append(f"{where}: {error}")
            return None

    def _no_twins(self, section: str, names: list[str]) -> None:
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.problems.append(f"{self.path}: {section} {name}: there are two")


def _house(entry: Table) -> dict[str, Any]:
    zone_name = _text(entry, "zone", required=True)
    try:
        zone = ZoneInfo(zone_name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(
            f"zone: {zone_name!r} is not a time zone like 'Europe/Oslo'"
        ) from error
    country, region = _text(entry, "country").upper(), _text(entry, "region")
    if country and (wrong := holidays.known(country, region)):
        raise ValueError(f"country: {wrong}; write its two letters, such as 'NO'")
    return {
        "name": _text(entry, "name", required=True),
        "zone": zone,
        "country": country,
        "region": region,
        "address": _text(entry, "address"),
        "week": _week(_text(entry, "hours", required=True)),
    }


def _service(entry: Table, resources: Collection[str]) -> Service:
    able = entry.get("resources", [])
    if not isinstance(able, list):
        raise TypeError('resources: write a list, such as ["Anna"]')
    for name in able:
        if name not in resources:
            hint = did_you_mean(str(name), resources)
            raise ValueError(f"resources: there is no resource {name!r}{hint}")
    return Service(
        _text(entry, "name", required=True),
        _minutes(entry, "minutes", least=1),
        _text(entry, "description"),
        _minutes(entry, "before"),
        _minutes(entry, "after"),
        tuple(sorted(set(able))),
    )


def _resource(entry: Table) -> Resource:
    kind = _text(entry, "kind") or "room"
    if kind not in KINDS:
        raise ValueError(f"kind: {kind!r} is neither 'staff' nor 'room'")
    hours = _text(entry, "hours")
    name = _text(entry, "name", required=True)
    return Resource(name, kind, _week(hours) if hours else ())


def _closure(entry: Table, resources: Collection[str]) -> Closure:
    first = _day(entry, "from")
    last = _day(entry, "until") if "until" in entry else first
    if last < first:
        raise ValueError("until: it is before 'from'")
    resource = _text(entry, "resource")
    if resource and resource not in resources:
        hint = did_you_mean(resource, resources)
        raise ValueError(f"resource: there is no resource {resource!r}{hint}")
    return Closure(first, last, _text(entry, "name"), resource)


def _special_hours(entry: Table) -> list[SpecialHours]:
    day = _day(entry, "day")
    try:
        spans = parse_spans(
            ", ".join(
                f"{day:%a} {part.strip()}"
                for part in _text(entry, "hours", required=True).split(",")
            )
        )
    except ValueError as error:
        raise ValueError(f"hours: {error}") from error
    return [SpecialHours(day, *_clocks(span), _text(entry, "name")) for span in spans]


def _week(text: str) -> tuple[WeekTime, ...]:
    try:
        spans = parse_spans(text)
    except ValueError as error:
        raise ValueError(f"hours: {error}") from error
    week = sorted(WeekTime(day, *_clocks(span)) for span in spans for day in span.days)
    begins = [(one.weekday, one.opens) for one in week]
    if len(set(begins)) < len(begins):
        raise ValueError("hours: a day opens twice at the same time")
    return tuple(week)


def _clocks(span: Span) -> tuple[time, time]:
    """Until 24:00 is until midnight, at which the next day begins."""
    return span.opens, time() if span.closes == time.max else span.closes


def _text(entry: Table, key: str, *, required: bool = False) -> str:
    value = entry.get(key, "")
    if not isinstance(value, str):
        raise TypeError(f"{key}: write it in quotes")
    text = " ".join(value.split())
    if required and not text:
        raise ValueError(f"{key} is missing")
    return text


def _minutes(entry: Table, key: str, *, least: int = 0) -> int:
    value = entry.get(key, 0 if not least else None)
    if value is None:
        raise ValueError(f"{key} is missing")
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{key}: write a number of minutes")
    if not least <= value <= LONGEST_MINUTES:
        raise ValueError(f"{key}: write a number from {least} to {LONGEST_MINUTES}")
    return value


def _day(entry: Table, key: str) -> date:
    value = entry.get(key)
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"{key}: write a day without quotes, such as 2026-12-24")
    return value
