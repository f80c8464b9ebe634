"""The documents of callers who wait in line: music, how things stand, and a choice.

They ask again after each round of music, so any node may answer: nothing of the line
is at Twilio.
"""

from typing import Final

from twilio.twiml.voice_response import VoiceResponse

from callcenter.wire.twiml import sayable

KEY_SECONDS: Final = 1
"""After the music; who wants to press a key may do so all the time."""

CHOICE_SECONDS: Final = 8


def hold(words: str, music_url: str, *, again: str) -> str:
    """A round of music, perhaps after words; `again` is asked then, or at a key."""
    response = VoiceResponse()
    gather = response.gather(
        num_digits=1, timeout=KEY_SECONDS, action=again, method="POST", finish_on_key=""
    )
    if words:
        gather.say(sayable(words))
    gather.play(music_url)
    response.redirect(again, method="POST")
    return str(response)


def choice(words: str, *, action: str) -> str:
    """Ask for a key; `action` is asked without one, too."""
    response = VoiceResponse()
    gather = response.gather(
        num_digits=1,
        timeout=CHOICE_SECONDS,
        action=action,
        method="POST",
        finish_on_key="",
        action_on_empty_result=True,
    )
    gather.say(sayable(words))
    response.redirect(action, method="POST")
    return str(response)
