"""What an agent is told in the middle of a call, and the caller never hears.

Quoted words are to be spoken; the rest is for the agent to know.
"""

from typing import Final

TIME_IS_SHORT: Final = (
    "This call will soon reach its longest time. Say so in one sentence, with exactly "
    'these words: "I am sorry, we have about a minute left on this call." Then go on.'
)
TIME_IS_UP: Final = (
    "This call has reached its longest time. Take your leave with exactly these words: "
    '"I am sorry, we have to end the call now. Please call again. Goodbye."'
)
STILL_THERE: Final = (
    "The caller has said nothing for a while. Ask, in one short sentence that fits "
    'what you spoke about, or with exactly these words: "Are you still there?"'
)
NOBODY_THERE: Final = (
    "The caller does not answer. Take your leave with exactly these words: "
    '"I cannot hear you, so I will end the call now. Please call again any time."'
)
SINGLE_KEY: Final = "The caller pressed the key {key}."
SEVERAL_KEYS: Final = (
    "The caller pressed {count} keys. Which ones is kept from you. If you have asked "
    "them to type something, call verify_caller or collect_digits now, whichever you "
    "have: it gets them. Otherwise ask what they wish."
)
A_PERSON: Final = (
    "The caller pressed 0 for a person, and is being connected. Say exactly these "
    'words and nothing more: "One moment, I am connecting you with a colleague."'
)
_NO_PERSON: Final = (
    "The caller pressed 0 for a person, but nobody is at work. Begin with exactly "
    'these words: "I am sorry, none of my colleagues is available right now. '
    '{reopens}Shall I take a message, or would you like a call back?"'
)


def no_person(reopens: str) -> str:
    """Nobody is at work; `reopens` is a sentence that says until when, or empty."""
    return _NO_PERSON.format(reopens=f"{reopens} " if reopens else "")
