"""The documents of a warm transfer: a conference of two, and who waits in it.

Its name is random: conference names are logged. It is silent until both are there, and
ends with whoever leaves it first.
"""

from typing import Final

from twilio.twiml.voice_response import Dial, VoiceResponse

from callcenter.wire.twiml import MAX_SAID_CHARACTERS

EVENTS: Final = "start end join leave"
CONNECTING: Final = "Thank you. I am connecting you now."


def wait_for_caller(name: str, *, told: str, limit_s: int) -> str:
    """The operator's: into the conference, which tells `told` who comes and goes."""
    response = VoiceResponse()
    response.say(CONNECTING)
    dialling = Dial(time_limit=limit_s)
    _add_conference(dialling, name, told)
    response.append(dialling)
    response.hangup()
    return str(response)


def join_operator(name: str, *, action: str, told: str, limit_s: int) -> str:
    """The caller's: to the operator who waits; `action` is asked what follows."""
    response = VoiceResponse()
    dialling = Dial(action=action, method="POST", time_limit=limit_s)
    _add_conference(dialling, name, told)
    response.append(dialling)
    return str(response)


def dismiss(words: str) -> str:
    """The last that an operator hears who waits for nobody."""
    response = VoiceResponse()
    response.say(words[:MAX_SAID_CHARACTERS])
    response.hangup()
    return str(response)


def _add_conference(dialling: Dial, name: str, told: str) -> None:
    dialling.conference(
        name,
        start_conference_on_enter=True,
        end_conference_on_exit=True,
        beep="false",
        wait_url="",
        status_callback=told,
        status_callback_method="POST",
        status_callback_event=EVENTS,
    )
