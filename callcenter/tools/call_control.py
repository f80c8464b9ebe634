"""What an agent may do with the call itself: pass it on, end it, note it, turn it."""

from datetime import timedelta
from typing import Annotated, Final

from pydantic import Field

from callcenter.tools.arguments import Topic
from callcenter.tools.callback_times import (
    AHEAD_DAYS,
    Week,
    parse_callback_time,
    spoken_moment,
)
from callcenter.tools.caller import number_is_known
from callcenter.tools.definition import Answer, Sorry, Unfit, tool
from callcenter.tools.desk import Desk

UNSURE: Final = (
    "This took too long; it may or may not have been done. Tell the caller that you "
    "could not reach a colleague just now, and offer to try again."
)

AT_ONCE: Final = timedelta(minutes=2)
"""A call that comes so soon comes "in a moment"."""

MEANWHILE: Final = (
    "The colleague's telephone rings; you stay with the caller until they are there. "
    "Do not promise that somebody will answer. If the caller goes on talking, go on, "
    "too. You will be told when a colleague takes over, or that nobody could. If they "
    "would rather not wait for it, use stop_transfer."
)
AT_ONCE_GONE: Final = "Say nothing more: the transfer follows your last word."

Reason = Annotated[
    str,
    Field(
        description="Why, in one short sentence for the colleague: what the caller "
        "needs and what has been tried.",
        min_length=1,
        max_length=300,
    ),
]
Message = Annotated[
    str,
    Field(
        description="The message in the caller's own words, with their name.",
        min_length=1,
        max_length=1000,
    ),
]
Language = Annotated[
    str,
    Field(
        description="The language that the caller wants, by its English name or its "
        "tag, such as 'Norwegian' or 'nb'.",
        min_length=1,
        max_length=40,
    ),
]
CallbackTime = Annotated[
    str,
    Field(
        description="When the caller wants to be called, in their words, such as "
        "'tomorrow after three', 'in an hour' or 'as soon as possible'.",
        min_length=1,
        max_length=100,
    ),
]


@tool(timeout_s=6.0, late=UNSURE)
async def transfer_to_human(
    desk: Desk, reason: Reason, topic: Topic = "general"
) -> Answer:
    """Pass the caller to a human colleague.

    Call it when the caller asks for a person, is upset, or needs what no tool can do.
    Tell the caller first that you will. After it succeeded say one short sentence, and
    do what its note says: you stay with the caller, or the transfer follows at once.
    """
    operator = await desk.call.escalate(reason, topic)
    if not operator:
        sorry = "I am sorry, none of my colleagues is available right now."
        offer = "Shall I take a message, or would you like a call back?"
        return Answer(
            " ".join(part for part in (sorry, desk.call.reopens(), offer) if part),
            facts={
                "transferred": False,
                "note": "Do not try again. Use take_message or request_callback.",
            },
        )
    if desk.call.stays_meanwhile:
        return Answer(
            "I am calling a colleague for you. Please stay on the line.",
            facts={"transferred": True, "operator": operator, "note": MEANWHILE},
        )
    return Answer(
        "I am connecting you with a colleague. Please stay on the line.",
        facts={"transferred": True, "operator": operator, "note": AT_ONCE_GONE},
    )


@tool(timeout_s=5.0)
async def stop_transfer(desk: Desk) -> Answer:
    """Stop ringing for a human colleague, and stay with the caller yourself.

    Call it while a transfer is under way, when the caller would rather go on with you
    or does not want to wait.
    """
    if not await desk.call.stop_transfer():
        raise Unfit("No colleague is being rung just now. Simply go on.")
    return Answer("All right, I am staying with you. What can I do for you?")


@tool(timeout_s=5.0)
async def end_call(desk: Desk, reason: Reason) -> Answer:
    """End the call, when the caller said goodbye or needs nothing more.

    The line closes once the caller has heard your goodbye.
    """
    await desk.call.end_when_heard(reason)
    return Answer("Thank you for calling. Goodbye.")


@tool(timeout_s=5.0, filler="One moment, I am writing that down.", repeatable=False)
async def take_message(desk: Desk, message: Message) -> Answer:
    """Write down a message for the people of the house.

    First repeat it to the caller. Their number is recorded with it.
    """
    await desk.call.take_message(message)
    return Answer(
        "I have written that down, and my colleagues will read it.",
        done="took a message for the people of the house",
    )


@tool(timeout_s=5.0)
async def leave_voicemail(desk: Desk) -> Answer:
    """Let the caller speak a message in their own voice, after a tone.

    Call it when nobody can take the call and the caller would rather speak than
    dictate to you. After it succeeds say one short sentence and nothing more: the tone
    follows your last word.
    """
    await desk.call.leave_voicemail()
    return Answer("Of course. Here is our voicemail.")


@tool(timeout_s=5.0, repeatable=False)
async def request_callback(desk: Desk, when: CallbackTime, reason: Reason) -> Answer:
    """Have the caller called back, at the number they are calling from.

    Say the time that comes back, and ask whether it is right; if it is not, call this
    again with the right one: the last one counts. Other numbers cannot be given.
    """
    if not number_is_known(desk):
        raise Sorry(
            "The caller's number is withheld, so nobody could call back. Offer "
            "take_message: the message may say how to reach them.",
            say="Your number is withheld, so we could not call you back. "
            "Shall I take a message instead?",
        )
    if refused := await desk.calls_back.why_not(desk.caller_number.strip()):
        raise Sorry(
            f"Nobody will call this number back: {refused}. Do not promise it; offer "
            "take_message.",
            say=f"I am sorry, we cannot call you back: {refused}. "
            "Shall I take a message instead?",
        )
    now = desk.clock.now().astimezone(desk.schedule.zone)
    openings = await desk.schedule.opening_times(now.date(), AHEAD_DAYS + 1)
    due_at = parse_callback_time(when, Week(now, openings))
    moment = spoken_moment(due_at, now.date())
    if due_at - now < AT_ONCE:
        moment = "in a moment, as soon as a line is free"
    await desk.call.request_callback(when, reason, due_at)
    return Answer(
        f"I have noted it: we will try to call you back {moment}, at the number that "
        "you are calling from. Is that right?",
        done=f"noted a wish to be called back {moment}",
        facts={"understood": f"{due_at:%Y-%m-%dT%H:%M}"},
    )


@tool(timeout_s=5.0)
async def switch_language(desk: Desk, language: Language) -> Answer:
    """Go on in another language, because the caller asks for it or speaks it.

    Only some are possible; it says so if this one is not.
    """
    name = await desk.call.choose_language(language)
    if not name:
        raise Unfit(
            "You do not speak this language well enough for a caller. Say so, in the "
            "language you have spoken so far; offer to go on in it, or "
            "transfer_to_human."
        )
    return Answer(
        "",
        done=f"went on in {name}",
        facts={
            "language": name,
            "note": f"Speak {name} from now on. Say in one short sentence, in {name}, "
            "that you do, and go on with what the caller wanted.",
        },
    )
