"""Who takes part in the demo, and what they do: a caller and an operator."""

from pathlib import Path
from typing import Final

from callcenter.simulator.carrier.operators import OperatorBehaviour, Scripted
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.records import Happening
from callcenter.simulator.speech.clips import clip
from callcenter.simulator.speech.voice import OPERATOR

CALLER: Final = "+4755512345"

SENTENCES: Final = ("weather-bergen", "book-service", "nine-anna-berg", "person-refund")
"""What the caller says, one clip after each answer; the texts are with the clips."""

QUIET_MS: Final = 800
"""How long a polite caller waits after the other has stopped."""

ADA: Final = "+15005550101"
OPERATORS: Final = f"""\
[[operators]]
name = "Ada"
number = "{ADA}"
skills = ["support", "general"]
"""

ADA_SAYS: Final = (
    "Hello Anna, this is Ada. I have just read it. Let us sort out your refund."
)

LISTENS_MS: Final = 5_000
"""Ada has heard enough of the briefing by then, and presses 1."""


ENOUGH_MS: Final = 7_500
"""So much of the forecast the caller hears, and then interrupts it."""


async def caller(phone: Phone) -> None:
    """Ask for the weather, interrupt it to book a service, then ask for a person."""
    weather, booking, *others = SENTENCES
    await phone.hears_pause(QUIET_MS)
    await phone.say(clip(weather).audio)
    await phone.hears_sound()
    await phone.waits(ENOUGH_MS)
    await phone.say(clip(booking).audio)
    await phone.hears_pause(0)  # what was interrupted; the answer comes now
    await phone.hears_pause(QUIET_MS, timeout_s=40)
    for slug in others:
        await phone.say(clip(slug).audio)
        await phone.hears_pause(QUIET_MS, timeout_s=40)
    await phone.happens(Happening.UNBRIDGED, timeout_s=60)
    phone.hang_up()


async def ada(phone: Phone) -> None:
    """Pick up, listen to who is calling, press 1, and talk."""
    await phone.hears_sound()
    await phone.waits(LISTENS_MS)
    phone.press("1")
    await phone.happens(Happening.BRIDGED)
    await phone.say(await OPERATOR.say(ADA_SAYS))
    await phone.waits(QUIET_MS)
    phone.hang_up()


def operators() -> dict[str, OperatorBehaviour]:
    """How the operators' telephones behave."""
    return {ADA: Scripted(ada, after_s=1.5)}


def write_operators(folder: Path) -> Path:
    """The list that the center reads."""
    path = folder / "operators.toml"
    path.write_text(OPERATORS, encoding="utf-8")
    return path
