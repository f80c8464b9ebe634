"""A person of the house who speaks in the agent's place: the line's party meanwhile.

What they say is played like an agent's words, so it is on the recording where the
caller heard it. What either side says is cut into utterances, to be written down.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

from callcenter.bridge.run import BYTES_PER_MS, Heard
from callcenter.bridge.utterances import Utterance, Utterances
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.realtime.party import Party

MOST_QUEUED_MS: Final = 200
"""More would make a talk of two people who interrupt each other."""

CUSHION_MS: Final = 60
"""Gathered before the first of it is played: the network's own unevenness."""

COLLEAGUE: Final = ResponseId("colleague")

Play = Callable[[Party, ItemId, ResponseId, bytes], None]


class Colleague:
    """One takeover's. `CallerLine.take` makes it."""

    def __init__(
        self,
        play: Play,
        wait_ms: Callable[[], float],
        clock: Callable[[], int],
    ) -> None:
        self.dropped = 0
        """Frames that came too late, or too many at a time, to be heard."""
        self._play = play
        self._wait_ms = wait_ms
        self._clock = clock
        self._item_id = ItemId(f"colleague_{clock()}")
        self._cushion = bytearray()
        self._caller = Utterances()
        self._own = Utterances()
        self._said: asyncio.Queue[tuple[bool, Utterance]] = asyncio.Queue()

    def speak(self, audio: bytes) -> None:
        """Let the caller hear it, unless more waits already than may."""
        if said := self._own.hear(audio, self._clock()):
            self._said.put_nowait((False, said))
        waits_ms = self._wait_ms()
        if waits_ms + len(audio) / BYTES_PER_MS > MOST_QUEUED_MS:
            self.dropped += 1
            return
        self._cushion += audio
        if waits_ms or len(self._cushion) >= CUSHION_MS * BYTES_PER_MS:
            self._play(self, self._item_id, COLLEAGUE, bytes(self._cushion))
            self._cushion.clear()

    async def said(self) -> AsyncIterator[tuple[bool, Utterance]]:
        """What was said, and whether the caller said it, as long as it is read."""
        while True:
            yield await self._said.get()

    def rest(self) -> Iterator[tuple[bool, Utterance]]:
        """What is not written down yet; nothing more will come."""
        now_ms = self._clock()
        while not self._said.empty():
            yield self._said.get_nowait()
        if said := self._caller.rest(now_ms):
            yield True, said
        if said := self._own.rest(now_ms):
            yield False, said

    # What the line needs of a party.

    async def hear(self, audio: bytes) -> None:
        """Take the caller's audio."""
        self.hear_now(audio)

    def hear_now(self, audio: bytes) -> bool:
        """The same: it is only cut into utterances."""
        if said := self._caller.hear(audio, self._clock()):
            self._said.put_nowait((True, said))
        return True

    async def truncate(self, item_id: ItemId, heard_ms: int) -> None:
        """People know what they said."""

    def audible(self, item_id: ItemId, in_ms: int) -> None:
        """The caller begins to hear them."""

    def heard(self, heard: Heard) -> None:
        """The caller has heard them."""
