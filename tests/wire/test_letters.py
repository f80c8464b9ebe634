"""Texts about appointments: whose house, when, which code; and nobody's name."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from callcenter.domain.schedule import Appointment, Slot
from callcenter.wire.letters import Letters
from callcenter.wire.links import Links

OSLO = ZoneInfo("Europe/Oslo")
FRIDAY = datetime(2026, 3, 6, 9, 5, tzinfo=OSLO)
BOOKED = Appointment(
    "K7Q2X",
    Slot("bicycle service", "stand", FRIDAY, 30),
    "Kari Nordmann",
    "+4755512345",
)
LETTERS = Letters("Hjul", OSLO, "+15005550006", Links("s", "https://calls.example.com"))


def test_a_confirmation_has_all_that_a_caller_needs_and_a_link_for_the_calendar() -> (
    None
):
    text = LETTERS.confirmation(BOOKED)
    assert text.startswith(
        "Hjul: your bicycle service is on Friday 6 March at 09:05. Code K7Q2X. To "
        "change it, call +15005550006. For your calendar: https://calls.example.com/a/"
    )
    token = text.rpartition("/")[2].removesuffix(".ics")
    assert LETTERS.links.code_of(token) == "K7Q2X"


def test_a_house_that_the_outside_cannot_reach_sends_no_link() -> None:
    letters = replace(LETTERS, links=Links("s", ""))
    assert letters.confirmation(BOOKED).endswith("call +15005550006.")


def test_a_reminder_says_what_to_do_if_one_cannot_come() -> None:
    assert LETTERS.reminder(BOOKED) == (
        "Hjul: a reminder of your bicycle service on Friday 6 March at 09:05. Code "
        "K7Q2X. If you cannot come, please call +15005550006."
    )


def test_an_offer_says_until_when_it_stands_by_the_houses_own_clock() -> None:
    until = datetime(2026, 3, 5, 15, 30, tzinfo=UTC)
    text = LETTERS.offer(replace(BOOKED, held_until=until))
    assert "bicycle service on Friday 6 March at 09:05" in text
    assert "It is kept for you until 16:30." in text
    assert "call +15005550006 and say the code K7Q2X" in text


def test_an_offer_without_an_end_stands_until_the_time_itself() -> None:
    assert "until 09:05." in LETTERS.offer(BOOKED)


def test_no_text_has_the_callers_name_or_number() -> None:
    for text in (
        LETTERS.confirmation(BOOKED),
        LETTERS.reminder(BOOKED),
        LETTERS.offer(BOOKED),
    ):
        assert "Kari" not in text
        assert BOOKED.phone not in text
