"""A live call's sound on its way to a listener: one byte that says what, then what.

The same messages go over the bus and over the listener's WebSocket, where
`web/static/supervise.js` reads them. Sound is μ-law, 8 kHz.
"""

from collections.abc import Callable
from typing import Final

CALLER: Final = b"\x00"
"""Followed by what the caller said."""

AGENT: Final = b"\x01"
"""Followed by what was sent to the caller: it may be longer than it has lasted."""

CLEAR: Final = b"\x02"
"""What was sent and has not been heard is dropped."""

STATE: Final = b"\x03"
"""Followed by JSON: how things stand between caller, agent and supervisors."""

MOST_BYTES: Final = 1_600
"""Of one message from a supervisor's microphone: 200 ms, which is the most that may
wait; a browser sends 20."""


def sound(call_id: str) -> str:
    """The channel of what a call's listeners get."""
    return f"sound:{call_id}"


def microphone(call_id: str, listener: str) -> str:
    """The channel of one supervisor's voice, μ-law and nothing else."""
    return f"microphone:{call_id}:{listener}"


Tell = Callable[[bytes], None]
"""Passes one message on, and never waits."""


class Tap:
    """Tells a line's sound to whoever listens. A line has none while nobody does."""

    def __init__(self, tell: Tell) -> None:
        self._tell = tell

    def caller(self, audio: bytes) -> None:
        """What the caller says, as the agent may hear it."""
        self._tell(CALLER + audio)

    def agent(self, audio: bytes) -> None:
        """What was sent for the caller to hear."""
        self._tell(AGENT + audio)

    def cleared(self) -> None:
        """What the caller has not heard by now, they will not hear."""
        self._tell(CLEAR)
