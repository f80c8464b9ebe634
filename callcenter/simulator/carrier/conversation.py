"""A leg from its first document to its end, whatever interrupts it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Final, TypeVar

from callcenter.simulator.carrier.exchange import Exchange
from callcenter.simulator.carrier.interpreter import Execution, Finished, RunVerb
from callcenter.simulator.carrier.leg import (
    Direction,
    Fetch,
    HangUp,
    Inline,
    Leg,
    Order,
    ReplaceDocument,
)
from callcenter.simulator.carrier.phone import LineIsDead
from callcenter.simulator.carrier.records import Happening
from callcenter.simulator.carrier.webhooks import WebhookFailed
from callcenter.wire.mulaw import FRAME_MS

Result = TypeVar("Result")
SCRIPT_GRACE_S: Final = 1.0
"""A person may still look at the dead phone for a moment."""
_MS: Final = 1000


async def until_ordered(
    leg: Leg, work: Coroutine[object, object, Result]
) -> Result | Order:
    """Do this work, unless somebody wants something else of the leg."""
    async with asyncio.TaskGroup() as both:
        working = both.create_task(work)
        ordered = both.create_task(leg.orders.get())
        await asyncio.wait({working, ordered}, return_when=asyncio.FIRST_COMPLETED)
        working.cancel()
        ordered.cancel()
    return working.result() if ordered.cancelled() else ordered.result()


async def converse(
    exchange: Exchange,
    leg: Leg,
    start: Fetch | Inline,
    verbs: Mapping[str, RunVerb],
) -> None:
    """Run TwiML until the leg is over, following REST updates; finish the leg."""
    document: Fetch | Inline | None = start
    while document is not None:
        execution = Execution(exchange, leg, verbs)
        outcome = await until_ordered(leg, execution.run(document))
        document = None
        match outcome:
            case Finished(status=status, reason=reason):
                leg.finish(status or "completed", reason)
            case HangUp():
                await end_by(exchange, leg, outcome)
            case ReplaceDocument(document=document):
                await _leave_actions(exchange, leg)


async def end_by(exchange: Exchange, leg: Leg, order: HangUp) -> None:
    """Finish an interrupted leg, then make the last requests of waiting actions."""
    leg.finish(order.status or _abandoned_status(leg), order.reason)
    if exchange.options.action_on_hang_up:
        await _request_open_actions(exchange, leg)


def _abandoned_status(leg: Leg) -> str:
    if leg.answered:
        return "completed"
    return "no-answer" if leg.direction is Direction.INBOUND else "canceled"


async def _leave_actions(exchange: Exchange, leg: Leg) -> None:
    if exchange.options.connect_action_on_redirect:
        await _request_open_actions(exchange, leg)
    leg.open_actions.clear()


async def _request_open_actions(exchange: Exchange, leg: Leg) -> None:
    """What the server answers is not executed any more."""
    for opened in reversed(leg.open_actions):
        fields = (
            exchange.fields(leg) | dict(opened.fetch.fields) | dict(opened.fields())
        )
        try:
            await exchange.webhooks.send(opened.fetch.method, opened.fetch.url, fields)
        except WebhookFailed as failure:
            exchange.warn(failure.code, str(failure), leg)
    leg.open_actions.clear()


async def live(
    exchange: Exchange,
    leg: Leg,
    control: Callable[[asyncio.TaskGroup], Awaitable[None]],
) -> None:
    """A leg's whole life: its clock, its callbacks, and `control`, which ends it."""
    async with asyncio.TaskGroup() as tasks:
        exchange.register(leg, tasks)
        clock = tasks.create_task(_clock(leg))
        leg.phone.happen(Happening.RINGING)
        try:
            await control(tasks)
        finally:
            clock.cancel()
            leg.finish("failed", "the network went away")
        await _let_the_script_end(leg)
    leg.settle()


async def _let_the_script_end(leg: Leg) -> None:
    if leg.script is not None and not leg.script.done():
        await asyncio.wait({leg.script}, timeout=SCRIPT_GRACE_S)
        leg.script.cancel()


async def follow(
    leg: Leg,
    script: Callable[[], Awaitable[None]],
    *,
    hang_up_afterwards: bool = False,
) -> None:
    """Let a person act. What the script raises is kept for whoever awaits the leg."""
    try:
        await script()
    except LineIsDead:
        return
    except Exception as error:  # noqa: BLE001 - foreign code; `ended` raises it again
        leg.script_error = error
        leg.phone.hang_up()
        return
    if hang_up_afterwards:
        leg.phone.hang_up()


async def _clock(leg: Leg) -> None:
    """Tick every 20 ms; after a delay, catch up, as a telephone network does."""
    loop = asyncio.get_running_loop()
    began_s = loop.time()
    at_ms = 0
    while not leg.over:
        ahead_s = began_s + at_ms / _MS - loop.time()
        # Even when late: clocks that catch up take turns, so that a bridge has no gaps.
        await asyncio.sleep(max(ahead_s, 0))
        leg.tick(at_ms)
        at_ms += FRAME_MS
