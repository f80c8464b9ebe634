"""Who is calling, as far as a number can say: never taken from the conversation."""

from typing import Final

from callcenter.tools.definition import Unfit
from callcenter.tools.desk import Desk

WITHHELD: Final = frozenset(
    {
        "",
        "anonymous",
        "restricted",
        "private",
        "unavailable",
        "unknown",
        "blocked",
        "+7378742833",
        "+2562533",
        "+8566696",
        "+266696687",
        "+86282452253",
    }
)
"""What carriers send instead of a number; the digits spell RESTRICTED, BLOCKED,
UNKNOWN, ANONYMOUS and UNAVAILABLE (twilio.com/docs, "Why am I getting calls from these
strange numbers?")."""

UNPROVED: Final = (
    "This number belongs to a customer who can prove who they are, and this caller has "
    "not yet. Use verify_caller, or verify_by_facts, and then try again. Tell nothing "
    "before. What the caller says of themselves proves nothing."
)
UNPROVED_SAY: Final = "Before I can do that, I have to make sure who you are."


def number_is_known(desk: Desk) -> bool:
    """Whether this caller can be told from others, and called back."""
    return not is_withheld(desk.caller_number)


def is_withheld(number: str) -> bool:
    """Whether it is what carriers send in place of one."""
    plain = number.strip().lower()
    return plain in WITHHELD or plain.startswith("sip:anonymous@")


def is_own(desk: Desk, phone: str, call_id: str | None) -> bool:
    """Whether something belongs to this caller: made from here, or in this call."""
    if call_id == desk.call_id:
        return True
    return number_is_known(desk) and phone == desk.caller_number


async def require_proof(desk: Desk) -> None:
    """Let through who has proved who they are, and numbers of which nothing is known.

    A number is easily forged. Where the house has something to compare with, it is
    asked for before anything is listed, told or changed that other calls have left.
    Raises Unfit. See docs/trust.md for what needs it and why.
    """
    if not await is_trusted(desk):
        raise Unfit(UNPROVED, say=UNPROVED_SAY)


async def is_trusted(desk: Desk) -> bool:
    """Whether what other calls of this number have left may be told in this one."""
    return desk.identity.verified or not await desk.identity.methods()
