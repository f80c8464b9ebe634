"""Appointments as calendars read them."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar

from callcenter.domain.house import House, WeekTime
from callcenter.domain.schedule import Appointment, Slot
from callcenter.wire.invitations import feed, invitation

OSLO = ZoneInfo("Europe/Oslo")
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUSE = House(
    "Fjord & Søn",
    OSLO,
    (WeekTime(0, time(9), time(17)),),
    (),
    (),
    address="Skuteviksboder 12, Bergen",
)
START = datetime(2026, 3, 29, 1, 30, tzinfo=OSLO)
BOOKED = Appointment("K7M4X", Slot("service", "stand 1", START, 60), "Ada Lie", "+4755")


def events(written: bytes) -> list[Any]:
    return list(Calendar.from_ical(written).walk("VEVENT"))


def test_an_invitation_has_what_the_caller_needs() -> None:
    written = invitation(BOOKED, HOUSE, NOW)
    [event] = events(written)
    assert event["SUMMARY"] == "Fjord & Søn: service"
    assert event["LOCATION"] == "Skuteviksboder 12, Bergen"
    assert "K7M4X" in event["DESCRIPTION"]
    assert event["STATUS"] == "CONFIRMED"
    assert b"+4755" not in written
    assert written.endswith(b"END:VCALENDAR\r\n")


def test_an_hour_over_the_change_of_clocks_is_an_hour() -> None:
    [event] = events(invitation(BOOKED, HOUSE, NOW))
    assert event.start == datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert event.end == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_moved_appointment_replaces_itself_and_a_cancelled_one_goes() -> None:
    [old] = events(invitation(BOOKED, HOUSE, NOW))
    [new] = events(invitation(replace(BOOKED, revision=1), HOUSE, NOW))
    assert (old["UID"], old["SEQUENCE"], new["SEQUENCE"]) == (new["UID"], 0, 1)
    [gone] = events(invitation(replace(BOOKED, cancelled=True), HOUSE, NOW))
    assert gone["STATUS"] == "CANCELLED"


def test_a_feed_tells_staff_who_comes_for_what_and_no_number() -> None:
    held = replace(BOOKED, code="H", held_until=NOW, name="Bo")
    written = feed("stand 1", [BOOKED, held], HOUSE, NOW)
    first, second = events(written)
    assert (first["SUMMARY"], first["STATUS"]) == ("service: Ada Lie", "CONFIRMED")
    assert second["SUMMARY"] == "service: kept for the waiting list"
    assert second["STATUS"] == "TENTATIVE"
    assert b"+4755" not in written
    assert b"Bo" not in written


def test_a_name_cannot_write_a_line_of_its_own() -> None:
    wicked = replace(BOOKED, name="Ada\r\nATTENDEE:mailto:x@example.com;,\\")
    [event] = events(feed("stand 1", [wicked], HOUSE, NOW))
    assert "ATTENDEE" not in event
    assert "ATTENDEE" in event["SUMMARY"]


def test_a_house_without_an_address_names_no_place() -> None:
    [event] = events(invitation(BOOKED, replace(HOUSE, address=""), NOW))
    assert "LOCATION" not in event
