"""Appointments as calendars read them: iCalendar, RFC 5545.

Times are written in UTC: every calendar shows them in its owner's own zone, and no
description of a time zone can be wrong.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Final

from icalendar import Calendar, Event

from callcenter.domain.house import House
from callcenter.domain.schedule import Appointment

PRODUCT: Final = "-//callcenter//appointments//EN"
REFRESH: Final = timedelta(minutes=15)
"""How often a calendar that follows a feed should ask; many ask less."""


def invitation(appointment: Appointment, house: House, now: datetime) -> bytes:
    """One appointment, for the caller; a cancelled one takes itself out again."""
    calendar = _calendar(house.name)
    service = appointment.slot.service
    event = _event(appointment, house, now, f"{house.name}: {service}")
    event.add("description", f"Your code is {appointment.code}.")
    if house.address:
        event.add("location", house.address)
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(
    resource: str, appointments: Iterable[Appointment], house: House, now: datetime
) -> bytes:
    """What somebody has to do, for them: names and codes, no telephone numbers."""
    calendar = _calendar(f"{resource} ({house.name})")
    calendar.add("x-wr-timezone", house.zone.key)
    calendar.add("refresh-interval", REFRESH)
    for one in appointments:
        who = "kept for the waiting list" if one.held_until else one.name
        event = _event(one, house, now, f"{one.slot.service}: {who}")
        event.add("description", f"Code {one.code}")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar(name: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    return calendar


def _event(
    appointment: Appointment, house: House, now: datetime, summary: str
) -> Event:
    slot = appointment.slot
    event = Event()
    # The same for ever: by it a calendar knows that a moved appointment is the old one.
    event.add("uid", f"{appointment.code}@{_host(house.name)}")
    event.add("sequence", appointment.revision)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", slot.starts_at.astimezone(UTC))
    event.add("dtend", slot.ends_at.astimezone(UTC))
    event.add("summary", summary)
    event.add("status", _status(appointment))
    return event


def _status(appointment: Appointment) -> str:
    if appointment.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if appointment.held_until else "CONFIRMED"


def _host(name: str) -> str:
    plain = "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())
    return f"{plain.strip('-') or 'house'}.callcenter"
