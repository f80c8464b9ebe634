"""One phone that a `<Dial>` rings."""

import asyncio
from dataclasses import dataclass
from typing import Final

from callcenter.simulator.carrier.conversation import (
    converse,
    end_by,
    live,
    until_ordered,
)
from callcenter.simulator.carrier.interpreter import Execution, Finished
from callcenter.simulator.carrier.leg import (
    Direction,
    Fetch,
    HangUp,
    Leg,
    Order,
    ReplaceDocument,
    StatusCallback,
)
from callcenter.simulator.carrier.phone import Phone
from callcenter.simulator.carrier.ringing import pick_up, ring
from callcenter.simulator.carrier.watch import Watch

SCREENING_VERBS: Final = ("Say", "Play", "Pause", "Gather", "Hangup", "Redirect")
"""What `<Number url>` may contain; `<Dial>` is forbidden there."""


@dataclass(frozen=True, slots=True)
class Target:
    """Whom to ring, and what to do when they answer."""

    address: str
    shown_number: str
    timeout_s: float
    screening: Fetch | None
    status_callback: StatusCallback | None
    reachable: bool


class Attempt:
    """The child leg, from `initiated` to its end."""

    def __init__(self, run: Execution, target: Target, watch: Watch) -> None:
        self._exchange = run.exchange
        self._verbs = run.verbs
        self._target = target
        self._watch = watch
        self.accepted = False
        self.over = False
        """Not available to the `<Dial>` any more."""
        self.leg = Leg(
            Phone(target.address),
            from_number=target.shown_number,
            to_number=target.address,
            direction=Direction.OUTBOUND_DIAL,
            parent_sid=run.leg.sid,
            status="queued",
        )
        self.leg.status_callback = target.status_callback

    def begin(self) -> None:
        life = live(self._exchange, self.leg, self._control)
        self._exchange.spawn(life)

    def abandon(self) -> None:
        """The other side has no more use for this leg."""
        if not self.over:
            status = "completed" if self.leg.answered else "canceled"
            self.leg.order(HangUp("the other side ended it", status))

    async def _control(self, tasks: asyncio.TaskGroup) -> None:
        try:
            if await self._answers(tasks) and await self._accepts():
                self.accepted = True
                self._watch.changed()
                await self._obey(await self.leg.orders.get())
        finally:
            self._leave()

    async def _answers(self, tasks: asyncio.TaskGroup) -> bool:
        leg = self.leg
        leg.become("initiated")
        leg.become("ringing")
        if not self._target.reachable:
            leg.finish("failed", "the caller id was refused")
            return False
        ringing = ring(self._exchange, leg.to_number, self._target.timeout_s)
        outcome = await until_ordered(leg, ringing)
        if not isinstance(outcome, str):
            await self._obey(outcome)
            return False
        if outcome != "in-progress":
            leg.finish(outcome, outcome)
            return False
        leg.answer()
        pick_up(self._exchange, leg, tasks)
        self._watch.changed()
        return True

    async def _accepts(self) -> bool:
        """Screening: an empty document accepts, `<Hangup>` declines."""
        if self._target.screening is None:
            return True
        verbs = {name: self._verbs[name] for name in SCREENING_VERBS}
        execution = Execution(self._exchange, self.leg, verbs)
        outcome = await until_ordered(self.leg, execution.run(self._target.screening))
        if not isinstance(outcome, Finished):
            await self._obey(outcome)
            return False
        if outcome.explicit:
            self.leg.finish("completed", outcome.reason)
        return not outcome.explicit

    async def _obey(self, order: Order) -> None:
        match order:
            case HangUp():
                await end_by(self._exchange, self.leg, order)
            case ReplaceDocument(document=document):
                self._leave()
                await converse(self._exchange, self.leg, document, self._verbs)

    def _leave(self) -> None:
        self.over = True
        self._watch.changed()
