"""What happens at a number that we ring."""

import asyncio
from typing import Final, assert_never

from callcenter.simulator.carrier.conversation import follow
from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.leg import Leg
from callcenter.simulator.carrier.operators import (
    Answers,
    Busy,
    Declines,
    NoAnswer,
    Scripted,
    Unreachable,
    Voicemail,
    script_of,
)

NETWORK_ANSWER_S: Final = 0.5
"""How long the network takes to say that a line is busy, or doesn't exist."""


async def ring(exchange: Exchange, number: str, timeout_s: float) -> str:
    """Ring; return `in-progress`, or why nobody is there."""
    behaviour = exchange.behaviour(number)
    match behaviour:
        case Busy():
            await exchange.wait(NETWORK_ANSWER_S)
            return "busy"
        case Unreachable():
            await exchange.wait(NETWORK_ANSWER_S)
            return "failed"
        case NoAnswer():
            await exchange.wait(timeout_s)
            return "no-answer"
        case Answers() | Declines() | Voicemail() | Scripted():
            await exchange.wait(min(behaviour.after_s, timeout_s))
            return "in-progress" if behaviour.after_s <= timeout_s else "no-answer"
        case _:
            assert_never(behaviour)


def pick_up(exchange: Exchange, leg: Leg, tasks: asyncio.TaskGroup) -> None:
    """Let the person at that phone act."""
    behaviour = exchange.behaviour(leg.to_number)
    if isinstance(behaviour, Answers | Declines | Voicemail | Scripted):
        script = script_of(behaviour, exchange.hurry)
        leg.script = tasks.create_task(follow(leg, lambda: script(leg.phone)))
