"""Reaching an operator while the agent stays with the caller.

Operators are rung, one after another or all at once, by calls of their own; whoever
presses 1 waits for the caller, who is then brought to them. Whatever fails, the caller
is with somebody: the agent, the next operator, or the rung below.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final

from callcenter.domain import (
    consultation as c,
    consultation_notes as notes,
    events as e,
)
from callcenter.domain.call import Escalation
from callcenter.domain.consultation import LegOrder, OperatorLeg
from callcenter.domain.ids import AttemptId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.floor.consultation_desk import GONE, OperatorDesk
from callcenter.floor.consultation_legs import MS, OperatorLegs
from callcenter.floor.joining import Joining
from callcenter.floor.ladder import Ladder
from callcenter.floor.live_call import LiveCall
from callcenter.floor.news import learn_news

LOOK_SECONDS: Final = 1.0
"""Between looks at what other nodes were told: operators' requests go to any."""

LOOKS_PER_ASKING: Final = 5
"""Between questions to the carrier, whose callbacks may be lost."""

SHORTEST_RING_SECONDS: Final = 5
"""Twilio rings for no less."""

QUIET_SECONDS: Final = 6.0
"""A caller is not taken away in the middle of a sentence; but at last they are."""

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
        self._ordered: dict[AttemptId, Operator] = {}
        self.legs = OperatorLegs(call)
        self.desk = OperatorDesk(call, self.legs)
        self._joining = Joining(call, self.legs, self.desk, say)
        self.move_on: Callable[[], str] | None = None
        """What a caller hears whom no operator has, and no agent, either."""
        call.before_end.insert(0, self.abandon)

    def begin(self) -> None:
        """Have operators rung; the agent goes on."""
        began_ms = self._call.clock_ms()
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

    def call_off(self, outcome: AttemptOutcome = AttemptOutcome.CALLER_LEFT) -> None:
        """The caller wants, or gets, something else: nobody picks up to silence."""
        for leg in self.legs.open():
            self.legs.close(leg.attempt_id, outcome, GONE)
        if waiting := self.legs.accepted():
            self.legs.close(waiting.attempt_id, outcome, GONE)

    def end(self, reason: str) -> None:
        """The agents cannot go on: whoever rings for them is called off."""
        self.call_off(AttemptOutcome.FAILED)
        self._ladder.fail()
        escalation_id = self._escalation.escalation_id
        self._call.record(c.ConsultationEnded(escalation_id, reason))

    def abandon(self) -> None:
        """The call is about to end: settle what is open, and end what still rings."""
        if self._phase in {Phase.CONSULTING, Phase.JOINING}:
            self.call_off()
        elif self._phase is Phase.BRIDGED and (leg := self.legs.accepted()):
            self._left(leg)

    # Inside.

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
        elif (refused := self._refused()) is not None:
            await self._dial(refused)
        elif self.legs.open():
            await self._wait(look=look)
        elif not self._ring_more():
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

    def _ring_more(self) -> bool:
        """Ring who is next, or all who are left; False when there is nobody."""
        fitting = self._ladder.candidates(self._escalation.topic)
        if not fitting or self._left_s <= 0:
            return False
        together = self._call.house.rules.all_at_once
        for operator in fitting if together else fitting[:1]:
            self._ring(operator)
        return True

    def _ring(self, operator: Operator) -> None:
        call, attempt_id = self._call, AttemptId(f"att_{secrets.token_hex(8)}")
        refused = call.house.refuses(operator, call.state.caller_number)
        escalation_id = self._escalation.escalation_id
        call.record(
            e.OperatorCalled(
                escalation_id, attempt_id, operator.name, operator.destination
            )
        )
        if refused:
            call.record(e.AttemptEnded(attempt_id, AttemptOutcome.REFUSED))
            return
        call.record(c.OperatorLegOrdered(attempt_id, operator.destination))
        self._ordered[attempt_id] = operator
        self.legs.place(attempt_id, self._order(attempt_id, operator))

    def _order(self, attempt_id: AttemptId, operator: Operator) -> LegOrder:
        call, rules = self._call, self._call.house.rules
        dialled, caller = call.state.called_number, call.state.call_sid
        return LegOrder(
            to=operator.destination,
            shown=dialled if dialled.startswith("+") else rules.house_number,
            document_url=call.addresses.leg("/operator/brief", attempt_id, caller),
            status_url=call.addresses.leg("/operator/leg-status", attempt_id, caller),
            ring_s=max(min(rules.ring_s, int(self._left_s)), SHORTEST_RING_SECONDS),
            limit_s=rules.max_talk_s,
        )

    def _refused(self) -> AttemptId | None:
        """An attempt for which the carrier places no call, if it was the last hope."""
        others = self.legs.open()
        for leg in others:
            if leg.attempt_id in self.legs.refused:
                if len(others) == 1:
                    return leg.attempt_id
                self.legs.close(leg.attempt_id, AttemptOutcome.CARRIER_REJECTED)
                return self._refused()
        return None

    async def _dial(self, attempt_id: AttemptId) -> None:
        """Have the caller's own leg dial this operator, as other houses must."""
        await self._quiet()
        operator = self._ordered.get(attempt_id)
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
        await self._quiet()
        if self._phase is not Phase.CONSULTING:
            return
        escalation_id = self._escalation.escalation_id
        reason = "nobody took the call" if self._left_s > 0 else "it took too long"
        self._call.record(c.ConsultationEnded(escalation_id, reason))
        if document := self._ladder.below_the_operators(SORRY):
            await self._move(document)
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
