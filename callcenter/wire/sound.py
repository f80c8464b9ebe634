"""A live call's sound on its way to a listener: one byte that says what, then what.

The same messages go over the bus and over the listener's WebSocket, where
`web/static/supervise.js` reads them. Sound is μ-law, 8 kHz.
"""

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
