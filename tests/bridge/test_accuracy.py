"""How far off the bridge is, over a thousand barge-ins on a bad network.

The phone is the pure Twilio of `phone.py`, in virtual time. The network has its own
delay each way for every call, jitter, and now and then a stall; TCP keeps the order.
Marks may come late, or not at all.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from math import ceil
from random import Random
from statistics import median, quantiles

from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import Clear, Command, Play, SetMark, Truncate
from callcenter.bridge.events import (
    AgentAudio,
    AgentItemEnded,
    CallerFrame,
    Event,
    Interrupted,
    MarkReturned,
    ResponseBegan,
    ResponseEnded,
)
from callcenter.domain.ids import ItemId, ResponseId
from tests.bridge.phone import FRAME_MS, Phone

BARGE_INS = 1_000
MEDIAN_MS, P99_MS = 12, 40

SEED = 20261122
STALLS = 0.001  # of the messages each way: one stall of up to 250 ms every 20 s
OURS_MS = 1_000_000  # our clock began elsewhere


@dataclass
class Way:
    """One direction of the network: a queue that keeps its order."""

    chance: Random
    delay_ms: int
    jitter_ms: int
    last_ms: int = 0
    stalled_until_ms: int = 0
    messages: dict[int, list[object]] = field(default_factory=lambda: defaultdict(list))

    def send(self, now_ms: int, message: object, late_ms: int = 0) -> None:
        if self.chance.random() < STALLS:
            self.stalled_until_ms = now_ms + self.chance.randint(40, 250)
        travel_ms = self.delay_ms + self.chance.randint(0, self.jitter_ms)
        arrives_ms = max(now_ms + travel_ms + late_ms, self.stalled_until_ms)
        # At the next tick at the earliest: this one has been delivered.
        self.last_ms = max(self.last_ms, arrives_ms, now_ms + 1)
        self.messages[self.last_ms].append(message)

    def arrived(self, now_ms: int) -> list[object]:
        return self.messages.pop(now_ms, [])


@dataclass
class BadLine:
    """A bridge and a phone, and a bad network between them."""

    chance: Random
    bridge: Bridge = field(default_factory=Bridge)
    phone: Phone = field(default_factory=Phone)
    asked: list[Command] = field(default_factory=list)
    now_ms: int = 0

    def __post_init__(self) -> None:
        jitter_ms = self.chance.choice([0, 5, 20])
        self.there = Way(self.chance, self.chance.randint(0, 200), jitter_ms)
        self.back = Way(self.chance, self.chance.randint(0, 200), jitter_ms)
        self.lost_marks = self.chance.choice([0.0, 0.0, 0.3])
        self.late_marks = self.chance.choice([0.0, 0.0, 0.3])

    def happens(self, event: Event) -> None:
        item_id = event.item_id if isinstance(event, AgentAudio) else ItemId("")
        for command in self.bridge.handle(event, OURS_MS + self.now_ms):
            self.asked.append(command)
            self.there.send(self.now_ms, (item_id, command))

    def pass_time(self, ms: int) -> None:
        until_ms = self.now_ms + ms
        while self.now_ms < until_ms:
            self.now_ms = self._next_ms(until_ms)
            for message in self.there.arrived(self.now_ms):
                self._reach_phone(*message)  # type: ignore[misc]
            for name in self.phone.due(self.now_ms):
                self._return(name)
            if self.now_ms % FRAME_MS == 0:
                self.back.send(self.now_ms, CallerFrame(self.now_ms, b""))
            for event in self.back.arrived(self.now_ms):
                self.happens(event)  # type: ignore[arg-type]

    def _next_ms(self, until_ms: int) -> int:
        """When something happens next: between, time may pass in one step."""
        frame_ms = self.now_ms - self.now_ms % FRAME_MS + FRAME_MS
        due = [ceil(due_ms) for due_ms, _ in self.phone.marks[:1]]
        ahead = [until_ms, frame_ms, *due, *self.there.messages, *self.back.messages]
        return min(ms for ms in ahead if ms > self.now_ms)

    def _return(self, name: str) -> None:
        if self.chance.random() < self.lost_marks:
            return
        late = self.chance.random() < self.late_marks
        self.back.send(
            self.now_ms, MarkReturned(name), self.chance.randint(0, 60) if late else 0
        )

    def _reach_phone(self, item_id: ItemId, command: Command) -> None:
        match command:
            case Play(audio):
                self.phone.play(self.now_ms, item_id, audio)
            case SetMark(name):
                self.phone.mark(self.now_ms, name)
            case Clear():
                self.phone.clear(self.now_ms)
            case _:
                pass


def talk(line: BadLine, number: int) -> None:
    """One answer of one or two items, faster than real time; then a barge-in."""
    chance, response = line.chance, ResponseId(f"r{number}")
    line.happens(ResponseBegan(response))
    for part in range(chance.choice([1, 1, 2])):
        item = ItemId(f"{number}.{part}")
        for _ in range(chance.randint(2, 8)):
            line.happens(AgentAudio(item, response, bytes(chance.randint(400, 3200))))
            line.pass_time(chance.randint(0, 60))
        line.happens(AgentItemEnded(item))
    finished = chance.random() < 0.7
    if finished:
        line.happens(ResponseEnded(response))
    line.pass_time(chance.randint(100, 2500))
    line.happens(Interrupted())
    if not finished:
        line.happens(AgentAudio(ItemId(f"{number}.late"), response, bytes(800)))
        line.happens(ResponseEnded(response))
    line.pass_time(chance.randint(500, 1500))


def errors_of(line: BadLine) -> list[float]:
    return [
        abs(cut.heard_ms - line.phone.heard_ms(cut.item_id))
        for cut in line.asked
        if isinstance(cut, Truncate)
    ]


def test_over_a_thousand_barge_ins_the_error_stays_below_a_frame() -> None:
    chance, errors, number = Random(SEED), list[float](), 0
    while len(errors) < BARGE_INS:
        line = BadLine(chance)
        line.pass_time(chance.randint(300, 600))
        for _ in range(4):
            number += 1
            talk(line, number)
        line.pass_time(600)
        errors += errors_of(line)

    measured = f"median {median(errors):.1f} ms, p99 {quantiles(errors, n=100)[98]:.1f}"
    assert median(errors) <= MEDIAN_MS, measured
    assert quantiles(errors, n=100)[98] <= P99_MS, measured
