"""Twilio's questions about operators' own calls, and about their conferences.

Such a call has no parent: our own address names the caller's. It may be asked about at
a node that the caller is not at; then it is answered from the record, where the node
that has the caller finds it.
"""

from collections.abc import Callable
from typing import Final

from callcenter.domain.call import fold
from callcenter.domain.ids import AttemptId, CallSid
from callcenter.domain.phases import Phase
from callcenter.floor.consultation_desk import GONE, OperatorDesk
from callcenter.floor.floor import Floor
from callcenter.wire import twiml
from callcenter.wire.webhooks import ConferenceTold, VoiceRequest

STORED_SECONDS: Final = 5.0
"""How long a fact may take to be stored that another node must read."""


class OperatorCalls:
    """All calls'; the floor must be running."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    async def brief(
        self, request: VoiceRequest, attempt: AttemptId, caller: CallSid, base: str
    ) -> str:
        """The briefing."""

        def ask(desk: OperatorDesk) -> str:
            return desk.brief(attempt, request.call_sid)

        return await self._at(caller, base, ask) or twiml.hang_up(GONE)

    async def accept(
        self, request: VoiceRequest, attempt: AttemptId, caller: CallSid, base: str
    ) -> str:
        """The operator pressed a key."""

        def ask(desk: OperatorDesk) -> str:
            return desk.accept(attempt, request.call_sid, request.digits)

        return await self._at(caller, base, ask) or twiml.hang_up(GONE)

    async def leg_status(
        self, request: VoiceRequest, attempt: AttemptId, caller: CallSid, base: str
    ) -> None:
        """A status callback of the operator's leg."""

        def tell(desk: OperatorDesk) -> str:
            sid, status = request.call_sid, request.status
            desk.leg_status(attempt, sid, status, over=request.over)
            return ""

        await self._at(caller, base, tell)

    async def conference_told(
        self, told: ConferenceTold, attempt: AttemptId, caller: CallSid, base: str
    ) -> None:
        """A conference's callback."""

        def tell(desk: OperatorDesk) -> str:
            desk.conference_told(attempt, told)
            return ""

        await self._at(caller, base, tell)

    async def _at(
        self, caller: CallSid, base: str, ask: Callable[[OperatorDesk], str]
    ) -> str:
        """Ask the desk of a call that is here, or one made of its record alone."""
        if here := self._floor.here(caller):
            return ask(here.wishes.consultation.desk)
        house = self._floor.house
        facts = await house.recall(caller)
        if not facts or fold(facts).phase is Phase.ENDED:
            return ""
        elsewhere = self._floor.of(facts, base)
        if elsewhere is None:
            return ""
        answer = ask(elsewhere.wishes.consultation.desk)
        await house.ledger.flush(STORED_SECONDS)
        return answer
