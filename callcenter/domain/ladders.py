"""Which rungs the way to a person has, by the situation of the house: a table."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Situation(StrEnum):
    """How things stand for a caller who wants a person."""

    OPEN = "open"
    """Somebody who fits is at work, free or not."""
    CLOSED = "closed"
    """Nobody is: the house is closed, or everybody is away."""
    OVERLOADED = "overloaded"
    """More wait than can be served soon, or this node has all the calls it can have."""


class Rung(StrEnum):
    """One step of the way. Each is skipped where it is not to be had."""

    OPERATORS = "operators"
    LINE = "line"
    AGENT = "agent"
    """Back to the agents, who offer a message and a callback."""
    VOICEMAIL = "voicemail"
    ANYBODY = "anybody"
    """Whoever is free, rung at once, unscreened."""


LADDERS: Final[Mapping[Situation, tuple[Rung, ...]]] = {
    Situation.OPEN: (Rung.OPERATORS, Rung.LINE, Rung.AGENT, Rung.VOICEMAIL),
    Situation.CLOSED: (Rung.AGENT, Rung.VOICEMAIL),
    Situation.OVERLOADED: (Rung.LINE, Rung.AGENT, Rung.VOICEMAIL, Rung.ANYBODY),
}


def situation(*, staffed: bool, waiting: int, most_waiting: int) -> Situation:
    """`waiting` in line; beyond `most_waiting` it is too many."""
    if not staffed:
        return Situation.CLOSED
    return Situation.OVERLOADED if waiting > most_waiting else Situation.OPEN
