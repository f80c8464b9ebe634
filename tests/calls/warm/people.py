"""A center that transfers warmly, and who takes part in a transfer."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from callcenter.domain import events as e
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.simulator.carrier import Happening, Leg, OperatorBehaviour
from callcenter.simulator.carrier.leg import Direction
from callcenter.simulator.carrier.sound import tone
from tests.fakes.center import Caller, Center, center
from tests.fakes.speech import SENTENCE

HELLO = tone((180.0,), 120)
"""An operator's voice."""


@asynccontextmanager
async def warm(
    folder: Path, operators: Mapping[str, OperatorBehaviour], **more: Any
) -> AsyncIterator[Center]:
    """The center, with the agent staying while operators are rung."""
    settings = {"transfer": "warm"} | dict(more.pop("settings", {}))
    async with center(folder, operators=operators, settings=settings, **more) as here:
        yield here


def legs(here: Center) -> list[Leg]:
    """The calls that we placed, the oldest first."""
    every = here.carrier.calls.values()
    return [one for one in every if one.direction is Direction.OUTBOUND_API]


def outcomes(here: Center) -> list[AttemptOutcome]:
    return [one.outcome for one in here.of(e.AttemptEnded)]


def rung(here: Center) -> list[str]:
    return [one.operator for one in here.of(e.OperatorCalled)]


async def wants_a_person(caller: Caller) -> None:
    await caller.hears_agent()
    await caller.says("I want to talk to a person")


async def meets(caller: Caller) -> None:
    """Ask for a person, talk with them, and stay until the line is dead."""
    await wants_a_person(caller)
    await caller.phone.happens(Happening.BRIDGED)
    await caller.phone.say(SENTENCE)
    await caller.phone.happens(Happening.ENDED)
