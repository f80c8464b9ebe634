"""A telephone, and the person at it: ears, mouth, finger."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from callcenter.simulator.carrier.ears import Ears
from callcenter.simulator.carrier.records import (
    Happening,
    Heard,
    PhoneEvent,
    Source,
)
from callcenter.simulator.carrier.sound import QUIET_FRAME, audible
from callcenter.simulator.carrier.watch import Watch
from callcenter.wire.mulaw import FRAME_BYTES, FRAME_MS, SILENCE

NOT_SPEECH: Final = frozenset({Source.RINGBACK, Source.LINE, Source.HOLD})
"""Nobody takes the ringing tone, or music, for somebody who has spoken."""


class LineIsDead(Exception):
    """The call is over; there is nobody to hear or to be heard by."""


class Phone:
    """What a script holds in its hand while it is on the telephone.

    Everything that waits raises `LineIsDead` once the call is over, and TimeoutError
    when its time is up.
    """

    def __init__(
        self, number: str, on_event: Callable[[PhoneEvent], None] | None = None
    ) -> None:
        self.number = number
        self.on_event = on_event
        self.events: list[PhoneEvent] = []
        self.said_texts: list[str] = []
        self.now_ms = 0
        self.over = False
        self.press_key: Callable[[str], None] | None = None
        self.put_down: Callable[[], None] | None = None
        self._ears = Ears()
        self._mouth: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._watch = Watch()
        self._sounded = False
        self._last_sound_ms = 0

    @property
    def heard(self) -> list[Heard]:
        """What was audible, in order."""
        return self._ears.heard

    def heard_from(self, source: str) -> bytes:
        """All audible sound of one source, joined."""
        return b"".join(part.audio for part in self.heard if part.source == source)

    async def say(self, audio: bytes) -> None:
        """Speak; return when the last of it has left the mouth."""
        self._must_live()
        spoken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._mouth.append((audio, spoken))
        self.happen(Happening.SPOKE, f"{len(audio) // 8} ms")
        await self._until(spoken.done, None)

    def press(self, digits: str) -> None:
        """Press keys, one after another."""
        self._must_live()
        for digit in digits:
            self.happen(Happening.PRESSED, digit)
            if self.press_key is not None:
                self.press_key(digit)

    def hang_up(self) -> None:
        """Put the receiver down. Harmless when the call is already over."""
        if not self.over and self.put_down is not None:
            self.put_down()

    async def hears_sound(self, timeout_s: float = 20.0) -> None:
        """Wait until somebody speaks (or has, since the last pause)."""
        await self._until(lambda: self._sounded, timeout_s)

    async def hears_pause(self, quiet_ms: int = 700, timeout_s: float = 20.0) -> None:
        """Wait until somebody has spoken since the last pause, and is quiet again."""
        await self._until(
            lambda: self._sounded and self.now_ms - self._last_sound_ms >= quiet_ms,
            timeout_s,
        )
        self._sounded = False

    async def waits(self, ms: int) -> None:
        """Let that much time pass, on the phone's clock."""
        until_ms = self.now_ms + ms
        await self._until(lambda: self.now_ms >= until_ms, None)

    async def happens(self, *what: Happening, timeout_s: float = 20.0) -> None:
        """Wait until one of these has happened."""
        await self._until(
            lambda: any(event.what in what for event in self.events), timeout_s
        )

    def happen(self, what: Happening, detail: str = "") -> None:
        """For the network: note an event."""
        event = PhoneEvent(self.now_ms, what, detail)
        self.events.append(event)
        if what is Happening.SAID:
            self.said_texts.append(detail)
        if what is Happening.ENDED:
            self.over = True
        if self.on_event is not None:
            self.on_event(event)
        self._watch.changed()

    def speak_frame(self) -> bytes:
        """For the network: the next 20 ms from the mouth."""
        if not self._mouth:
            return QUIET_FRAME
        audio, spoken = self._mouth.popleft()
        if rest := audio[FRAME_BYTES:]:
            self._mouth.appendleft((rest, spoken))
        elif not spoken.done():
            spoken.set_result(None)
        return audio[:FRAME_BYTES].ljust(FRAME_BYTES, SILENCE)

    def hear_frame(self, at_ms: int, frame: bytes, source: Source) -> None:
        """For the network: 20 ms for the ear."""
        sounding = audible(frame)
        self.now_ms = at_ms + FRAME_MS
        self._ears.hear(at_ms, frame, source, audible=sounding)
        if sounding and source not in NOT_SPEECH:
            self._sounded = True
            self._last_sound_ms = self.now_ms
        self._watch.changed()

    async def _until(self, true: Callable[[], bool], timeout_s: float | None) -> None:
        await self._watch.until(lambda: true() or self.over, timeout_s)
        if not true():
            self._must_live()

    def _must_live(self) -> None:
        if self.over:
            raise LineIsDead(self.number)
