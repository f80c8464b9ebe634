"""What an operator hears before pressing 1: who, why, what was done. In one breath.

Composed from the facts of the call alone: nothing in it was imagined by a model but
the reason, which is quoted as such.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from callcenter.domain.call import CallState
from callcenter.domain.tickets import TICKET_OPENED

REASON_CHARACTERS: Final = 240
DONE_ITEMS: Final = 3
"""One breath: the last few things, not the whole story."""


def of_call(state: CallState) -> str:
    """What the operator hears of this call, as it stands."""
    reason = state.escalation.reason if state.escalation else ""
    told = briefing(state.caller_number, reason, state.done)
    return " ".join([told, *_promised(state), *_known(state)])


def briefing(caller_number: str, reason: str, done: Sequence[str]) -> str:
    """The sentences that the operator hears."""
    who = f"Call from {spoken_number(caller_number)}."
    why = f"Reason: {_clipped(reason).rstrip('. ') or 'not given'}."
    if not done:
        return f"{who} {why}"
    return f"{who} {why} So far the assistant has {_listed(_worth_telling(done))}."


def spoken_number(number: str) -> str:
    """A phone number's last four digits, one by one; enough to know the caller by."""
    digits = [character for character in number if character.isdigit()][-4:]
    if not digits:
        return "a withheld number"
    return f"a number ending in {' '.join(digits)}"


def _promised(state: CallState) -> Iterator[str]:
    """What the caller relies on, even when it is not among the last things done."""
    if state.callback_requested:
        yield "They were promised a call back."
    if state.message_taken:
        yield "They have left a message already."


def _known(state: CallState) -> Iterator[str]:
    """What spares the caller to say it again."""
    before = [one for past in state.escalations[:-1] for one in past.attempts]
    talked = [one.operator for one in before if one.accepted]
    if state.was_bridged and talked:
        yield f"They have talked with {talked[-1]} before in this call."
    if state.verified:
        yield "They have proved who they are."


def _worth_telling(done: Sequence[str]) -> Sequence[str]:
    """The last few things, and the call's ticket however long ago it was opened.

    Whoever takes over the caller takes over the ticket too.
    """
    last = done[-DONE_ITEMS:]
    tickets = [item for item in done if item.startswith(TICKET_OPENED)]
    if not tickets or tickets[-1] in last:
        return last
    return [tickets[-1], *last[1:]]


def _clipped(reason: str) -> str:
    flat = " ".join(reason.split())
    if len(flat) <= REASON_CHARACTERS:
        return flat
    clipped = flat[:REASON_CHARACTERS]
    return clipped.rpartition(" ")[0] or clipped  # not every language has spaces


def _listed(items: Sequence[str]) -> str:
    if len(items) == 1:
        return items[0]
    return f"{', '.join(items[:-1])}, and {items[-1]}"
