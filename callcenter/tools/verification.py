"""Proving who calls. The model asks for it and is told yes or no, nothing more."""

from typing import Annotated, Final

from pydantic import Field

from callcenter.domain.verification import Detail, Method, Verdict, is_enough
from callcenter.tools.definition import Answer, Sorry, Unfit, tool
from callcenter.tools.desk import Desk

NO_WAY: Final = (
    "The house has nothing on file with which this caller could prove who they are. "
    "What they say of themselves proves nothing. Offer transfer_to_human."
)
LOCKED: Final = (
    "It was tried too often; nobody can be verified under this number for now. Do not "
    "try again. Offer transfer_to_human."
)
NOT_RIGHT: Final = (
    "It was not right. Do not say or guess what was wrong. Ask whether they want to "
    "try again, or offer transfer_to_human."
)
PLEASE_TYPE: Final = "Please type your PIN now, and then the hash key."
PROVED: Final = Answer("Thank you, that is right.", facts={"verified": True})

Said = Annotated[str, Field(min_length=1, max_length=100)]


@tool(timeout_s=90.0, filler=PLEASE_TYPE)
async def verify_caller(desk: Desk) -> Answer:
    """Have the caller prove who they are: they type their PIN on their telephone.

    First say "Please type your PIN now, and then the hash key." Then call it at once.
    You never learn the PIN; never ask them to say it aloud.
    """
    with desk.call.secret_entry():  # before any look-up: people type early
        if await _is_proved(desk, Method.PIN):
            return PROVED
        return _told(desk, await desk.identity.by_pin())


@tool(timeout_s=10.0, filler="One moment, I am checking that.")
async def verify_by_facts(
    desk: Desk,
    name: Annotated[
        Said | None, Field(description="Their full name, as they spelled it.")
    ] = None,
    postcode: Annotated[
        Said | None, Field(description="The postcode of their address.")
    ] = None,
    date_of_birth: Annotated[
        Said | None, Field(description="As a date, such as 1980-05-17.")
    ] = None,
) -> Answer:
    """Have the caller prove who they are by at least two facts about themselves.

    For callers without a PIN. Ask for two; pass only what the caller said in this call.
    """
    said = (
        (Detail.NAME, name),
        (Detail.POSTCODE, postcode),
        (Detail.DATE_OF_BIRTH, date_of_birth),
    )
    told = {detail: words for detail, words in said if words}
    if await _is_proved(desk, Method.FACTS):
        return PROVED
    if not is_enough(told):
        raise Unfit("Two facts are needed; a date is written like 1980-05-17.")
    return _told(desk, await desk.identity.by_facts(told))


async def _is_proved(desk: Desk, method: Method) -> bool:
    """Raises Sorry when trying cannot succeed, whatever the caller knows."""
    if desk.identity.verified:
        return True
    methods = await desk.identity.methods()
    if method in methods:
        return False
    if methods:
        other = "verify_caller" if Method.PIN in methods else "verify_by_facts"
        raise Sorry(f"This caller cannot be verified in this way: use {other}.")
    raise Sorry(NO_WAY, say="I cannot make sure over the telephone who you are.")


def _told(desk: Desk, verdict: Verdict) -> Answer:
    match verdict:
        case Verdict.PROVED:
            return PROVED
        case Verdict.NOTHING:
            raise Sorry(
                "Nothing was typed. Ask whether the caller has their PIN at hand.",
                say="I did not receive anything.",
                verified=False,
            )
        case Verdict.WRONG if desk.identity.tries_left:
            say = "I am sorry, that is not right."
            raise Sorry(NOT_RIGHT, say=say, verified=False)
        case _:
            raise Sorry(
                LOCKED,
                say="I am sorry, I cannot make sure who you are. A colleague can help.",
                verified=False,
            )
