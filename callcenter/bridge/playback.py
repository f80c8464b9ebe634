"""What the caller has heard: the ledger of one media stream's outgoing audio.

The model speaks faster than real time, so audio queues at Twilio. Three facts together
say how far the caller has got:

*   Twilio stamps the caller's own frames with its stream clock. That is the play clock.
*   A mark comes back once what precedes it has played. A mark sent *before* the first
    audio of a run comes back at once: when playing began, on that clock, whatever the
    network took. How long it took is the round trip.
*   Between marks, audio plays at 8 bytes a millisecond.

A mark that comes late (they travel) only ever makes playing look later than it was, so
of all that a run's marks say, the earliest counts. A mark also comes back when a
`clear` dropped its audio, with nothing to tell the two apart (MS-MSG, "clear"): its
name carries a generation, and those of past generations are ignored.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from callcenter.domain.ids import ItemId

BYTES_PER_MS: Final = 8  # μ-law, 8 kHz, mono


@dataclass(frozen=True, slots=True)
class Heard:
    """How much of one item reached the caller's ear, and when it began to."""

    item_id: ItemId
    heard_ms: int
    spoken_ms: int
    began_ms: int
    """On the stream's clock."""

    @property
    def whole(self) -> bool:
        return self.heard_ms >= self.spoken_ms


@dataclass(slots=True)
class _Item:
    """One item's place in the run; offsets are bytes since the run began."""

    first: int
    last: int
    ended: bool = False


@dataclass(slots=True)
class Playback:
    """The ledger. Positions are bytes since the run (unbroken playing) began."""

    round_trip_ms: int = 0
    _generation: int = 0
    _marks: int = 0
    _sent: int = 0
    _sent_at_ms: int = 0
    _began_ms: int = 0
    _start_mark: str = ""
    _queue: deque[tuple[str, int]] = field(default_factory=deque)
    _items: dict[ItemId, _Item] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """Whether everything that was sent has been heard."""
        return not self._queue

    def begin(self, now_ms: int) -> str | None:
        """The mark to send before the next audio, if that starts a run."""
        if self._queue:
            return None
        self._sent = 0
        for item in self._items.values():  # still speaking, with nothing queued
            item.first -= item.last
            item.last = 0
        self._sent_at_ms = now_ms
        self._began_ms = now_ms + self.round_trip_ms
        self._start_mark = self._next_mark()
        return self._start_mark

    def send(self, item_id: ItemId, audio: bytes) -> str:
        """Enter audio as sent, and return the name of the mark to send after it."""
        item = self._items.setdefault(item_id, _Item(self._sent, self._sent))
        self._sent += len(audio)
        item.last = self._sent
        mark = self._next_mark()
        self._queue.append((mark, self._sent))
        return mark

    def end(self, item_id: ItemId) -> Iterator[Heard]:
        """Enter that an item is complete; yields it if it has been heard already."""
        if item := self._items.get(item_id):
            item.ended = True
        yield from self._finished()

    def reach(self, mark: str, now_ms: int) -> Iterator[Heard]:
        """Enter a returned mark; yields the items that are now heard to their end."""
        if mark == self._start_mark:
            self.round_trip_ms = max(now_ms - self._sent_at_ms, 0)
            self._began_ms = now_ms
            self._start_mark = ""
        elif any(mark == name for name, _ in self._queue):
            name = ""
            while name != mark:
                name, position = self._queue.popleft()
                played_ms = position // BYTES_PER_MS
                self._began_ms = min(self._began_ms, now_ms - played_ms)
            yield from self._finished()

    def clear(self, now_ms: int) -> list[Heard]:
        """Forget what is queued; returns what was heard of each unfinished item.

        A `clear` sent now arrives half a round trip from now, and our clock is half a
        round trip old: until then the caller goes on hearing.
        """
        heard = self._heard_by(now_ms + self.round_trip_ms)
        self._generation += 1
        self._queue.clear()
        self._items.clear()
        self._start_mark = ""
        return heard

    def _heard_by(self, now_ms: int) -> list[Heard]:
        position = self._sent
        if self._queue:
            position = min((now_ms - self._began_ms) * BYTES_PER_MS, self._sent)
        return [
            self._heard(item_id, item, max(position, 0))
            for item_id, item in self._items.items()
        ]

    def _finished(self) -> Iterator[Heard]:
        played = self._queue[0][1] if self._queue else None
        for item_id, item in list(self._items.items()):
            if item.ended and (played is None or item.last < played):
                del self._items[item_id]
                yield self._heard(item_id, item, item.last)

    def _heard(self, item_id: ItemId, item: _Item, position: int) -> Heard:
        reached = min(max(position, item.first), item.last)
        return Heard(
            item_id,
            heard_ms=(reached - item.first) // BYTES_PER_MS,
            spoken_ms=(item.last - item.first) // BYTES_PER_MS,
            began_ms=self._began_ms + item.first // BYTES_PER_MS,
        )

    def _next_mark(self) -> str:
        self._marks += 1
        return f"{self._generation}:{self._marks}"
