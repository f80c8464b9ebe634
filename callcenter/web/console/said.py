"""What a page says after something was done: sentences of ours, never an address's.

Whoever changes something is sent back to a page (so that reloading repeats nothing),
and the address names the sentence.
"""

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from quart import redirect, request
from werkzeug.wrappers import Response

PARAMETER: Final = "said"

SENTENCES: Final[Mapping[str, str]] = {
    "noted": "Your note is on the ticket. Agents tell it to the caller who asks.",
    "closed": "The ticket is closed. A later note of the caller's opens it again.",
    "reopened": "The ticket is open again.",
    "unchanged": "Nothing was changed.",
    "cancelled": "The appointment is cancelled, and the first in line is offered it.",
    "saved": "The view is saved. It stands above the list.",
    "not_saved": "A view needs a name, and there may be 100 of them.",
    "removed": "The view is removed.",
    "done": "Marked as done.",
    "undone": "Back on the list.",
    "ranked": "The ticket's severity is changed.",
    "booked_again": "Booked again, with a new code: tell the caller.",
    "taken": "That time is somebody else's by now, or it is past.",
    "not_booked": "It cannot be booked again: the book says no.",
    "off_the_line": "They wait no more, and nothing is kept for them.",
    "asked": "They will be called back: it is on the list of callbacks.",
    "not_asked": "Their number was withheld, or shall never be called.",
    "dials": "It is dialled at once, if it is an hour at which that number is called.",
    "due": "It is due now. Nobody dials by themselves here: call them.",
    "callback_cancelled": "It is cancelled. Whoever picks up just now is told so.",
    "postponed": "It is put off.",
    "called": "Marked as called.",
    "waits": "It waits to be called again.",
    "not_now": (
        "That cannot be done: it was settled meanwhile, or that number is never called."
    ),
    "no_number": "Write the number like +4755512345.",
    "never": "We never call that number again. Its open callbacks are over.",
    "may_be_called": "That number may be called again.",
    "customer": "They can prove who they are from now on.",
    "no_customer": "They are no customer any more; calls go by their number alone.",
    "bad_proof": "A PIN of four to eight digits is needed, or two facts that can be.",
    "customer_already": "They are a customer already: remove that first.",
    "unsure": "Nothing was erased: type the number exactly as it stands there.",
    "at_the_carrier": (
        "Nothing was erased: a spoken message is still at Twilio. Try again."
    ),
    "erased": "It is erased.",
    "operator_added": "On the list. Every node rings them within two seconds.",
    "operator_changed": "Changed. It holds until operators.toml says otherwise.",
    "operator_removed": "Off the list: nobody rings them any more.",
    "operator_again": "Back on the list, as before.",
    "operator_away": "Away: they are rung no more until they are back.",
    "operator_back": "They may be rung again; what they missed is forgotten.",
    "alarm_seen": "Acknowledged. If it happens again, it is listed again.",
    "person_added": "They may sign in.",
    "person_changed": "Their role is changed; they sign in again.",
    "person_out": "They are out, at every node.",
    "person_in": "They may sign in again; their wrong tries are forgotten.",
    "last_admin": "Not done: nobody would be left who could change it back.",
    "key_revoked": "The key opens nothing any more, at any node.",
    "webhook_on": "The address is told again, and what has waited.",
    "webhook_off": "The address is told nothing; what is due waits.",
    "webhook_tested": "A webhook.test is on its way; the log says what came of it.",
    "webhook_removed": "The address is forgotten, and what was due.",
    "erased_but": "It is erased, but for a call that goes on: erase again afterwards.",
}


_OURS: Final = re.compile(r"/console(/[\w.~%/-]*)?(\?[\w.~%=&+:-]*)?", re.ASCII)


def told() -> str:
    """The sentence for this page; empty if there is none."""
    return SENTENCES.get(request.args.get(PARAMETER, ""), "")


def back_to(path: str, said: str, *, undo: str = "") -> Response:
    """See the page again, with a sentence; and with what could be undone, if named."""
    if said not in SENTENCES:
        raise AssertionError(f"{said!r} is no sentence of ours")
    joint = "&" if "?" in path else "?"
    more = f"&undo={quote(undo)}" if undo else ""
    return redirect(f"{path}{joint}{PARAMETER}={said}{more}", 303)


def inside(path: str, otherwise: str) -> str:
    """A page of the console to go back to; no form leads anybody out of it."""
    return path if _OURS.fullmatch(path) else otherwise
