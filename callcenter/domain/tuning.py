"""How an agent's model is set, as far as its card says so; the rest is the house's.

Only what the Realtime API knows: it has no temperature.
"""

from dataclasses import dataclass
from typing import Final

TURN_DETECTIONS: Final = ("semantic_vad", "server_vad")
"""By what was said, or by how long it has been quiet."""

EAGERNESS: Final = ("auto", "low", "medium", "high")
NOISE_REDUCTIONS: Final = ("near_field", "far_field", "off")
EFFORTS: Final = ("minimal", "low", "medium", "high", "xhigh")

SLOWEST, FASTEST = 0.25, 1.5
"""The API's limits of `speed`."""

MAX_OUTPUT_TOKENS: Final = 4096
"""The API's limit for one answer."""

LONGEST_SILENCE_MS: Final = 10_000
"""Ours: whoever waits longer for an answer believes that the line is dead."""

NO_LONGER: Final = ("temperature", "top_p")
"""What people look for, and the Realtime API does not take."""


@dataclass(frozen=True, slots=True)
class Tuning:
    """None, or an empty text: as the house has it."""

    turn_detection: str = ""
    """One of TURN_DETECTIONS."""
    eagerness: str = ""
    """One of EAGERNESS: how soon a pause is an end. For semantic_vad."""
    threshold: float | None = None
    """0 to 1: how loud speech must be. For server_vad."""
    silence_ms: int | None = None
    """So long a pause is an end. For server_vad."""
    padding_ms: int | None = None
    """So much before the first loud sound belongs to the speech. For server_vad."""
    noise_reduction: str = ""
    """One of NOISE_REDUCTIONS: a telephone at the ear, or a loudspeaker."""
    max_output_tokens: int | None = None
    speed: float | None = None
    """1 is the voice's own; SLOWEST to FASTEST."""
    reasoning: str = ""
    """One of EFFORTS."""
