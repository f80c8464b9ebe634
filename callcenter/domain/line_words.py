"""What callers in line are told."""

from math import ceil
from typing import Final

ALL_BUSY: Final = "All my colleagues are busy at the moment. Please hold."
LINES_BUSY: Final = "I am sorry, all our lines are busy at the moment."
CROWDED: Final = "all lines were busy"
WAITED: Final = "waited in line for a person, and chose to come back to you"
"""These two are for the record, and for the agent."""

FREE_NOW: Final = "A colleague is free now. I am connecting you."
TOO_LONG: Final = "I am sorry, none of my colleagues has become free."
WILL_CALL: Final = (
    "Thank you. We keep your place in line, and call you back at the number that you "
    "are calling from. Goodbye."
)

_NUMBERS: Final = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip

_LONG_MINUTES: Final = 15


def standing(number: int, wait_s: float | None) -> str:
    """The place, and how long it may take; None: nobody can know."""
    where = f"You are number {_number(number)} in line."
    if number == 1:
        where = "You are the first in line."
    return f"{where} We expect to be with you in {_wait(wait_s)}."


def offer(*, callback: bool, agents: bool) -> str:
    """What else there is, by key."""
    choices = ["to be called back and keep your place, press 1"] if callback else []
    choices.append("to leave a message, press 2")
    if agents:
        choices.append("to go back to our assistant, press 3")
    return f"{'; '.join(choices)}.".capitalize()


def _wait(wait_s: float | None) -> str:
    if wait_s is None:
        return "a few minutes"
    minutes = max(ceil(wait_s / 60), 1)
    if minutes > _LONG_MINUTES:
        return f"more than {_LONG_MINUTES} minutes"
    return "about a minute" if minutes == 1 else f"about {_number(minutes)} minutes"


def _number(number: int) -> str:
    return _NUMBERS[number - 1] if number <= len(_NUMBERS) else str(number)
