"""What a caller hears when there is no call for them here, or nobody to take it."""

from collections.abc import Sequence
from typing import Final

from callcenter.domain.operators import Operator
from callcenter.floor.addresses import Addresses
from callcenter.wire import twiml
from callcenter.wire.webhooks import DialEnded

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
NOBODY_NOW: Final = "I am sorry, nobody can take your call right now."
INVITATION: Final = (
    "Please speak your message after the tone. When you are done, press the hash key, "
    "or simply hang up."
)
THANKS: Final = "Thank you for calling. Goodbye."
OVER: Final = "This call is over. Thank you for calling. Goodbye."


def anybody(
    operators: Sequence[Operator], apology: str, base: str = "", *, limit_s: int
) -> str:
    """A person, without the model or the database; with a `base`, then the tone."""
    if not operators:
        return message(base, NOBODY_NOW) if base else twiml.hang_up(NOBODY)
    return twiml.dial_anyone(
        operators,
        apology=apology,
        caller_id="",
        action=Addresses(base).fallback_ended if base else "",
        limit_s=limit_s,
    )


def is_done(ended: DialEnded) -> bool:
    """Whether a caller who was dialled through has talked, or is gone."""
    talked = ended.dial_status in {"completed", "answered"}
    return ended.request.over or (talked and ended.bridged is not False)


def after_anybody(ended: DialEnded, base: str) -> str:
    """Whom nobody answered may leave a message; it is stored when that is possible."""
    if is_done(ended):
        return twiml.hang_up("" if ended.request.over else THANKS)
    return message(base, NOBODY_NOW)


def message(base: str, apology: str) -> str:
    """The tone, for a call of which nothing need be known."""
    addresses = Addresses(base)
    return twiml.record(
        f"{apology} {INVITATION}",
        action=addresses.voicemail_done,
        told=addresses.voicemail_recorded,
        transcribed=addresses.voicemail_transcribed,
    )


def hold(again: str, waited: int) -> str:
    """Ask `again` in a moment; every second time, the caller is told so."""
    return twiml.wait(again, HOLD if waited % 2 == 0 else "")
