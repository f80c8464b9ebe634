"""How the agents of one session pass the caller on.

To an agent with the same voice, by the SDK's handoff; to one with another voice, by a
relay: the API lets no session change its voice, so another session takes over.
"""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from agents import FunctionTool, Handoff, RunContextWrapper
from agents.realtime import RealtimeAgent
from agents.tool_context import ToolContext
from typing_extensions import override

from callcenter.domain import handover
from callcenter.domain.card import Card
from callcenter.domain.events import AgentHandedOff, Event
from callcenter.domain.handover import HandoffRefused
from callcenter.domain.ids import AgentName
from callcenter.domain.roster import Roster, handoff_description, handoff_tool
from callcenter.realtime.manner import Manner
from callcenter.wire import handovers

GONE: Final = "Somebody else is talking with the caller by now. Say nothing."

Staff = Mapping[AgentName, RealtimeAgent[Any]]


@dataclass
class _Handoff(Handoff[Any, RealtimeAgent[Any]]):
    """The SDK's, but for what it answers when the caller was not passed on."""

    refusal: str = ""

    @override
    def get_transfer_message(self, agent: Any) -> str:
        if self.refusal:
            return json.dumps({"error": self.refusal})
        return super().get_transfer_message(agent)


class Passing:
    """One session's. `may_pass` says why not, or nothing."""

    def __init__(
        self,
        manner: Manner,
        roster: Roster,
        *,
        record: Callable[[Event], None],
        may_pass: Callable[[], str],
        relay: Callable[[AgentName], None],
    ) -> None:
        self._manner = manner
        self._roster = roster
        self._record = record
        self._may_pass = may_pass
        self._relay = relay

    def handoffs(self, card: Card, staff: Staff) -> list[Handoff[Any, Any]]:
        """To everybody who speaks with the same voice."""
        return [self._handoff(card, name, staff) for name in self._near(card)]

    def relays(self, card: Card) -> list[FunctionTool]:
        """To everybody else."""
        return [
            FunctionTool(
                name=handoff_tool(name),
                description=handoff_description(self._roster.card(name)),
                params_json_schema=dict(handover.PARAMETERS),
                on_invoke_tool=partial(self._hand_to_another_session, card, name),
                strict_json_schema=False,
            )
            for name in card.handoffs
            if name not in self._near(card)
        ]

    def _near(self, card: Card) -> list[AgentName]:
        voice = self._roster.voice(card.name)
        return [one for one in card.handoffs if self._roster.voice(one) == voice]

    def _handoff(self, card: Card, name: AgentName, staff: Staff) -> _Handoff:
        async def invoke(
            _: RunContextWrapper[Any], written: str | None = None
        ) -> RealtimeAgent[Any]:
            handoff.refusal = self._passed_on(card, name, written)
            return staff[self._manner.agent]

        handoff = _Handoff(
            tool_name=handoff_tool(name),
            tool_description=handoff_description(self._roster.card(name)),
            input_json_schema=dict(handover.PARAMETERS),
            on_invoke_handoff=invoke,
            agent_name=name,
            strict_json_schema=False,
        )
        return handoff

    async def _hand_to_another_session(
        self, card: Card, name: AgentName, _: ToolContext[Any], written: str
    ) -> str:
        if refusal := self._passed_on(card, name, written):
            return json.dumps({"error": refusal})
        self._relay(name)
        # No answer, or this session's agent would speak once more. Its end ends this.
        await asyncio.Event().wait()
        return ""

    def _passed_on(self, card: Card, name: AgentName, written: str | None) -> str:
        """Pass the caller on, or say why not. Never raises: the SDK's session would."""
        if self._manner.agent != card.name:  # a second handoff in one breath
            return GONE
        if refusal := self._may_pass():
            self._record(HandoffRefused(card.name, name, refusal))
            return refusal
        told = handovers.parse(written)
        self._manner.agent, self._manner.handover = name, told
        self._record(AgentHandedOff(card.name, name, told.reason, told.known))
        return ""
