"""Reaching an operator while the agent stays with the caller.

Operators are rung, one after another or all at once, by calls of their own; whoever
presses 1 waits for the caller, who is then brought to them. Whatever fails, the caller
is with somebody: the agent, the next operator, or the rung below.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from callcenter.domain import (
    consultation as c,
    consultation_notes as notes,
    events as e,
)
from callcenter.domain.call import Escalation
from callcenter.domain.consultation import OperatorLeg
from callcenter.domain.ids import AttemptId
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.floor.consultation_desk import GONE, OperatorDesk
from callcenter.floor.consultation_legs import MS, OperatorLegs
from callcenter.floor.joining import Joining
from callcenter.floor.ladder import Ladder
from callcenter.floor.live_call import LiveCall
from callcenter.floor.news import learn_news
from callcenter.floor.ringing import Ringing
from callcenter.wire import twiml_line

LOOK_SECONDS: Final = 1.0
"""Between looks at what other nodes were told: operators' requests go to any."""

LOOKS_PER_ASKING: Final = 5
"""Between questions to the carrier, whose callbacks may be lost."""

QUIET_SECONDS: Final = 6.0
"""A caller is not taken away in the middle of a sentence; but at last they are."""

NOT_NEEDED: Final = "The caller goes on without a colleague. Thank you."
SORRY: Final = "I am sorry, none of my colleagues could take the call just now."

Move = Callable[[str], Awaitable[None]]
Say = Callable[[str], Awaitable[None]]


class Consultation:
    """One call's. `move` replaces what the caller hears, `say` tells the agent."""

    def __init__(self, call: LiveCall, ladder: Ladder, move: Move, say: Say) -> None:
        self._call = call
        self._ladder = ladder
        self._move = move
        self._say = say
        self._running = False
        self._held = False
        self.legs = OperatorLegs(call)
        self._ringing = Ringing(call, ladder, self.legs)
        self.desk = OperatorDesk(call, self.legs)
        self._joining = Joining(call, self.legs, self.desk, say)
        self.move_on: Callable[[], str] | None = None
        """What a caller hears whom no operator has, and no agent, either."""
        self.nobody: Callable[[], str] | None = None
        """The same, when all have been rung whom the caller has waited for."""
        call.before_end.insert(0, self.abandon)

    def begin(self) -> None:
        """Have operators rung; the agent goes on."""
        began_ms = self._call.clock_ms()
        self._held = False
        self._call.record(c.ConsultationBegan(self._escalation.escalation_id, began_ms))
        self.go_on()

    def go_on(self) -> None:
        """See to it that this is going on here; another node may have begun it."""
        if not self._running and self._phase in {Phase.CONSULTING, Phase.JOINING}:
            self._running = True
            self._call.start(self._run())

    def has(self, attempt_id: AttemptId) -> bool:
        """Whether this operator was rung so, and not dialled."""
        return self._call.state.consultation.leg(attempt_id) is not None

    @property
    def document(self) -> str:
        """What brings the caller to the operator who waits; empty: nobody does."""
        leg = self.legs.accepted()
        return self._joining.document(leg) if leg and leg.conference else ""

    def conference_over(self, attempt_id: AttemptId) -> None:
        """The caller is out of the conference, and not because they hung up."""
        leg = self._call.state.consultation.leg(attempt_id)
        if leg is None or not leg.sent:
            return
        if self._phase is Phase.BRIDGED:
            self._left(leg)
        elif self._phase is Phase.JOINING:
            self.legs.close(attempt_id, AttemptOutcome.FAILED)

    def call_off(self) -> None:
        """The caller wants something else: nobody picks up to silence."""
        self._end_legs(AttemptOutcome.CALLED_OFF, NOT_NEEDED)

    def stop(self) -> bool:
        """The caller would rather go on with the agent; False: there is none."""
        if self._held:
            return False
        self.call_off()
        escalation_id = self._escalation.escalation_id
        self._call.record(c.ConsultationEnded(escalation_id, "the caller stayed"))
        self._ladder.fail()
        self._call.record(c.AgentWentOn(escalation_id))
        return True

    def hold(self, words: str) -> str:
        """The agents cannot go on: the caller hears music while operators ring."""
        self._held = True
        self.go_on()
        addresses = self._call.addresses
        return twiml_line.hold(words, addresses.hold_music, again=addresses.line)

    @property
    def music(self) -> str:
        """What goes on for a caller who was put on hold; empty: an agent has them."""
        return self.hold("") if self._held else ""

    def abandon(self) -> None:
        """The call is about to end: settle what is open, and end what still rings."""
        if self._phase in {Phase.CONSULTING, Phase.JOINING}:
            self._end_legs(AttemptOutcome.CALLER_LEFT, GONE)
        elif self._phase is Phase.BRIDGED and (leg := self.legs.accepted()):
            self._left(leg)

    # Inside.

    def _end_legs(self, outcome: AttemptOutcome, words: str) -> None:
        for leg in self.legs.open():
            self.legs.close(leg.attempt_id, outcome, words)
        if waiting := self.legs.accepted():
            self.legs.close(waiting.attempt_id, outcome, words)

    @property
    def _phase(self) -> Phase:
        return self._call.state.phase

    @property
    def _escalation(self) -> Escalation:
        escalation = self._call.state.escalation
        if escalation is None:
            raise AssertionError("nobody has escalated this call")
        return escalation

    @property
    def _left_s(self) -> float:
        """Of the time for all operators together."""
        began_ms = self._call.state.consultation.began_ms
        gone_s = (self._call.clock_ms() - began_ms) / MS
        return self._call.house.rules.consult_s - gone_s

    async def _run(self) -> None:
        try:
            if self._phase is Phase.JOINING and (leg := self.legs.accepted()):
                await self._joining.confirm(leg)
            looks = 0
            while await self._stays():
                looks += 1
                await self._step(look=looks % LOOKS_PER_ASKING == 0)
        finally:
            self._running = False

    async def _stays(self) -> bool:
        """Whether operators are still being reached, with the caller at an agent."""
        if self._phase is Phase.ESCALATING and self.legs.accepted() is None:
            await self._not_joined()
        return self._phase is Phase.CONSULTING

    async def _step(self, *, look: bool) -> None:
        """One thing after another, as facts have it."""
        if leg := self.legs.accepted():
            await self._joining.bring(leg)
        elif (refused := self._ringing.refused()) is not None:
            await self._dial(refused)
        elif self.legs.open():
            await self._wait(look=look)
        elif not await self._ringing.more(self._escalation, self._left_s):
            await self._nobody()

    async def _wait(self, *, look: bool) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self.legs.changed.wait()
        self.legs.changed.clear()
        await learn_news(self._call)
        if look:
            await self.legs.look()
        self.legs.give_up_the_late()
        if self._left_s <= 0 and self.legs.accepted() is None:
            for leg in self.legs.open():
                self.legs.give_up(leg)

    async def _dial(self, attempt_id: AttemptId) -> None:
        """Have the caller's own leg dial this operator, as other houses must."""
        await self._quiet()
        operator = self._ringing.ordered.get(attempt_id)
        if self._phase is not Phase.CONSULTING or operator is None:
            return
        reason = self.legs.refused.pop(attempt_id)
        self._call.record(c.DialledInstead(attempt_id, reason))
        await self._move(self._ladder.dial(operator, attempt_id))

    async def _not_joined(self) -> None:
        """An operator was there, and the caller did not get to them."""
        talk = self._call.talk
        if talk is not None and talk.streaming:
            began_ms = self._call.state.consultation.began_ms
            escalation_id = self._escalation.escalation_id
            self._call.record(c.ConsultationBegan(escalation_id, began_ms))
        elif self.move_on is not None:
            await self._move(self.move_on())

    async def _nobody(self) -> None:
        """No operator is left: what follows is below them, or the agent goes on."""
        escalation_id = self._escalation.escalation_id
        await self._quiet()
        same = escalation_id == self._escalation.escalation_id
        if self._phase is not Phase.CONSULTING or not same:
            return
        reason = "nobody took the call" if self._left_s > 0 else "it took too long"
        self._call.record(c.ConsultationEnded(escalation_id, reason))
        if document := self._ladder.below_the_operators(SORRY):
            await self._move(document)
            return
        if self._held and self.nobody is not None:
            await self._move(self.nobody())
            return
        self._ladder.fail()
        talk = self._call.talk
        if talk is not None and talk.streaming:
            self._call.record(c.AgentWentOn(escalation_id))
            await self._say(notes.NOBODY_TOOK)

    async def _quiet(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(QUIET_SECONDS):
                await self._call.quiet_moment()

    def _left(self, leg: OperatorLeg) -> None:
        since_ms = self._call.clock_ms() - (leg.joined_ms or self._call.clock_ms())
        self._call.record(e.OperatorLeft(leg.attempt_id, since_ms // MS))
        self.legs.dismiss(leg, "")
