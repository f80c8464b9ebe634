"""What people of the house may do to one live call."""

from collections.abc import Mapping
from typing import Final

from callcenter.domain.people import Role
from callcenter.domain.phases import Phase
from callcenter.domain.supervision import (
    ESCALATED,
    GOODBYE,
    Act,
    SupervisorEndedCall,
    SupervisorEscalated,
    SupervisorWhispered,
    whispered,
)
from callcenter.errors import ActRefused, ToolFailed
from callcenter.floor.listening import Listening
from callcenter.floor.live_call import LiveCall
from callcenter.floor.reception import Reception
from callcenter.floor.takeover import Takeover
from callcenter.floor.talk_ports import Conversation
from callcenter.wire.bus import Bus
from callcenter.wire.orders import Order, Standing, dump
from callcenter.wire.sound import STATE, sound

ENDED: Final = "a supervisor ended the call"
ESCALATION: Final = "a supervisor asked for an operator"
NO_AGENT: Final = "No agent is with the caller now."
NOBODY: Final = "Nobody is at work who could take this call. The agent goes on."


class Supervision:
    """One call's, as long as it is here."""

    def __init__(
        self, reception: Reception, bus: Bus, needs: Mapping[Act, Role]
    ) -> None:
        self._call: LiveCall = reception.call
        self._wishes = reception.wishes
        self._bus = bus
        self._needs = needs
        self._channel = sound(self._call.id)
        self._listening = Listening(self._call, self._tell, self.show)
        self._takeover = Takeover(self._call, bus, self.show)
        self._call.before_end.append(self._settle)

    async def obey(self, order: Order) -> None:  # noqa: C901  # a case an act
        """Do it. Raises ActRefused, which says why not."""
        self._allow(order)
        match order.act:
            case Act.LISTEN:
                self._listening.go_on(order.listener, order.person)
                self.show()
            case Act.LEAVE:
                self._listening.leave(order.listener)
                if self._takeover.person and order.listener == self._takeover.listener:
                    self._takeover.give_back("their browser left")
            case Act.WHISPER:
                await self._whisper(order)
            case Act.TAKE_OVER:
                self._takeover.begin(
                    order.person, order.listener, at_once=order.at_once
                )
            case Act.GIVE_BACK:
                self._give_back(order)
            case Act.ESCALATE:
                await self._escalate(order)
            case Act.END:
                await self._end(order)

    def show(self) -> None:
        """Tell whoever listens how things stand."""
        if self._listening.people:
            self._tell(STATE + dump(self._standing()))

    def _allow(self, order: Order) -> None:
        if not order.role.may(self._needs[order.act]):
            raise ActRefused(f"This takes a {self._needs[order.act]}'s rights.")
        if self._call.over and order.act is not Act.LEAVE:
            raise ActRefused("The call is over.")

    def _standing(self) -> Standing:
        call, takeover = self._call, self._takeover
        control = call.control
        return Standing(
            phase=call.state.phase,
            agent=call.agent,
            taken_by=takeover.person,
            taking=bool(takeover.person) and not takeover.active,
            listeners=self._listening.people,
            secret=control is not None and control.typing_secrets,
            over=call.over or call.state.phase is Phase.ENDED,
        )

    def _tell(self, message: bytes) -> None:
        self._bus.publish(self._channel, message)

    def _settle(self) -> None:
        """The call is about to be over: nobody listens to it any more."""
        if self._listening.people:
            self._tell(STATE + dump(Standing(Phase.ENDED, self._call.agent, over=True)))
        self._takeover.settle()
        self._listening.end()

    # Acts.

    @property
    def _agent(self) -> Conversation | None:
        """The session that can speak with the caller now."""
        call = self._call
        if call.state.phase is not Phase.TALKING or call.saying_goodbye:
            return None
        return None if call.talk is None else call.talk.conversation

    async def _whisper(self, order: Order) -> None:
        text, agent = order.text.strip(), self._agent
        if not text:
            raise ActRefused("There is nothing to whisper.")
        if self._takeover.person:
            raise ActRefused(f"{self._takeover.person} has the call, not the agent.")
        if agent is None:
            raise ActRefused(NO_AGENT)
        self._call.record(SupervisorWhispered(order.person, text))
        await agent.whisper(whispered(text))

    def _give_back(self, order: Order) -> None:
        if order.person != self._takeover.person:
            raise ActRefused("You do not have this call.")
        self._takeover.give_back("they gave it back")

    async def _escalate(self, order: Order) -> None:
        if self._call.state.phase is not Phase.TALKING or self._call.saying_goodbye:
            raise ActRefused("The caller is not with an agent now.")
        reason = order.text.strip() or ESCALATION
        self._call.record(SupervisorEscalated(order.person, reason))
        await self._takeover.ended("the call goes to an operator")
        agent = self._agent
        if agent is None:
            await self._wishes.rescue(reason)
            return
        try:
            found = await self._wishes.escalate(reason, "general")
        except ToolFailed as failed:
            raise ActRefused(str(failed)) from failed
        if not found:
            raise ActRefused(NOBODY)
        await agent.say(ESCALATED)

    async def _end(self, order: Order) -> None:
        agent = None if order.at_once else self._agent
        self._call.record(SupervisorEndedCall(order.person, agent is None))
        await self._takeover.ended("the call ends")
        self._call.saying_goodbye = True
        if agent is None:
            self._call.start(self._call.hang_up(ENDED))
            return
        self._call.start(self._goodbye())
        await agent.say(GOODBYE)

    async def _goodbye(self) -> None:
        call = self._call
        if call.talk is not None:
            call.talk.line.rest()
            await call.talk.line.last_words(timeout_s=call.house.rules.last_words_s)
        await call.hang_up(ENDED)
