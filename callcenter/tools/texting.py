"""Texts to the caller: to the number that the call comes from, and to no other."""

import re
from typing import Annotated, Final

from pydantic import Field

from callcenter.errors import CarrierError, OutcomeUnknown
from callcenter.tools.caller import number_is_known
from callcenter.tools.definition import Answer, Sorry, Unsure, tool
from callcenter.tools.desk import Desk

MOST_TEXTS: Final = 3
"""In one call. Texts cost money, and some numbers are paid for receiving them."""

PERHAPS: Final = (
    "It is not known whether the text was sent, and it is not sent again. Tell the "
    "caller that it may come in a moment, and say what was in it: slowly, so that they "
    "can write it down."
)
NOT_SENT: Final = (
    "The text could not be sent; perhaps this number takes no texts. Do not try again. "
    "Say what was in it: slowly, so that the caller can write it down."
)
NO_NUMBER: Final = (
    "The caller's number is withheld or takes no texts, and no other can be used. Say "
    "what was to be in the text: slowly, so that they can write it down."
)
ENOUGH: Final = (
    "No more texts can be sent in this call. Say it instead: slowly, so that the "
    "caller can write it down."
)

_TELEPHONE: Final = re.compile(r"\+[1-9][0-9]{6,14}")

Text = Annotated[
    str,
    Field(
        description="What the caller wants in writing, such as a code, a time or an "
        "address; whole sentences, without any greeting.",
        min_length=1,
        max_length=480,
    ),
]


@tool(
    timeout_s=8.0,
    filler="One moment, I am sending it to you.",
    late=PERHAPS,
    repeatable=False,
    changes=True,
)
async def send_sms(desk: Desk, text: Text) -> Answer:
    """Send the caller a text message, to the number that they are calling from.

    Only when they want it, and only what they were told in this call. Other numbers
    cannot be given.
    """
    number = desk.caller_number.strip()
    if not (number_is_known(desk) and _TELEPHONE.fullmatch(number)):
        raise Sorry(NO_NUMBER, say="I cannot send a text to the number you call from.")
    if desk.deeds.begun(send_sms.name) > MOST_TEXTS:
        raise Sorry(ENOUGH, say="I cannot send you any more texts in this call.")
    try:
        await desk.texts.send(number, text)
    except OutcomeUnknown as error:
        say = "I am not sure that my text has been sent."
        raise Unsure(PERHAPS, say=say) from error
    except CarrierError as error:
        raise Sorry(NOT_SENT, say="I am sorry, I could not send the text.") from error
    return Answer(
        "I have sent you a text, to the number that you are calling from.",
        done="sent the caller a text",
    )
