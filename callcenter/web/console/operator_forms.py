"""An operator in plain data: as a line shows them, and as a form changes them."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from callcenter.domain import presence
from callcenter.domain.hours import DAYS, Hours
from callcenter.domain.operators import Operator
from callcenter.domain.presence import OnList
from callcenter.errors import ConfigurationError
from callcenter.storage.directory import written
from callcenter.web.console import board
from callcenter.web.console.asked import field
from callcenter.web.console.desk import ConsoleDesk
from callcenter.web.console.doorkeeper import me
from callcenter.web.console.house_desk import house_of

LIST: Final = "/console/operators"
UNDO: Final = timedelta(hours=1)
"""So long after a removal it can be undone here."""

WAYS: Final = ("number", "sip", "client")
ALWAYS: Final = "always"
ADDED, REMOVED = "operator.added", "operator.removed"
RECENT: Final = 20
"""Acts of one operator's, searched for what was removed."""


def line_of(one: OnList, now: datetime) -> dict[str, Any]:
    """An operator as a page and its script show them; a viewer sees no number."""
    state = board.of_operators([one], now)[0]
    attendance = one.attendance
    current = attendance.at(now) is attendance.presence
    until = attendance.until if current else None
    destination = one.operator.destination
    return {
        **state,
        "why": attendance.why if current else "",
        "until": until.isoformat() if until else "",
        "missed": attendance.missed,
        "away": attendance.at(now) is presence.Presence.AWAY,
        "priority": one.operator.priority,
        "hours": briefly(one.operator.hours) if one.operator.hours else ALWAYS,
        "destination": board.caller_for(me(), destination),
        "address": address_of(one.operator.name),
    }


def briefly(hours: Hours) -> str:
    """As people write them: Mon–Fri 08:00–16:00 Europe/Oslo."""
    days: dict[str, set[int]] = {}
    for text in written(hours).removesuffix(f" {hours.zone.key}").split(", "):
        day, _, times = text.partition(" ")
        days.setdefault(times.replace("-", "–"), set()).add(DAYS.index(day))
    said = [f"{_runs(which)} {times}" for times, which in days.items()]
    return f"{', '.join(said)} {hours.zone.key}"


def _runs(days: set[int]) -> str:
    """Mon–Fri, Sun."""
    begins = [day for day in sorted(days) if day - 1 not in days]
    ends = [day for day in sorted(days) if day + 1 not in days]
    return ", ".join(
        DAYS[first].title() if first == last else f"{DAYS[first]}–{DAYS[last]}".title()
        for first, last in zip(begins, ends, strict=True)
    )


def address_of(name: str) -> str:
    return f"{LIST}/{quote(name, safe='')}"


def entry_of(operator: Operator) -> dict[str, Any]:
    """As a form shows it, and as an audit keeps it."""
    way, _, rest = operator.destination.rpartition(":")
    return {
        "name": operator.name,
        "way": way or "number",
        "reach": rest,
        "skills": ", ".join(sorted(operator.skills)),
        "hours": written(operator.hours) if operator.hours else ALWAYS,
        "priority": operator.priority,
    }


async def typed() -> dict[str, Any]:
    names = ("name", "way", "reach", "skills", "hours", "priority")
    return {one: await field(one, 300) for one in names}


def read(desk: ConsoleDesk, form: Mapping[str, Any]) -> tuple[Operator | None, str]:
    """The operator, or a sentence that says why not."""
    if "/" in form["name"] or not str(form["name"]).isprintable():
        return None, "A name has no / and nothing that cannot be printed."
    skills = [one.strip() for one in str(form["skills"]).split(",") if one.strip()]
    way = form["way"] if form["way"] in WAYS else "number"
    entry: dict[str, Any] = {"name": form["name"], way: form["reach"]}
    if skills:
        entry["skills"] = skills
    if form["hours"] not in {"", ALWAYS}:
        entry["hours"] = form["hours"]
    try:
        if str(form["priority"]).strip():
            entry["priority"] = int(form["priority"])
        return house_of(desk).read_operator(entry), ""
    except (ValueError, ConfigurationError) as error:
        said = str(error)
        return None, f"{said[:1].upper()}{said[1:]}."


async def last_removed(desk: ConsoleDesk, name: str) -> dict[str, Any] | None:
    """What was removed a moment ago, as the audit has it."""
    for entry in await desk.audit.latest(RECENT, subject=name):
        if entry.act == REMOVED and entry.at > desk.clock.now() - UNDO:
            return dict(json.loads(entry.detail))
        if entry.act == ADDED:
            return None
    return None
