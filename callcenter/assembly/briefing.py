"""What all agents know of a call before it begins."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Final

from callcenter.domain.call import CallState
from callcenter.errors import StorageError
from callcenter.floor.ports import Clock
from callcenter.settings import Settings
from callcenter.storage.callers import Callers
from callcenter.storage.schedule import AppointmentBook
from callcenter.tools.caller import is_withheld
from callcenter.tools.spoken import spoken_day

LOOK_UP_SECONDS: Final = 0.15
"""The caller hears the greeting meanwhile; a slow database is done without."""

NUMBER_CHARACTERS: Final = 60


@dataclass(frozen=True, slots=True)
class Briefing:
    """For the sessions of a call: asked anew for each, as the call then stands."""

    settings: Settings
    book: AppointmentBook
    callers: Callers
    clock: Clock

    async def __call__(self, call: CallState) -> str:
        """Takes LOOK_UP_SECONDS at most, and never fails."""
        return "\n\n".join(
            part for part in (self._this_call(call), await self._known(call)) if part
        )

    def _this_call(self, call: CallState) -> str:
        now = self.clock.now().astimezone(self.book.zone)
        told = " The call is recorded, and the caller has been told so."
        return (
            "# This call\n\n"
            f"It is {spoken_day(now.date())}, {now:%H:%M}, in {self.book.zone.key}. "
            f"The caller's number is {_plain(call.caller_number) or 'withheld'}. "
            f"They called {_plain(call.called_number) or 'us'}. "
            + (PROVED if call.verified else UNPROVED)
            + (told if self.settings.record_calls else "")
        )

    async def _known(self, call: CallState) -> str:
        if is_withheld(call.caller_number):
            return ""
        with suppress(StorageError, TimeoutError):
            async with asyncio.timeout(LOOK_UP_SECONDS):
                known = await self.callers.of(call.caller_number, self.clock.now())
            sealed = known.sealed and not call.verified
            return replace(known, sealed=sealed).note(self.book.zone)
        return ""


def _plain(number: str) -> str:
    """As carriers write them. A SIP caller chooses their own: it may be a letter."""
    kept = (c for c in number if c.isalnum() or c in "+@.:-_")
    return "".join(kept)[:NUMBER_CHARACTERS]


UNPROVED: Final = "Their number is no proof of who they are."
PROVED: Final = "They have proved in this call that their number is theirs."
