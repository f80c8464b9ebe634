"""What a caller hears when there is no call for them here, or nobody to take it."""

from collections.abc import Sequence
from typing import Final

from callcenter.domain.operators import Operator
from callcenter.wire import twiml

MOST_WAITS: Final = 12
"""So often a caller is asked to hold until a node is ready: about half a minute."""

HOLD: Final = "Please hold, we will be with you in a moment."
BUSY: Final = (
    "I am sorry, all our lines are busy at the moment. I am trying to connect you to "
    "a colleague."
)
FAREWELL: Final = (
    "Something went wrong on our side. I am connecting you to a colleague."
)
NOBODY: Final = (
    "I am sorry, we cannot take your call right now. Please call again later."
)
OUT_OF_ORDER: Final = (
    "I am sorry, our assistant is out of order. Please hold, I am connecting you to "
    "a colleague."
)
SORRY_NOBODY: Final = (
    "I am sorry, our assistant is out of order, and nobody can take your call right "
    "now."
)
OVER: Final = "This call is over. Thank you for calling. Goodbye."


def anybody(operators: Sequence[Operator], apology: str) -> str:
    """A person, without the model or the database."""
    if not operators:
        return twiml.hang_up(NOBODY)
    return twiml.dial_anyone(operators, apology=apology, caller_id="")


def hold(again: str, waited: int) -> str:
    """Ask `again` in a moment; every second time, the caller is told so."""
    return twiml.wait(again, HOLD if waited % 2 == 0 else "")
