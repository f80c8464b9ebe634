"""Who listens to a call: people of the house, each for as long as they say so."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from callcenter.domain.supervision import ListeningBegan, ListeningEnded
from callcenter.errors import ActRefused
from callcenter.floor.live_call import LiveCall
from callcenter.wire.sound import Tap, Tell

KEEP_MS: Final = 8_000
"""A listener repeats their wish every two seconds; one who does not has gone."""

LOOK_SECONDS: Final = 1.0

MOST_LISTENERS: Final = 10
"""Of one call; its sound is sent once to each node, however many they are there."""


@dataclass(slots=True)
class _Listener:
    person: str
    seen_ms: int


class Listening:
    """One call's."""

    def __init__(self, call: LiveCall, tell: Tell, changed: Callable[[], None]) -> None:
        self._call = call
        self._tell = tell
        self._changed = changed
        self._listeners: dict[str, _Listener] = {}

    @property
    def people(self) -> tuple[str, ...]:
        """Their names, once for each."""
        return tuple(dict.fromkeys(one.person for one in self._listeners.values()))

    def go_on(self, listener: str, person: str) -> None:
        """Somebody listens, or still does. Raises ActRefused."""
        known = self._listeners.get(listener)
        if known is None and len(self._listeners) >= MOST_LISTENERS:
            raise ActRefused("Ten windows listen to this call already.")
        self._listeners[listener] = _Listener(person, self._call.clock_ms())
        self._connect()
        if known is None:
            self._call.record(ListeningBegan(person, listener))
            if len(self._listeners) == 1:
                self._call.start(self._forget_who_has_gone())
            self._changed()

    def leave(self, listener: str) -> None:
        """Somebody does not listen any more. Harmless if they did not."""
        if gone := self._listeners.pop(listener, None):
            self._call.record(ListeningEnded(gone.person, listener))
            self._connect()
            self._changed()

    def end(self) -> None:
        """The call is about to be over."""
        for listener in list(self._listeners):
            self.leave(listener)

    def _connect(self) -> None:
        """A line has a tap if, and only if, somebody listens."""
        if self._call.talk is None:
            return
        line = self._call.talk.line
        if not self._listeners:
            line.tap = None
        elif line.tap is None:
            line.tap = Tap(self._tell)

    async def _forget_who_has_gone(self) -> None:
        while self._listeners:
            await asyncio.sleep(LOOK_SECONDS)
            self._connect()  # the caller may be on another line by now
            before_ms = self._call.clock_ms() - KEEP_MS
            for listener, one in list(self._listeners.items()):
                if one.seen_ms < before_ms:
                    self.leave(listener)
