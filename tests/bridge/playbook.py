"""A playbook: what happens (>>), and what the bridge must ask for (<<)."""

from dataclasses import dataclass, field
from typing import Self

from callcenter.bridge.bridge import Bridge
from callcenter.bridge.commands import Command, Listen, Play, Report, SetMark
from callcenter.bridge.events import (
    AgentAudio,
    AgentItemEnded,
    CallerFrame,
    Event,
    ResponseBegan,
    ResponseEnded,
)
from callcenter.bridge.run import Heard
from callcenter.domain.ids import ItemId, ResponseId

HELLO, PRICES = ItemId("hello"), ItemId("prices")
R1, R2 = ResponseId("r1"), ResponseId("r2")


def voice(ms: int) -> bytes:
    return bytes(ms * 8)


@dataclass
class Playbook:
    bridge: Bridge = field(default_factory=Bridge)
    pending: list[Command] = field(default_factory=list)

    def __rshift__(self, event: Event) -> Self:
        self._check_nothing_pending()
        self.pending = list(self.bridge.handle(event))
        return self

    def __lshift__(self, command: Command) -> Self:
        assert self.pending[:1] == [command]
        del self.pending[0]
        return self

    def __bool__(self) -> bool:
        self._check_nothing_pending()
        return True

    def _check_nothing_pending(self) -> None:
        assert self.pending == [], f"not expected: {self.pending}"

    # Scenes that many plays share.

    def at(self, ms: int) -> Self:
        """The caller's next frame says what time it is."""
        self >> CallerFrame(ms, b"")
        while self.pending and isinstance(self.pending[0], Listen):
            del self.pending[0]  # the frame, and silence for those that are missing
        return self

    def says(
        self, item_id: ItemId, ms: int, *, marks: str, response: ResponseId = R1
    ) -> Self:
        """Audio of an item, and the marks that must go with it: "2" or "1 2"."""
        audio = voice(ms)
        self >> AgentAudio(item_id, response, audio)
        *before, after = marks.split()
        for probe in before:
            self << SetMark(probe)
        return self << Play(audio) << SetMark(after)

    def answers(self, item_id: ItemId, ms: int, *, marks: str) -> Self:
        """A whole response of one item, generated at once, as the model does."""
        self >> ResponseBegan(R1)
        self.says(item_id, ms, marks=marks)
        return self >> AgentItemEnded(item_id) >> ResponseEnded(R1)


def heard(item_id: ItemId, heard_ms: int, *, of: int) -> Report:
    return Report(Heard(item_id, heard_ms, spoken_ms=of))
