"""The bridge between a caller and an agent: events in, commands out, no I/O.

It lives as long as one media stream. It knows what the caller has heard, and it drops
what an interrupted response still says.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final, assert_never

from callcenter.bridge.clock import StreamClock
from callcenter.bridge.commands import (
    Clear,
    Command,
    FallSilent,
    Keep,
    Listen,
    Play,
    Report,
    SetMark,
    Truncate,
)
from callcenter.bridge.events import (
    AgentAudio,
    AgentItemEnded,
    CallerFrame,
    Event,
    FramesMissing,
    Interrupted,
    MarkReturned,
    ResponseBegan,
    ResponseEnded,
    SessionLeft,
    StreamClosed,
)
from callcenter.bridge.playback import Playback
from callcenter.bridge.run import BYTES_PER_MS, Heard
from callcenter.bridge.tape import Tape
from callcenter.domain.ids import ItemId, ResponseId
from callcenter.wire.mulaw import silence

GAP_MS: Final = 60
"""Three frames: less is jitter of the stamps."""

MOST_PADDED_MS: Final = 2_000
"""Enough silence to end any turn; the rest of a long gap is nobody's business."""


@dataclass(slots=True)
class Bridge:
    """The state of one stream's conversation; with a tape, it is recorded."""

    tape: Tape | None = None
    _playback: Playback = field(default_factory=Playback)
    _stamps: StreamClock = field(default_factory=StreamClock)
    _clock_ms: float = 0
    _listened_ms: int = 0
    """Up to where the agent was given the caller's audio, on the stream's clock."""
    _started: bool = False
    _responses: set[ResponseId] = field(default_factory=set)
    _cut_off: set[ResponseId] = field(default_factory=set)
    _speaking: dict[ItemId, ResponseId] = field(default_factory=dict)
    _unfinished: set[ItemId] = field(default_factory=set)
    """Cut off while they were being generated; the clear has not been answered."""
    _silenced: dict[ItemId, ResponseId] = field(default_factory=dict)
    """Of responses that were cut off and go on: the model is told of these once."""

    def __post_init__(self) -> None:
        self._playback.tape = self.tape

    @property
    def clock_ms(self) -> float:
        """Twilio's stream time, as of the last event."""
        return self._clock_ms

    @property
    def quiet(self) -> bool:
        """Whether the caller has heard all, and the model is not about to go on."""
        return self._playback.idle and not self._responses

    @property
    def wait_ms(self) -> float:
        """How long until the caller hears what was played last."""
        return self._playback.wait_ms(self._clock_ms)

    def handle(self, event: Event, at_ms: float | None = None) -> Iterator[Command]:
        """Enter an event, and say what must be done. Exhaust the iterator.

        `at_ms` is our own steady clock. With it, Twilio's is known between frames and
        while the network stalls; without, only as of the last frame.
        """
        was_quiet = self.quiet
        if isinstance(event, CallerFrame):
            self._stamps.seen(event.timestamp_ms, at_ms)
        self._clock_ms = (
            self._stamps.between_frames(at_ms)
            if isinstance(event, MarkReturned)
            else self._stamps.now(at_ms)
        )
        yield from self._handle(event)
        if self.quiet and not was_quiet:
            yield FallSilent()

    def _handle(self, event: Event) -> Iterator[Command]:  # noqa: C901, PLR0912  # a case an event
        match event:
            case CallerFrame(timestamp_ms, audio):
                yield from self._listen(timestamp_ms, audio)
                if self.tape is not None:
                    self.tape.caller(timestamp_ms, audio)
                    settled_ms = self._playback.settled_ms(self._clock_ms)
                    yield from _kept(self.tape.wind(settled_ms))
                if self._playback.may_be_overdue(timestamp_ms):
                    yield from self._heard(self._playback.overdue(timestamp_ms))
            case FramesMissing(ms):
                yield from self._pad(ms)
            case AgentAudio(item_id, response_id, audio) if audio:
                if response_id in self._cut_off:
                    yield from self._never_heard(item_id, response_id, audio)
                else:
                    self._speaking[item_id] = response_id
                    yield from self._play(item_id, audio)
            case AgentAudio():
                pass
            case MarkReturned(name):
                yield from self._heard(self._playback.reach(name, self._clock_ms))
            case Interrupted():
                yield from self._interrupted()
            case ResponseBegan(response_id):
                self._responses.add(response_id)
            case AgentItemEnded(item_id):
                yield from self._item_ended(item_id)
            case ResponseEnded(response_id):
                yield from self._response_ended(response_id)
            case SessionLeft():
                for response_id in self._responses | set(self._speaking.values()):
                    yield from self._response_ended(response_id)
            case StreamClosed():
                for heard in self._playback.close(self._clock_ms):
                    yield Report(heard)
                if self.tape is not None:
                    yield from _kept(self.tape.rest())
            case _:
                assert_never(event)

    def _listen(self, timestamp_ms: int, audio: bytes) -> Iterator[Command]:
        """Fill what is missing with silence: else a turn might never end."""
        if self._started and timestamp_ms - self._listened_ms >= GAP_MS:
            yield from self._pad(min(timestamp_ms - self._listened_ms, MOST_PADDED_MS))
        self._started = True
        yield Listen(audio)
        ended_ms = timestamp_ms + len(audio) // BYTES_PER_MS
        self._listened_ms = max(self._listened_ms, ended_ms)

    def _pad(self, ms: int) -> Iterator[Command]:
        yield Listen(silence(ms))
        self._listened_ms += ms

    def _play(self, item_id: ItemId, audio: bytes) -> Iterator[Command]:
        if probe := self._playback.probe(self._clock_ms):
            yield SetMark(probe)
        mark = self._playback.send(item_id, audio, self._clock_ms)
        yield Play(audio)
        if mark:
            yield SetMark(mark)

    def _item_ended(self, item_id: ItemId) -> Iterator[Command]:
        self._speaking.pop(item_id, None)
        if mark := self._playback.last_mark():
            yield SetMark(mark)
        yield from self._heard(self._playback.end(item_id))

    def _response_ended(self, response_id: ResponseId) -> Iterator[Command]:
        """One that fails may leave its items without an end of their own."""
        self._responses.discard(response_id)
        self._cut_off.discard(response_id)
        self._silenced = {
            item: of for item, of in self._silenced.items() if of != response_id
        }
        for item_id, speaker in list(self._speaking.items()):
            if speaker == response_id:
                yield from self._item_ended(item_id)

    def _interrupted(self) -> Iterator[Command]:
        self._cut_off |= self._responses
        self._responses.clear()
        if self._playback.idle and not self._speaking:
            return
        yield Clear()
        yield SetMark(self._playback.clear(self._clock_ms))
        self._unfinished |= set(self._speaking)
        self._silenced |= self._speaking
        self._speaking.clear()

    def _never_heard(
        self, item_id: ItemId, response_id: ResponseId, audio: bytes
    ) -> Iterator[Command]:
        """Late audio is dropped; of an item that nobody heard, nothing is left."""
        if item_id not in self._silenced:
            self._silenced[item_id] = response_id
            yield Truncate(item_id, 0)
            yield Report(Heard(item_id, 0, len(audio) // BYTES_PER_MS))

    def _heard(self, items: Iterable[Heard]) -> Iterator[Command]:
        """Once for each item: the audible one where it was, the later ones at 0.

        One that was still being generated is truncated even if all of it so far was
        heard: the model remembers the words it had not yet turned into sound.
        """
        for heard in items:
            if not heard.whole or heard.item_id in self._unfinished:
                yield Truncate(heard.item_id, heard.heard_ms)
            self._unfinished.discard(heard.item_id)
            yield Report(heard)


def _kept(sound: bytes) -> Iterator[Command]:
    if sound:
        yield Keep(sound)
