"""What the simulated model says of its own; everything else comes from tools."""

from __future__ import annotations

from typing import Final

GREETING: Final = "Hello. How can I help you?"
PARDON: Final = "Sorry, I did not catch that. Could you say it again?"
STILL_THERE: Final = "Are you still there?"
ANYTHING_ELSE: Final = "Is there anything else I can help you with?"
FAREWELL: Final = "Thank you for calling. Goodbye."
CANNOT: Final = (
    "I am sorry, I cannot help with that. Would you like to talk to a person?"
)
NOBODY: Final = "I am sorry, I cannot put you through from here."
NO_SUCH_TIME: Final = "I am sorry, that time is not free. Which other time suits you?"
WHAT_MESSAGE: Final = "Of course. What is your message?"
SHALL_I_CANCEL: Final = "Shall I cancel it?"
SHALL_I_BOOK: Final = "Shall I book it?"
SHALL_I_TEXT: Final = "Shall I send you a text message, and a reminder the day before?"
SHALL_I_OPEN_A_TICKET: Final = (
    "Shall I open a ticket, so that a colleague looks into it?"
)
WHICH_NAME: Final = "What name may I put it under?"

QUESTIONS: Final = {
    "place": "For which town or city?",
    "day": "For which day?",
    "service": "Which service would you like?",
    "start": "At which time?",
    "name": WHICH_NAME,
    "code": "What is your code, please?",
}
"""By the parameter that is missing."""

SMALL_TALK: Final = {
    "greeting": GREETING,
    "wait": "Of course, take your time.",
    "thanks": f"You are welcome. {ANYTHING_ELSE}",
    "yes": "What can I do for you?",
    "goodbye": FAREWELL,
}
"""By the wish that no tool grants."""


def question(parameter: str) -> str:
    """What to ask for that parameter of a tool."""
    return QUESTIONS.get(parameter, f"What is the {parameter.replace('_', ' ')}?")
