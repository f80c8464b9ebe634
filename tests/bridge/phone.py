"""Twilio's playing of one stream, as a pure model; it knows what was really heard.

One queue on one clock: audio plays 8 bytes a millisecond, a mark comes back when what
precedes it has played, and `clear` drops the audio and returns all marks at once.
Every message takes its constant time there, and its constant time back.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from math import ceil

from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import Clear, Command, Play, SetMark
from callcenter.bridge.events import AgentAudio, CallerFrame, Event, MarkReturned
from callcenter.domain.ids import ItemId

FRAME_MS = 20


@dataclass
class Phone:
    """Where sounds begin and end, in ms since the stream began."""

    free_ms: float = 0
    sounds: list[tuple[ItemId, float, float]] = field(default_factory=list)
    marks: list[tuple[float, str]] = field(default_factory=list)

    def play(self, now_ms: float, item_id: ItemId, audio: bytes) -> None:
        begins_ms = max(now_ms, self.free_ms)
        self.free_ms = begins_ms + len(audio) / 8
        self.sounds.append((item_id, begins_ms, self.free_ms))

    def mark(self, now_ms: float, name: str) -> None:
        self.marks.append((max(now_ms, self.free_ms), name))

    def clear(self, now_ms: float) -> None:
        self.sounds = [
            (item_id, min(begins_ms, now_ms), min(ends_ms, now_ms))
            for item_id, begins_ms, ends_ms in self.sounds
        ]
        self.marks = [(min(due_ms, now_ms), name) for due_ms, name in self.marks]
        self.free_ms = min(self.free_ms, now_ms)

    def due(self, now_ms: float) -> list[str]:
        due = [name for due_ms, name in self.marks if due_ms <= now_ms]
        self.marks = self.marks[len(due) :]
        return due

    def heard_ms(self, item_id: ItemId) -> float:
        return sum(ends - begins for it, begins, ends in self.sounds if it == item_id)


@dataclass
class Line:
    """A bridge and a phone, and the network between them."""

    there_ms: int
    back_ms: int
    bridge: Bridge = field(default_factory=Bridge)
    phone: Phone = field(default_factory=Phone)
    asked: list[Command] = field(default_factory=list)
    now_ms: int = 0
    _there: dict[int, list[tuple[ItemId, Command]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _back: dict[int, list[Event]] = field(default_factory=lambda: defaultdict(list))

    def happens(self, event: Event) -> None:
        """Enter an event on the bridge's side, and send what it asks for."""
        item_id = event.item_id if isinstance(event, AgentAudio) else ItemId("")
        for command in self.bridge.handle(event):
            self.asked.append(command)
            self._there[self.now_ms + self.there_ms].append((item_id, command))
        self._deliver()

    def pass_time(self, ms: int) -> None:
        until_ms = self.now_ms + ms
        while self.now_ms < until_ms:
            self.now_ms = self._next_ms(until_ms)
            if self.now_ms % FRAME_MS == 0:
                self._back[self.now_ms + self.back_ms].append(
                    CallerFrame(self.now_ms, b"")
                )
            self._return_marks()
            self._deliver()

    def _next_ms(self, until_ms: int) -> int:
        """When something happens next: between, time may pass in one step."""
        frame_ms = self.now_ms - self.now_ms % FRAME_MS + FRAME_MS
        due = [ceil(due_ms) for due_ms, _ in self.phone.marks[:1]]
        ahead = [until_ms, frame_ms, *due, *self._there, *self._back]
        return min(ms for ms in ahead if ms > self.now_ms)

    def _deliver(self) -> None:
        for item_id, command in self._there.pop(self.now_ms, []):
            match command:
                case Play(audio):
                    self.phone.play(self.now_ms, item_id, audio)
                case SetMark(name):
                    self.phone.mark(self.now_ms, name)
                case Clear():
                    self.phone.clear(self.now_ms)
                case _:
                    pass
        self._return_marks()
        for event in self._back.pop(self.now_ms, []):
            self.happens(event)

    def _return_marks(self) -> None:
        for name in self.phone.due(self.now_ms):
            self._back[self.now_ms + self.back_ms].append(MarkReturned(name))
