"""A call's own row: a fold over its facts.

Narrower than `callcenter.domain.call`: what is listed, without what was said.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self

from callcenter.domain import events as e
from callcenter.domain.callbacks import Direction
from callcenter.domain.ids import AgentName, CallId, CallSid
from callcenter.domain.outcomes import Disposition
from callcenter.domain.phases import Phase, after


@dataclass(frozen=True, slots=True)
class CallRow:
    """The columns of `calls`, under their names."""

    id: CallId
    started_at: datetime
    call_sid: CallSid = CallSid("")
    caller_number: str = ""
    called_number: str = ""
    ended_at: datetime | None = None
    disposition: Disposition | None = None
    phase: Phase = Phase.RINGING
    agent: AgentName | None = None
    roster: str = ""
    direction: str = Direction.INBOUND
    last_sequence: int = -1

    @classmethod
    def before(cls, first: e.Fact) -> Self:
        """What there is to say of a call of which nothing is known yet."""
        return cls(first.call_id, first.at)

    def then(self, fact: e.Fact) -> "CallRow":
        """The row after one more fact. What comes after the end changes nothing."""
        row = self if self.phase is Phase.ENDED else self._told_by(fact)
        return replace(
            row,
            phase=after(self.phase, fact.event),
            last_sequence=max(self.last_sequence, fact.sequence),
        )

    def _told_by(self, fact: e.Fact) -> "CallRow":
        match fact.event:
            case e.CallAnswered(
                call_sid, caller_number, called_number, roster, direction
            ):
                return replace(
                    self,
                    started_at=fact.at,
                    call_sid=call_sid,
                    caller_number=caller_number,
                    called_number=called_number,
                    roster=roster,
                    direction=direction,
                )
            case e.SessionOpened(agent=agent) | e.CallResumed(agent=agent):
                return replace(self, agent=agent)
            case e.AgentHandedOff(to_agent=agent):
                return replace(self, agent=agent)
            case e.CallEnded(disposition=disposition):
                return replace(self, ended_at=fact.at, disposition=disposition)
            case _:
                return self
