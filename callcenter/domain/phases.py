"""The phases of a call: a table, and nothing else.

A fact that the table does not name leaves the phase as it is, and nothing leaves
`ENDED`. The diagram in docs/architecture.md is `diagram()`; a test compares them.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from callcenter.domain import (
    consultation as c,
    events as e,
    queueing as q,
    voicemail as v,
)


class Phase(StrEnum):
    """Where a caller is."""

    RINGING = "ringing"
    WAITING = "waiting"
    """On the line, with nobody yet: between two legs."""
    TALKING = "talking"
    """With an agent."""
    ESCALATING = "escalating"
    """With an agent who is finding an operator."""
    CONSULTING = "consulting"
    """With an agent, while operators' telephones ring or are being briefed."""
    JOINING = "joining"
    """On the way from the agent into an operator's conference."""
    DIALLING = "dialling"
    """An operator's telephone rings, or is being briefed."""
    BRIDGED = "bridged"
    """With an operator."""
    QUEUED = "queued"
    """In line for the next free operator."""
    VOICEMAIL = "voicemail"
    """Speaking a message after the tone."""
    ENDED = "ended"


P = Phase

UNMET: Final = frozenset({P.RINGING, P.ESCALATING, P.CONSULTING, P.JOINING, P.DIALLING})
"""Whoever leaves here has not met whom they wanted."""

TRANSITIONS: Final[Mapping[tuple[Phase, type[e.Event]], Phase]] = {
    (P.RINGING, e.CallAnswered): P.WAITING,
    (P.WAITING, e.StreamStarted): P.TALKING,
    (P.WAITING, e.CallEscalated): P.ESCALATING,
    (P.WAITING, v.VoicemailBegan): P.VOICEMAIL,
    (P.WAITING, e.CallEnded): P.ENDED,
    (P.TALKING, e.StreamEnded): P.WAITING,
    (P.TALKING, e.CallEscalated): P.ESCALATING,
    (P.TALKING, v.VoicemailBegan): P.VOICEMAIL,
    (P.TALKING, e.CallEnded): P.ENDED,
    (P.WAITING, c.AgentWentOn): P.TALKING,
    (P.ESCALATING, c.ConsultationBegan): P.CONSULTING,
    (P.CONSULTING, c.CallerSent): P.JOINING,
    (P.CONSULTING, c.DialledInstead): P.DIALLING,
    (P.CONSULTING, c.ConsultationEnded): P.ESCALATING,
    (P.CONSULTING, v.VoicemailBegan): P.VOICEMAIL,
    (P.CONSULTING, e.CallEnded): P.ENDED,
    (P.JOINING, c.CallerJoined): P.BRIDGED,
    (P.JOINING, e.AttemptEnded): P.ESCALATING,
    (P.JOINING, e.CallEnded): P.ENDED,
    (P.ESCALATING, e.OperatorCalled): P.DIALLING,
    (P.ESCALATING, e.EscalationFailed): P.WAITING,
    (P.ESCALATING, e.NobodyAtWork): P.TALKING,
    (P.ESCALATING, q.QueueEntered): P.QUEUED,
    (P.ESCALATING, e.CallEnded): P.ENDED,
    (P.DIALLING, e.OperatorAnswered): P.BRIDGED,
    (P.DIALLING, e.AttemptEnded): P.ESCALATING,
    (P.DIALLING, e.CallEnded): P.ENDED,
    (P.BRIDGED, e.OperatorLeft): P.WAITING,
    (P.BRIDGED, e.AttemptEnded): P.ESCALATING,
    (P.BRIDGED, e.CallEnded): P.ENDED,
    (P.QUEUED, e.OperatorCalled): P.DIALLING,
    (P.QUEUED, q.QueueLeft): P.WAITING,
    (P.QUEUED, e.CallEnded): P.ENDED,
    (P.VOICEMAIL, v.VoicemailLeft): P.WAITING,
    (P.VOICEMAIL, v.VoicemailEmpty): P.WAITING,
    (P.VOICEMAIL, e.CallEnded): P.ENDED,
}


def after(phase: Phase, event: e.Event) -> Phase:
    """The phase that follows; of several attempts, the last one's end counts."""
    if isinstance(event, e.AttemptEnded) and event.others:
        return phase
    return TRANSITIONS.get((phase, type(event)), phase)


def diagram() -> str:
    """The table as a Mermaid state diagram."""
    lines = ["stateDiagram-v2", f"    [*] --> {P.RINGING}"]
    lines += [
        f"    {before} --> {then}: {event.__name__}"
        for (before, event), then in TRANSITIONS.items()
    ]
    return "\n".join([*lines, f"    {P.ENDED} --> [*]"])
