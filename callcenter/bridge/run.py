"""Audio that was sent between two clears, and what the caller heard of it."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from callcenter.bridge.tape import Tape
from callcenter.domain.ids import ItemId

BYTES_PER_MS: Final = 8  # μ-law, 8 kHz, mono


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of one item reached the caller's ear."""

    item_id: ItemId
    heard_ms: int
    spoken_ms: int

    @property
    def whole(self) -> bool:
        return self.heard_ms >= self.spoken_ms


@dataclass(frozen=True, slots=True)
class Chunk:
    """Audio that was sent and has not been vouched for. Eighths of a ms are exact."""

    mark: str
    """Empty: it shares a later one's."""
    item_id: ItemId
    length_ms: float
    sent_at_ms: float
    audio: bytes
    """Kept only for a tape."""


@dataclass(slots=True)
class _Item:
    spoken_ms: float = 0
    heard_ms: float = 0
    ended: bool = False


@dataclass(slots=True)
class Run:
    """A queue that plays on one clock, Twilio's stream time."""

    free_ms: float = 0
    """When everything before the queue had played."""
    queue: deque[Chunk] = field(default_factory=deque)
    _items: dict[ItemId, _Item] = field(default_factory=dict)

    def add(self, chunk: Chunk) -> None:
        self.queue.append(chunk)
        self._items.setdefault(chunk.item_id, _Item()).spoken_ms += chunk.length_ms

    def end(self, item_id: ItemId) -> None:
        """The item is complete."""
        if item := self._items.get(item_id):
            item.ended = True

    def finished(self) -> Iterator[Heard]:
        """The items that are complete and were heard; they leave the run."""
        for item_id, item in list(self._items.items()):
            if item.ended and item.heard_ms == item.spoken_ms:
                del self._items[item_id]
                yield _heard(item_id, item)

    @property
    def open_since_ms(self) -> float | None:
        """Before this, nothing of it can turn out to have been heard."""
        if not self.queue:
            return None
        return max(self.free_ms, self.queue[0].sent_at_ms)

    def timeline(self, round_trip_ms: float) -> Iterator[tuple[Chunk, float]]:
        """Each queued chunk, and when it begins to play."""
        free_ms = self.free_ms
        for chunk in self.queue:
            begins_ms = max(free_ms, chunk.sent_at_ms + round_trip_ms)
            yield chunk, begins_ms
            free_ms = begins_ms + chunk.length_ms

    def travelled_ms(self, mark: str, now_ms: float) -> float:
        """The longest round trip with which the mark can be back now."""
        last = [chunk.mark for chunk in self.queue].index(mark)
        began_ms, travelled_ms = now_ms, []
        for chunk in reversed(list(self.queue)[: last + 1]):
            began_ms -= chunk.length_ms  # at the latest
            travelled_ms.append(began_ms - chunk.sent_at_ms)
        return min(travelled_ms)

    def vouch(
        self, mark: str, now_ms: float, round_trip_ms: float, tape: Tape | None
    ) -> None:
        """All up to the mark has played by now."""
        taken: list[tuple[Chunk, float]] = []
        while not taken or taken[-1][0].mark != mark:
            taken.append(self._take(round_trip_ms))
        late_ms = max(self.free_ms - now_ms, 0)
        self.free_ms -= late_ms
        if tape is not None:
            for chunk, begins_ms in taken:
                tape.agent(begins_ms - late_ms, chunk.audio)

    def first_ends_ms(self, round_trip_ms: float) -> float:
        """When the first of the queue has played; the queue must not be empty."""
        chunk, begins_ms = next(self.timeline(round_trip_ms))
        return begins_ms + chunk.length_ms

    def vouch_first(self, round_trip_ms: float, tape: Tape | None) -> None:
        """The first of the queue has played, though nobody said so."""
        chunk, begins_ms = self._take(round_trip_ms)
        if tape is not None:
            tape.agent(begins_ms, chunk.audio)

    def _take(self, round_trip_ms: float) -> tuple[Chunk, float]:
        chunk, begins_ms = next(self.timeline(round_trip_ms))
        self.queue.popleft()
        self.free_ms = begins_ms + chunk.length_ms
        self._items[chunk.item_id].heard_ms += chunk.length_ms
        return chunk, begins_ms

    def cut(
        self, at_ms: float, round_trip_ms: float, tape: Tape | None
    ) -> Iterator[Heard]:
        """It ended there: what was heard of each item that was not finished."""
        for chunk, begins_ms in self.timeline(round_trip_ms):
            heard_ms = min(max(at_ms - begins_ms, 0), chunk.length_ms)
            self._items[chunk.item_id].heard_ms += heard_ms
            if tape is not None and heard_ms:
                audible = chunk.audio[: round(heard_ms * BYTES_PER_MS)]
                tape.agent(begins_ms, audible)
        self.queue.clear()
        for item_id, item in self._items.items():
            yield _heard(item_id, item)
        self._items.clear()


def _heard(item_id: ItemId, item: _Item) -> Heard:
    return Heard(item_id, int(item.heard_ms), int(item.spoken_ms))
