"""Callers' sentences and agents' voices that need no recogniser and little time."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from callcenter.simulator.carrier.sound import tone
from callcenter.simulator.model.hearing import Listens
from callcenter.wire.mulaw import BYTES_PER_MS

SENTENCE_MS = 100
"""A caller's sentence: long enough to count as speech."""

VOICE_MS = 120
"""An agent's sentence, unless a test wants it longer."""

SENTENCE = tone((300.0,), SENTENCE_MS)


@dataclass(slots=True)
class Told:
    """Ears that hear what the script says, one text for each utterance."""

    texts: deque[str] = field(default_factory=deque)

    def utterance(self) -> Listens:
        return _Utterance(self)


@dataclass(slots=True)
class _Utterance:
    told: Told

    def feed(self, audio: bytes) -> None:
        """The script knows already."""

    async def finish(self) -> str:
        return self.told.texts.popleft() if self.told.texts else ""

    def drop(self) -> None:
        """The script stays as it is."""


@dataclass(slots=True)
class Hum:
    """A voice that hums each sentence, by default all for the same short while."""

    ms: int | Callable[[str], int] = VOICE_MS
    said: list[str] = field(default_factory=list)

    async def say(self, text: str) -> bytes:
        self.said.append(text)
        ms = self.ms if isinstance(self.ms, int) else self.ms(text)
        return tone((220.0,), ms)


async def hushed(text: str) -> bytes:
    """What the carrier's own voice sounds like: short."""
    return tone((500.0,), 60)


def milliseconds(audio: bytes) -> int:
    return len(audio) // BYTES_PER_MS
