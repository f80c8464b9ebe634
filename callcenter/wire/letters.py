"""What the texts about appointments say: short, and without the caller's name.

A text may be read by whoever holds the telephone, and each 160 characters cost money.
"""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from callcenter.domain.schedule import Appointment, Slot
from callcenter.wire.links import Links


@dataclass(frozen=True, slots=True)
class Letters:
    """The texts of one house."""

    house: str
    zone: ZoneInfo
    number: str
    """Where the house is called."""
    links: Links

    def confirmation(self, appointment: Appointment) -> str:
        slot, code = appointment.slot, appointment.code
        link = self.links.invitation(code)
        calendar = f" For your calendar: {link}" if link else ""
        return (
            f"{self.house}: your {slot.service} is on {_when(slot)}. Code {code}. To "
            f"change it, call {self.number}.{calendar}"
        )

    def reminder(self, appointment: Appointment) -> str:
        slot, code = appointment.slot, appointment.code
        return (
            f"{self.house}: a reminder of your {slot.service} on {_when(slot)}. "
            f"Code {code}. If you cannot come, please call {self.number}."
        )

    def offer(self, appointment: Appointment) -> str:
        """For a time that is kept; without its end there is nothing to say."""
        slot, code = appointment.slot, appointment.code
        until = appointment.held_until or slot.starts_at
        return (
            f"{self.house}: a time has become free: {slot.service} on {_when(slot)}. "
            f"It is kept for you until {until.astimezone(self.zone):%H:%M}. To take "
            f"it, call {self.number} and say the code {code}."
        )


def _when(slot: Slot) -> str:
    start: datetime = slot.starts_at
    return f"{start:%A} {start.day} {start:%B} at {start:%H:%M}"
