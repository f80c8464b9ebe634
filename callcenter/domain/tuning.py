"""How an agent's model is set, as far as its card says so; the rest is the house's.

Only what the Realtime API knows: it has no temperature.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

TURN_DETECTIONS: Final = ("semantic_vad", "server_vad")
"""By what was said, or by how long it has been quiet."""

EAGERNESS: Final = ("auto", "low", "medium", "high")
NOISE_REDUCTIONS: Final = ("near_field", "far_field", "off")
EFFORTS: Final = ("minimal", "low", "medium", "high", "xhigh")
USUAL_EFFORT: Final = "low"
"""Of an agent whose card says nothing, beside others whose cards do."""

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


def beside(own: Tuning, others: Iterable[Tuning]) -> Tuning:
    """One agent's settings in a session that others share.

    What the API is not told stays as the agent before had it, so whatever any card
    sets, every agent must set. One speed for a call, the first one's: it may not
    change while a response is under way, and at a handoff one is.
    """
    all_of_them = (own, *others)
    if any(each.reasoning for each in all_of_them):
        own = replace(own, reasoning=own.reasoning or USUAL_EFFORT)
    if any(each.max_output_tokens for each in all_of_them):
        most = own.max_output_tokens or MAX_OUTPUT_TOKENS
        own = replace(own, max_output_tokens=most)
    return own
