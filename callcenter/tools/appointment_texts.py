"""A confirmation and a reminder by text message: only for those who want them."""

from callcenter.errors import StorageError
from callcenter.tools.arguments import Code
from callcenter.tools.caller import number_is_known
from callcenter.tools.definition import Answer, Sorry, tool
from callcenter.tools.desk import Desk
from callcenter.tools.scheduling import facts_of, own_appointment
from callcenter.tools.slots import Book


@tool(timeout_s=5.0, changes=True)
async def text_confirmation(desk: Desk, code: Code) -> Answer:
    """Send the appointment to the caller as a text message, and a reminder before it.

    Only after they said yes to it. It goes to the number that they call from.
    """
    if not number_is_known(desk):
        raise Sorry(
            "The caller's number is withheld: no text can be sent. Spell the code once "
            "more instead.",
            say="Your number is withheld, so I cannot send you a text message.",
        )
    if not desk.schedule.can_text:
        raise Sorry(
            "This house cannot send text messages. Spell the code once more instead.",
            say="I cannot send text messages, I am sorry.",
        )
    book = Book.of(desk)
    held = await own_appointment(desk, book, code)
    try:
        await desk.schedule.send_texts(held.code)
    except StorageError as error:
        raise Sorry(
            "No text can be sent about that appointment, or no more today. Spell the "
            "code once more instead.",
            say="I cannot send a text message about that now.",
        ) from error
    return Answer(
        "You will get a text message with your appointment in a moment, and a reminder "
        "the day before.",
        done=f"had the appointment {held.code} confirmed by text",
        facts=facts_of(held),
    )
