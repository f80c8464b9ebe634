"""A member's place in a conference: what they say, and the mix that they hear."""

from array import array
from collections import deque
from collections.abc import Callable, Iterable
from typing import Final

from typing_extensions import override

from callcenter.simulator.carrier.lines import BRIDGE_FRAMES, JITTER_FRAMES, Line
from callcenter.simulator.carrier.records import Source
from callcenter.simulator.carrier.sound import QUIET_FRAME, frames, tone
from callcenter.wire.mulaw import FRAME_MS, decode, encode

LOUDEST: Final = 32_767
HOLD_MS: Final = 400
HOLD_EVERY_MS: Final = 2_000
HOLD_HZ: Final = (350.0,)
"""Not Twilio's music: a soft note every two seconds that a test can tell from it."""


class Seat(Line):
    """Connect it to a leg's clock; `say` is where its words go."""

    def __init__(self, say: Callable[[bytes], None]) -> None:
        self.source = Source.BRIDGE
        self.music = False
        """Whether hold music is heard, and nobody."""
        self._say = say
        self._voices: dict[str, deque[bytes]] = {}
        self._flowing: set[str] = set()
        self._waited_ms = 0

    def hear(self, speaker: str, frame: bytes) -> None:
        """Another member has said this."""
        voice = self._voices.setdefault(speaker, deque(maxlen=BRIDGE_FRAMES))
        voice.append(frame)
        if len(voice) >= JITTER_FRAMES:
            self._flowing.add(speaker)

    def ring(self, sound: bytes) -> None:
        """A sound of the conference's own: somebody came or left."""
        for frame in frames(sound):
            self.hear("", frame)
        self._flowing.add("")

    def forget(self, speaker: str) -> None:
        """Another member is gone, or may not be heard any more."""
        self._voices.pop(speaker, None)
        self._flowing.discard(speaker)

    @override
    def exchange(self, spoken: bytes) -> bytes:
        self._say(spoken)
        heard = self._mixed()
        self.source = Source.HOLD if self.music else Source.BRIDGE
        return self._music() if self.music else heard

    def _mixed(self) -> bytes:
        now = []
        for speaker, voice in self._voices.items():
            if speaker in self._flowing and voice:
                now.append(voice.popleft())
            else:
                self._flowing.discard(speaker)
        return mixed(now)

    def _music(self) -> bytes:
        at_ms = self._waited_ms % HOLD_EVERY_MS
        self._waited_ms += FRAME_MS
        if at_ms >= HOLD_MS:
            return QUIET_FRAME
        return frames(tone(HOLD_HZ, HOLD_MS))[at_ms // FRAME_MS]


def mixed(voices: Iterable[bytes]) -> bytes:
    """What is heard when all of these sound at once; one alone is not touched."""
    sounding = [voice for voice in voices if voice != QUIET_FRAME]
    if not sounding:
        return QUIET_FRAME
    if len(sounding) == 1:
        return sounding[0]
    sums = map(sum, zip(*map(decode, sounding), strict=True))
    return encode(array("h", [max(-LOUDEST, min(LOUDEST, one)) for one in sums]))
