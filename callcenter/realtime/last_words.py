"""Which of the model's responses were words for the caller.

A response may only call a tool, or bridge the wait for one: then more is to come, and
whoever waits for the last words waits on.
"""

import asyncio
from collections.abc import Callable

from callcenter.domain.ids import ResponseId


class LastWords:
    """One line's."""

    def __init__(self) -> None:
        self._begun: dict[ResponseId, int] = {}
        """What is under way, by its number."""
        self._count = 0
        self._said = 0
        """The number of the last response that said something for its own sake."""
        self._voiced: set[ResponseId] = set()
        self._changed = asyncio.Event()

    def began(self, response_id: ResponseId) -> None:
        """A response is under way."""
        self._count += 1
        self._begun[response_id] = self._count

    def voiced(self, response_id: ResponseId) -> None:
        """It has sound."""
        self._voiced.add(response_id)

    def ended(self, response_id: ResponseId, *, more: bool) -> None:
        """It is over; `more` when another one follows it."""
        number = self._begun.pop(response_id, 0)
        if response_id in self._voiced and not more:
            self._said = max(self._said, number)
        self._voiced.discard(response_id)
        self._changed.set()

    def look(self) -> None:
        """Something else has changed, such as whether the caller has heard all."""
        self._changed.set()

    async def heard(self, quiet: Callable[[], bool], timeout_s: float) -> None:
        """Wait for a response that begins from now on, says something, and is heard.

        Returns without it when the time is up.
        """
        before = self._count
        try:
            async with asyncio.timeout(timeout_s):
                while self._said <= before or not quiet():
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            return
