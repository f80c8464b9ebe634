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

A clear travels, too, and on a bad network nobody knows how long. So a mark of its own
follows it: nothing is queued then, and its return says when the audio was dropped.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from callcenter.bridge.run import BYTES_PER_MS, Chunk, Heard, Run
from callcenter.bridge.tape import Tape
from callcenter.domain.ids import ItemId

ANSWER_MS: Final = 600
"""A clear is answered by then, or estimated: the model must know before it goes on.
Its next answer needs the caller's word, and half a second of silence after it."""

LOST_MS: Final = 5_000
"""A mark that is so late will not come: its audio has long been heard."""


@dataclass(frozen=True, slots=True)
class _Clear:
    """One that has not been answered, and what it dropped."""

    mark: str
    sent_at_ms: float
    dropped: Run


@dataclass(slots=True)
class Playback:
    """The ledger. All times are Twilio's stream time, as of the caller's last frame."""

    tape: Tape | None = None
    """Told what the caller heard, once that is certain."""
    mark_every_ms: int = 0
    """Chunks that are shorter share a mark: two messages fewer for each of them."""
    _round_trip_ms: float | None = None
    """None until one was measured."""
    _unmarked_ms: float = 0
    _marks: int = 0
    _probe: str = ""
    _probed_at_ms: float = 0
    _run: Run = field(default_factory=Run)
    _clears: deque[_Clear] = field(default_factory=deque)

    @property
    def idle(self) -> bool:
        """Whether everything that was sent has been heard."""
        return not self._run.queue

    @property
    def round_trip_ms(self) -> float:
        """As far as is known; 0 before anything is."""
        return self._round_trip_ms or 0

    def probe(self, now_ms: float) -> str | None:
        """The mark to send before the next audio, if nothing is queued."""
        if not self.idle:
            return None
        self._probed_at_ms = now_ms
        self._probe = self._next_mark()
        return self._probe

    def send(self, item_id: ItemId, audio: bytes, now_ms: float) -> str | None:
        """Enter audio as sent, and return the mark to send after it, if it gets one."""
        length_ms = len(audio) / BYTES_PER_MS
        self._unmarked_ms += length_ms
        due = self._unmarked_ms >= self.mark_every_ms
        mark = self._next_mark() if due else ""
        kept = b"" if self.tape is None else audio
        self._run.add(Chunk(mark, item_id, length_ms, now_ms, kept))
        return mark or None

    def last_mark(self) -> str | None:
        """The mark that is still missing behind the last audio, if it has none."""
        queue = self._run.queue
        if not queue or queue[-1].mark:
            return None
        mark = self._next_mark()
        queue.append(replace(queue.pop(), mark=mark))
        return mark

    def wait_ms(self, now_ms: float) -> float:
        """How long until what was sent last begins to be heard."""
        begins_ms = [begins for _, begins in self._run.timeline(self.round_trip_ms)]
        if not begins_ms:
            return 0
        # The view of the clock is old by the way back: half a round trip.
        return max(begins_ms[-1] - now_ms - self.round_trip_ms / 2, 0)

    def end(self, item_id: ItemId) -> Iterator[Heard]:
        """Enter that an item is complete; yields it if it has been heard already."""
        self._run.end(item_id)
        yield from self._run.finished()

    def reach(self, mark: str, now_ms: float) -> Iterator[Heard]:
        """Enter a returned mark; yields the items that are now over.

        Marks come in order, so this one vouches for what was sent before it, too.
        """
        if mark and mark == self._probe:
            self._round_trip_ms = max(now_ms - self._probed_at_ms, 0)
            self._probe = ""
        elif any(mark == clear.mark for clear in self._clears):
            yield from self._answered(mark, now_ms)
        elif mark and any(mark == chunk.mark for chunk in self._run.queue):
            yield from self.settle()
            self._round_trip_ms = self._at_most(self._run.travelled_ms(mark, now_ms))
            self._run.vouch(mark, now_ms, self.round_trip_ms, self.tape)
            yield from self._run.finished()

    def clear(self, now_ms: float) -> str:
        """Forget what is queued, and return the name of the mark to send after it.

        What was heard of it is told later, by `reach`, `overdue` or `settle`.
        """
        mark = self._next_mark()
        self._clears.append(_Clear(mark, now_ms, self._run))
        self._run = Run(self._run.free_ms)
        return mark

    def may_be_overdue(self, stamp_ms: float) -> bool:
        """Whether to look at `overdue`: this is asked at every frame."""
        if self._clears and stamp_ms >= self._clears[0].sent_at_ms + ANSWER_MS:
            return True
        queue = self._run.queue
        return bool(queue) and stamp_ms > queue[0].sent_at_ms + LOST_MS

    def overdue(self, stamp_ms: float) -> Iterator[Heard]:
        """What was cleared or sent so long ago that it has to be estimated now."""
        while self._lost(stamp_ms):
            self._run.vouch_first(self.round_trip_ms, self.tape)
            yield from self._run.finished()
        while self._clears and stamp_ms >= self._clears[0].sent_at_ms + ANSWER_MS:
            yield from self._estimated(self._clears.popleft())

    def _lost(self, stamp_ms: float) -> bool:
        """Whether the mark of what plays first ought to be back long since."""
        if self.idle:
            return False
        return self._run.first_ends_ms(self.round_trip_ms) + LOST_MS < stamp_ms

    def settle(self) -> Iterator[Heard]:
        """Estimate whatever is not answered."""
        while self._clears:
            yield from self._estimated(self._clears.popleft())

    def close(self, at_ms: float) -> Iterator[Heard]:
        """The stream is over: what was heard by then of every item that is open."""
        yield from self.settle()
        yield from self._run.cut(at_ms, self.round_trip_ms, self.tape)

    def settled_ms(self, now_ms: float) -> float:
        """Before this, nothing more can turn out to have been heard."""
        runs = [*(clear.dropped for clear in self._clears), self._run]
        since_ms = [run.open_since_ms for run in runs]
        return min((ms for ms in since_ms if ms is not None), default=now_ms)

    def _answered(self, mark: str, now_ms: float) -> Iterator[Heard]:
        """The answer to one clear; those before it went without one."""
        while (clear := self._clears.popleft()).mark != mark:
            yield from self._estimated(clear)
        if self._round_trip_ms is None:  # no probe came back, but this one has
            self._round_trip_ms = max(now_ms - clear.sent_at_ms, 0)
        yield from clear.dropped.cut(now_ms, self.round_trip_ms, self.tape)

    def _estimated(self, clear: _Clear) -> Iterator[Heard]:
        # It arrived half a round trip after it was sent, and our clock was half a round
        # trip old: until then the caller went on hearing.
        arrived_ms = clear.sent_at_ms + self.round_trip_ms
        yield from clear.dropped.cut(arrived_ms, self.round_trip_ms, self.tape)

    def _at_most(self, round_trip_ms: float) -> float:
        if self._round_trip_ms is not None:
            round_trip_ms = min(round_trip_ms, self._round_trip_ms)
        return max(round_trip_ms, 0)

    def _next_mark(self) -> str:
        self._marks += 1
        self._unmarked_ms = 0
        return str(self._marks)
