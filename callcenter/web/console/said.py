"""What a page says after something was done: sentences of ours, never an address's.

Whoever changes something is sent back to a page (so that reloading repeats nothing),
and the address names the sentence.
"""

from collections.abc import Mapping
from typing import Final

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
}


def told() -> str:
    """The sentence for this page; empty if there is none."""
    return SENTENCES.get(request.args.get(PARAMETER, ""), "")


def back_to(path: str, said: str) -> Response:
    """See the page again, with a sentence."""
    if said not in SENTENCES:
        raise AssertionError(f"{said!r} is no sentence of ours")
    joint = "&" if "?" in path else "?"
    return redirect(f"{path}{joint}{PARAMETER}={said}", 303)
