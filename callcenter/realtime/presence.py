"""Whether a caller's frames still come, and for how much silence must stand in."""

import asyncio
from typing import Final

from callcenter.realtime.inbox import CallerInbox

LATE_SECONDS: Final = 0.05
"""An event loop that wakes us so late has not read its sockets, either."""


class Presence:
    """One stream's."""

    def __init__(self, inbox: CallerInbox) -> None:
        self._inbox = inbox
        self._frames = 0
        self._seconds = 0.0
        self._limit: asyncio.Timeout | None = None

    def required(self, seconds: float) -> asyncio.Timeout:
        """A block that ends when no frame has come for so long, as `look` sees it."""
        self._seconds = seconds
        self._limit = asyncio.timeout(seconds)
        return self._limit

    def look(self, due_s: float) -> int:
        """How much silence must stand in, in ms; asked when it was `due_s` or later."""
        now_s = asyncio.get_running_loop().time()
        if self._inbox.frames != self._frames and self._limit is not None:
            self._frames = self._inbox.frames
            self._limit.reschedule(now_s + self._seconds)
        # Were we late ourselves, the frames are there and only wait to be read.
        late = now_s - due_s > LATE_SECONDS
        return 0 if late else self._inbox.missing(now_s)
