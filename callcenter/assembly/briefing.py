"""What all agents know of a call before it begins."""

from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.schedule import AppointmentBook
from callcenter.tools.spoken import spoken_day


def briefing(
    settings: Settings, book: AppointmentBook, clock: Clock, number: str
) -> str:
    """For a call from this number, now."""
    now = clock.now().astimezone(book.zone)
    told = " The call is recorded, and the caller has been told so."
    return (
        "# This call\n\n"
        f"It is {spoken_day(now.date())}, {now:%H:%M}, in {book.zone.key}. "
        f"The caller's number is {number or 'withheld'}. "
        f"It is no proof of who they are.{told if settings.record_calls else ''}"
    )
