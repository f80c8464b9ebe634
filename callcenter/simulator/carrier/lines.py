"""What a leg may be connected to: 20 ms in, 20 ms out."""

import asyncio
from collections import deque
from typing import Final

from typing_extensions import override

from callcenter.simulator.carrier.records import Source
from callcenter.simulator.carrier.sound import (
    QUIET_FRAME,
    audible,
    frames,
    ringback,
)
from callcenter.wire.mulaw import FRAME_MS

BRIDGE_FRAMES: Final = 50
"""A bridge holds at most a second: two clocks may drift apart, not away."""
JITTER_FRAMES: Final = 3
"""Collected before the first is heard: two clocks never tick at the same moment."""


class Line:
    """A dead line: nothing comes out of it."""

    source = Source.LINE

    def exchange(self, spoken: bytes) -> bytes:
        """Take the 20 ms that were spoken; return the 20 ms to be heard."""
        del spoken
        return QUIET_FRAME

    def press(self, digit: str) -> None:
        """Somebody pressed a key."""


class Ringing(Line):
    """The tone of a phone that rings elsewhere."""

    source = Source.RINGBACK

    def __init__(self) -> None:
        self._at_ms = 0

    @override
    def exchange(self, spoken: bytes) -> bytes:
        frame = ringback(self._at_ms)
        self._at_ms += FRAME_MS
        return frame


class Announcement(Line):
    """Audio that plays once; `played` is set when it is over."""

    def __init__(self, audio: bytes, source: Source = Source.SAY) -> None:
        self.source = source
        self._frames = deque(frames(audio))
        self.played = asyncio.Event()

    @override
    def exchange(self, spoken: bytes) -> bytes:
        if self._frames:
            return self._frames.popleft()
        self.played.set()
        return QUIET_FRAME


class Recorder(Line):
    """Keeps what is spoken, and knows for how long nothing was."""

    def __init__(self) -> None:
        self.quiet_ms = 0
        self.total_ms = 0
        self.audible = False
        self._kept: list[bytes] = []

    @override
    def exchange(self, spoken: bytes) -> bytes:
        self._kept.append(spoken)
        self.total_ms += FRAME_MS
        if audible(spoken):
            self.audible = True
            self.quiet_ms = 0
        else:
            self.quiet_ms += FRAME_MS
        return QUIET_FRAME

    @property
    def audio(self) -> bytes:
        return b"".join(self._kept)


class BridgeEnd(Line):
    """One end of a bridge: what is spoken here is heard at the other end."""

    source = Source.BRIDGE

    def __init__(self) -> None:
        self._other: BridgeEnd | None = None
        self._incoming: deque[bytes] = deque(maxlen=BRIDGE_FRAMES)
        self._flowing = False

    def join(self, other: "BridgeEnd") -> None:
        self._other = other

    def deliver(self, frame: bytes) -> None:
        self._incoming.append(frame)
        if len(self._incoming) >= JITTER_FRAMES:
            self._flowing = True

    @override
    def exchange(self, spoken: bytes) -> bytes:
        if self._other is not None:
            self._other.deliver(spoken)
        self._flowing = self._flowing and bool(self._incoming)
        return self._incoming.popleft() if self._flowing else QUIET_FRAME


def bridge() -> tuple[BridgeEnd, BridgeEnd]:
    """Two ends that hear each other."""
    here, there = BridgeEnd(), BridgeEnd()
    here.join(there)
    there.join(here)
    return here, there
