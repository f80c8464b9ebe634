"""The documents that tell Twilio what a leg hears next, built with Twilio's library.

The library escapes whatever is said, so a name like `</Say><Dial>` is only read aloud.
All addresses are absolute: a document that arrives by REST has no base to resolve
against (Twilio error 15004).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from twilio.twiml.voice_response import Connect, Dial, VoiceResponse

from callcenter.domain.operators import Operator

MAX_INLINE_CHARACTERS: Final = 4000
"""A document that is sent by REST may not be longer (Twilio error 32018)."""

MAX_SAID_CHARACTERS: Final = 600
"""About 40 s. Escaped, it may be five times as long, and must still fit inline."""

BRIEF_TIMES: Final = 2
"""The briefing is read again when no key came: people pick up mid-sentence."""

SCREENING_KEYS: Final = (
    "Press 1 to take the call, 2 to decline, or 3 to hear this again."
)

SCREENING_SECONDS: Final = 6
"""How long after the briefing a key may still come."""

ASK_TIMES: Final = 2
ASK_SECONDS: Final = 8
"""Whoever we call needs a moment: they did not expect it just now."""

VOICEMAIL_SECONDS: Final = 120
"""Of one message: Twilio writes down nothing that is longer."""

VOICEMAIL_QUIET_SECONDS: Final = 5
"""So long a pause ends a message."""

OFFER_SECONDS: Final = 6
"""How long a caller may think about an offer."""

MOST_AT_ONCE: Final = 10
"""As many as `<Dial>` rings."""

DIAL_LIMIT_SECONDS: Final = 3600
"""No dialled leg outlives this, unless the house says otherwise (MAX_TALK_SECONDS;
Twilio's own limit is four hours)."""


def connect(
    stream_url: str,
    token: str,
    *,
    action: str,
    status_callback: str,
    greeting: str = "",
    language: str = "",
    notice: str = "",
) -> str:
    """Open the media stream; afterwards Twilio asks `action` what the caller hears."""
    response = VoiceResponse()
    if greeting:
        response.say(sayable(greeting), language=language or None)
    if notice:
        response.say(sayable(notice))
    connection = Connect(action=action, method="POST")
    stream = connection.stream(
        url=stream_url,
        status_callback=status_callback,
        status_callback_method="POST",
    )
    stream.parameter(name="token", value=token)
    response.append(connection)
    return str(response)


@dataclass(frozen=True, slots=True)
class Ring:
    """One telephone that a `<Dial>` rings, and where its leg asks and tells."""

    operator: Operator
    brief_url: str
    status_callback: str


def dial_all(
    rings: Sequence[Ring],
    *,
    action: str,
    timeout_s: int,
    limit_s: int = DIAL_LIMIT_SECONDS,
    announcement: str = "",
) -> str:
    """Ring one or several; the caller hears ringing until one of them presses 1."""
    response = VoiceResponse()
    if announcement:
        response.say(sayable(announcement))
    dialling = Dial(
        action=action,
        method="POST",
        timeout=timeout_s,
        answer_on_bridge=True,
        time_limit=limit_s,
    )
    for one in rings[:MOST_AT_ONCE]:
        destination = one.operator.destination
        _add_destination(dialling, destination, one.brief_url, one.status_callback)
    response.append(dialling)
    return str(response)


def dial_anyone(
    operators: Sequence[Operator],
    *,
    apology: str,
    caller_id: str,
    action: str = "",
    limit_s: int = DIAL_LIMIT_SECONDS,
) -> str:
    """Ring several operators at once, without us: the last resort of all.

    With an `action`, that is asked what follows.
    """
    response = VoiceResponse()
    response.say(sayable(apology))
    if operators:
        dialling = Dial(
            time_limit=limit_s,
            caller_id=caller_id or None,
            action=action or None,
        )
        for operator in operators[:MOST_AT_ONCE]:
            _add_destination(dialling, operator.destination, "", "")
        response.append(dialling)
        # The document goes on after a good talk, too: it can't tell one from none.
        response.say("Thank you for calling. Goodbye.")
    response.hangup()
    return str(response)


def screen(briefing: str, *, accept_url: str) -> str:
    """Tell an operator who is calling and why, and ask for a key."""
    response = VoiceResponse()
    for _ in range(BRIEF_TIMES):
        gather = response.gather(
            num_digits=1,
            timeout=SCREENING_SECONDS,
            action=accept_url,
            method="POST",
        )
        gather.say(f"{sayable(briefing)} {SCREENING_KEYS}")
    response.hangup()
    return str(response)


def record(words: str, *, action: str, told: str, transcribed: str) -> str:
    """Take a message down after a tone; who says nothing comes to `action`, too."""
    response = VoiceResponse()
    response.say(sayable(words))
    response.record(
        action=action,
        method="POST",
        max_length=VOICEMAIL_SECONDS,
        timeout=VOICEMAIL_QUIET_SECONDS,
        finish_on_key="#",
        play_beep=True,
        recording_status_callback=told,
        recording_status_callback_method="POST",
        transcribe=True,
        transcribe_callback=transcribed,
    )
    response.redirect(action, method="POST")
    return str(response)


def offer(words: str, *, action: str) -> str:
    """Offer something for a key; `action` is asked either way."""
    response = VoiceResponse()
    gather = response.gather(
        num_digits=1,
        timeout=OFFER_SECONDS,
        action=action,
        method="POST",
        action_on_empty_result=True,
    )
    gather.say(sayable(words))
    return str(response)


def ask(words: str, *, action: str) -> str:
    """Ask whom we have called for a key or a word, twice; then hang up.

    What follows the words must be as long as a machine's greeting: it is told from a
    person meanwhile.
    """
    response = VoiceResponse()
    for _ in range(ASK_TIMES):
        gather = response.gather(
            input="dtmf speech",
            num_digits=1,
            timeout=ASK_SECONDS,
            speech_timeout="auto",
            action=action,
            method="POST",
        )
        gather.say(sayable(words))
    response.hangup()
    return str(response)


def wait(url: str, words: str = "") -> str:
    """Stay on the line for a second, and ask again: somebody will know then."""
    response = VoiceResponse()
    if words:
        response.say(sayable(words))
    response.pause(length=1)
    response.redirect(url, method="POST")
    return str(response)


def bridge() -> str:
    """The empty document that lets a screened leg be joined to the caller."""
    return str(VoiceResponse())


def hang_up(words: str = "") -> str:
    """End the leg, with a last word."""
    response = VoiceResponse()
    if words:
        response.say(sayable(words))
    response.hangup()
    return str(response)


def _add_destination(
    dialling: Dial, destination: str, brief_url: str, status_callback: str
) -> None:
    options = {
        "url": brief_url or None,
        "method": "POST" if brief_url else None,
        "status_callback": status_callback or None,
        "status_callback_event": (
            "initiated ringing answered completed" if status_callback else None
        ),
    }
    if destination.startswith("sip:"):
        dialling.sip(destination, **options)
    elif destination.startswith("client:"):
        dialling.client(destination.removeprefix("client:"), **options)
    else:
        dialling.number(destination, **options)


def sayable(words: str) -> str:
    """Bounded, and without the control characters that XML forbids."""
    printable = "".join(c if c.isprintable() else " " for c in words)
    return printable[:MAX_SAID_CHARACTERS]
