"""How the people at the other end of a `<Dial>` behave."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias, assert_never

from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import Happening

Script: TypeAlias = Callable[[Phone], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Answers:
    """Picks up, hears the prompt out, presses a key, talks once bridged."""

    after_s: float = 0.5
    presses: str = "1"
    talks: bytes = b""
    hangs_up_after_s: float | None = None
    """Counted from the bridge. None: stays until the other side hangs up."""
    thinks_s: float = 0.2
    """From the end of the prompt to the key."""


@dataclass(frozen=True, slots=True)
class Declines:
    """Picks up, hears the prompt out, presses the wrong key."""

    after_s: float = 0.5
    presses: str = "2"
    thinks_s: float = 0.2


@dataclass(frozen=True, slots=True)
class Voicemail:
    """A machine picks up and talks. It never presses a key."""

    after_s: float = 0.5
    greeting: bytes = b""


@dataclass(frozen=True, slots=True)
class Scripted:
    """Picks up, and does what the script says; the line stays open after it."""

    script: Script
    after_s: float = 0.5


@dataclass(frozen=True, slots=True)
class Busy:
    """The line is busy."""


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """It rings, and nobody picks up."""


@dataclass(frozen=True, slots=True)
class Unreachable:
    """The network finds no way: `failed`."""


PicksUp: TypeAlias = Answers | Declines | Voicemail | Scripted
OperatorBehaviour: TypeAlias = PicksUp | Busy | NoAnswer | Unreachable


def script_of(behaviour: PicksUp, hurry: float) -> Script:
    """What happens on that phone once it has been picked up."""
    match behaviour:
        case Answers():
            return lambda phone: _answer(phone, behaviour, hurry)
        case Declines(presses=presses, thinks_s=thinks_s):
            decline = Answers(presses=presses, thinks_s=thinks_s)
            return lambda phone: _answer(phone, decline, hurry)
        case Voicemail(greeting=greeting):
            return lambda phone: phone.say(greeting)
        case Scripted(script=script):
            return script
        case _:
            assert_never(behaviour)


async def _answer(phone: Phone, operator: Answers, hurry: float) -> None:
    await phone.happens(Happening.PROMPTED, Happening.BRIDGED, timeout_s=_PATIENCE_S)
    if not any(event.what is Happening.BRIDGED for event in phone.events):
        await phone.waits(round(operator.thinks_s * 1000 / hurry))
        phone.press(operator.presses)
        await phone.happens(Happening.BRIDGED, timeout_s=_PATIENCE_S)
    if operator.talks:
        await phone.say(operator.talks)
    if operator.hangs_up_after_s is not None:
        await phone.waits(round(operator.hangs_up_after_s * 1000))
        phone.hang_up()


_PATIENCE_S = 300.0
"""An operator who is asked nothing for that long is a bug in the document."""
