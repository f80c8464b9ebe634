"""What the caller has heard: the ledger of one media stream's outgoing audio.

The model speaks faster than real time, so audio queues at Twilio. Three facts together
say how far the caller has got:

*   Twilio stamps the caller's own frames with its stream clock. That is the play clock.
*   A mark comes back once what precedes it has played. One that is sent while nothing
    is queued (a probe) comes back at once: it measures the round trip.
*   A chunk plays when it has arrived, a round trip after it was sent on our view of
    that clock, or when the chunk before it has played: whichever is later.

A mark that comes late (they travel) only ever makes playing look later than it was, so
the earliest that can be true is what counts. A mark also comes back when a `clear`
dropped its audio, with nothing to tell the two apart (MS-MSG, "clear"). So no name is
used twice, and a clear forgets those that are out: when they come, they are unknown.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
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
class _Chunk:
    """Audio that was sent and has not been vouched for. Eighths of a ms are exact."""

    mark: str
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
class Playback:
    """The ledger. All times are Twilio's stream time, as of the caller's last frame."""

    tape: Tape | None = None
    """Told what the caller heard, once that is certain."""
    mark_every_ms: int = 0
    """Chunks that are shorter share a mark: two messages fewer for each of them."""
    round_trip_ms: float = 0
    _unmarked_ms: float = 0
    _free_ms: float = 0
    """When everything before the queue had played."""
    _marks: int = 0
    _probe: str = ""
    _probed_at_ms: float = 0
    _queue: deque[_Chunk] = field(default_factory=deque)
    _items: dict[ItemId, _Item] = field(default_factory=dict)

    @property
    def idle(self) -> bool:
        """Whether everything that was sent has been heard."""
        return not self._queue

    def probe(self, now_ms: float) -> str | None:
        """The mark to send before the next audio, if nothing is queued."""
        if self._queue:
            return None
        self._probed_at_ms = now_ms
        self._probe = self._next_mark()
        return self._probe

    def send(self, item_id: ItemId, audio: bytes, now_ms: float) -> str | None:
        """Enter audio as sent, and return the mark to send after it, if it gets one."""
        length_ms = len(audio) / BYTES_PER_MS
        self._items.setdefault(item_id, _Item()).spoken_ms += length_ms
        self._unmarked_ms += length_ms
        due = self._unmarked_ms >= self.mark_every_ms
        mark = self._next_mark() if due else ""
        kept = b"" if self.tape is None else audio
        self._queue.append(_Chunk(mark, item_id, length_ms, now_ms, kept))
        return mark or None

    def last_mark(self) -> str | None:
        """The mark that is still missing behind the last audio, if it has none."""
        if not self._queue or self._queue[-1].mark:
            return None
        mark = self._next_mark()
        self._queue.append(replace(self._queue.pop(), mark=mark))
        return mark

    def wait_ms(self, now_ms: float) -> float:
        """How long until what was sent last begins to be heard."""
        begins_ms = [begins_ms for _, begins_ms in self._timeline()]
        if not begins_ms:
            return 0
        # The view of the clock is old by the way back: half a round trip.
        return max(begins_ms[-1] - now_ms - self.round_trip_ms / 2, 0)

    def end(self, item_id: ItemId) -> Iterator[Heard]:
        """Enter that an item is complete; yields it if it has been heard already."""
        if item := self._items.get(item_id):
            item.ended = True
        yield from self._finished()

    def reach(self, mark: str, now_ms: float) -> Iterator[Heard]:
        """Enter a returned mark; yields the items that are now heard to their end.

        Marks come in order, so this one vouches for what was sent before it, too.
        """
        if mark == self._probe:
            self.round_trip_ms = max(now_ms - self._probed_at_ms, 0)
            self._probe = ""
        elif mark and any(mark == chunk.mark for chunk in self._queue):
            taken = self._take(mark)
            chunk, _ = taken[-1]
            travelled_ms = now_ms - chunk.length_ms - chunk.sent_at_ms  # at most
            self.round_trip_ms = max(min(self.round_trip_ms, travelled_ms), 0)
            late_ms = max(self._free_ms - now_ms, 0)
            self._free_ms -= late_ms
            if self.tape is not None:
                for chunk, begins_ms in taken:
                    self.tape.agent(begins_ms - late_ms, chunk.audio)
            yield from self._finished()

    def clear(self, at_ms: float) -> list[Heard]:
        """Forget what is queued; returns what was heard by then of each open item."""
        for chunk, begins_ms in self._timeline():
            heard_ms = min(max(at_ms - begins_ms, 0), chunk.length_ms)
            self._items[chunk.item_id].heard_ms += heard_ms
            if self.tape is not None and heard_ms:
                audible = chunk.audio[: round(heard_ms * BYTES_PER_MS)]
                self.tape.agent(begins_ms, audible)
        heard = [_heard(item_id, item) for item_id, item in self._items.items()]
        self._queue.clear()
        self._items.clear()
        self._probe = ""
        return heard

    def settled_ms(self, now_ms: float) -> float:
        """Before this, nothing more can turn out to have been heard."""
        if not self._queue:
            return now_ms
        return max(self._free_ms, self._queue[0].sent_at_ms)

    def _timeline(self) -> Iterator[tuple[_Chunk, float]]:
        """Each queued chunk, and when it begins to play."""
        free_ms = self._free_ms
        for chunk in self._queue:
            begins_ms = max(free_ms, chunk.sent_at_ms + self.round_trip_ms)
            yield chunk, begins_ms
            free_ms = begins_ms + chunk.length_ms

    def _take(self, mark: str) -> list[tuple[_Chunk, float]]:
        """Take what was heard off the queue, up to the mark; and when it began."""
        taken = []
        while True:
            chunk, begins_ms = next(self._timeline())
            taken.append((chunk, begins_ms))
            self._queue.popleft()
            self._free_ms = begins_ms + chunk.length_ms
            self._items[chunk.item_id].heard_ms += chunk.length_ms
            if chunk.mark == mark:
                return taken

    def _finished(self) -> Iterator[Heard]:
        for item_id, item in list(self._items.items()):
            if item.ended and item.heard_ms == item.spoken_ms:
                del self._items[item_id]
                yield _heard(item_id, item)

    def _next_mark(self) -> str:
        self._marks += 1
        self._unmarked_ms = 0
        return str(self._marks)


def _heard(item_id: ItemId, item: _Item) -> Heard:
    return Heard(item_id, int(item.heard_ms), int(item.spoken_ms))
