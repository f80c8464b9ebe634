"""Whom a consultation rings: claimed from all nodes, put on record, then ordered.

Nobody is rung for two callers: before the telephone rings, the database is asked to
give the operator to this attempt alone.
"""

import asyncio
import secrets
from collections.abc import Sequence
from typing import Final

from callcenter.domain import consultation as c, events as e
from callcenter.domain.call import Escalation
from callcenter.domain.consultation import LegOrder
from callcenter.domain.ids import AttemptId
from callcenter.domain.operators import Operator
from callcenter.domain.outcomes import AttemptOutcome
from callcenter.domain.phases import Phase
from callcenter.floor.consultation_legs import OperatorLegs
from callcenter.floor.ladder import Ladder
from callcenter.floor.live_call import LiveCall

SHORTEST_RING_SECONDS: Final = 5
"""Twilio rings for no less."""

CLAIMED_SECONDS: Final = 1.0
"""Everybody who seemed free is another caller's: our memory knows it so soon."""


class Ringing:
    """One call's."""

    def __init__(self, call: LiveCall, ladder: Ladder, legs: OperatorLegs) -> None:
        self._call = call
        self._ladder = ladder
        self._legs = legs
        self.ordered: dict[AttemptId, Operator] = {}

    async def more(self, escalation: Escalation, left_s: float) -> bool:
        """Ring who is next, or all who are left; False when there is nobody."""
        fitting = self._ladder.candidates(escalation.topic)
        if not fitting or left_s <= 0:
            return False
        ours = await self._claimed(fitting)
        if not self._wanted():  # the caller has gone, or an operator is there
            await self._give_back(ours)
            return True
        for operator, attempt_id in ours:
            self._ring(escalation, operator, attempt_id, left_s)
        if not ours:
            await asyncio.sleep(min(CLAIMED_SECONDS, left_s))
        return True

    def refused(self) -> AttemptId | None:
        """Whom the carrier places no call to, once nobody else's telephone rings.

        Of several it is the first; the others have been rejected.
        """
        still = self._legs.open()
        refused = [one for one in still if one.attempt_id in self._legs.refused]
        if not refused or len(refused) < len(still):
            return None
        for leg in refused[1:]:
            self._legs.close(leg.attempt_id, AttemptOutcome.CARRIER_REJECTED)
        return refused[0].attempt_id

    # Inside.

    async def _claimed(
        self, fitting: Sequence[Operator]
    ) -> list[tuple[Operator, AttemptId]]:
        """The next who is no other caller's, of any node; or all of them."""
        ours: list[tuple[Operator, AttemptId]] = []
        queue, rules = self._call.house.queue, self._call.house.rules
        for operator in fitting:
            attempt_id = AttemptId(f"att_{secrets.token_hex(8)}")
            if queue is None or await queue.claim(operator, attempt_id):
                ours.append((operator, attempt_id))
                if not rules.all_at_once:
                    break
        return ours

    async def _give_back(self, ours: Sequence[tuple[Operator, AttemptId]]) -> None:
        queue = self._call.house.queue
        for operator, attempt_id in ours:
            if queue is not None:
                await queue.release(operator, attempt_id)

    def _wanted(self) -> bool:
        consulting = self._call.state.phase is Phase.CONSULTING
        return consulting and self._legs.accepted() is None

    def _ring(
        self,
        escalation: Escalation,
        operator: Operator,
        attempt_id: AttemptId,
        left_s: float,
    ) -> None:
        call = self._call
        refused = call.house.refuses(operator, call.state.caller_number)
        call.record(
            e.OperatorCalled(
                escalation.escalation_id,
                attempt_id,
                operator.name,
                operator.destination,
            )
        )
        if refused:
            call.record(e.AttemptEnded(attempt_id, AttemptOutcome.REFUSED))
            return
        call.record(c.OperatorLegOrdered(attempt_id, operator.destination))
        self.ordered[attempt_id] = operator
        self._legs.place(attempt_id, self._order(attempt_id, operator, left_s))

    def _order(
        self, attempt_id: AttemptId, operator: Operator, left_s: float
    ) -> LegOrder:
        call, rules = self._call, self._call.house.rules
        dialled, caller = call.state.called_number, call.state.call_sid
        return LegOrder(
            to=operator.destination,
            shown=dialled if dialled.startswith("+") else rules.house_number,
            document_url=call.addresses.leg("/operator/brief", attempt_id, caller),
            status_url=call.addresses.leg("/operator/leg-status", attempt_id, caller),
            ring_s=max(min(rules.ring_s, int(left_s)), SHORTEST_RING_SECONDS),
            limit_s=rules.max_talk_s,
        )
