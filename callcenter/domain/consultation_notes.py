"""What an agent is told while an operator is being reached, and the caller is not.

Quoted words are to be spoken; the rest is for the agent to know.
"""

from typing import Final

STILL_TRYING: Final = (
    "The caller waits while a colleague is being rung. Say so, with exactly these "
    'words: "I am still trying to reach a colleague. I am here meanwhile."'
)
OPERATOR_TAKES: Final = (
    "{name} is ready to take this caller over. Say exactly these words and nothing "
    'more: "{name} is ready for you now. I am connecting you."'
)
STAYED: Final = (
    "The caller pressed the star key: they would rather go on with you, and nobody is "
    'rung any more. Begin with exactly these words: "All right, I am staying with '
    'you. What can I do for you?"'
)
NOBODY_TOOK: Final = (
    "None of your colleagues could take the call; the caller is still with you. Do "
    'not try it again unless they ask. Begin with exactly these words: "I am sorry, '
    "none of my colleagues could take the call just now. Shall I take a message, or "
    'would you like a call back?"'
)
