"""What a listener gets of a line: both sides, as they come, and what is dropped.

A line has none while nobody listens. It tells what it hears and plays without waiting.
"""

from collections.abc import Callable

from callcenter.wire import sound

Tell = Callable[[bytes], None]
"""Passes one message on, and never waits."""


class Tap:
    """One line's. Give it to `CallerLine.tap`; None there costs nothing."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def caller(self, audio: bytes) -> None:
        """What the caller says, as the agent may hear it."""
        self._tell(sound.CALLER + audio)

    def agent(self, audio: bytes) -> None:
        """What was sent for the caller to hear."""
        self._tell(sound.AGENT + audio)

    def cleared(self) -> None:
        """What the caller has not heard by now, they will not hear."""
        self._tell(sound.CLEAR)
