"""What happens to a call: immutable facts, in the past tense, in one vocabulary.

Storage appends them, the console streams them, and the state of a call is a fold over
them (`callcenter.domain.call`). A field's name carries its unit. Times within a call
(`*_ms`) count from the moment the call was answered.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from callcenter.domain.callbacks import (
    CallbackRequested as CallbackRequested,  # noqa: PLC0414
    CalledBack as CalledBack,  # noqa: PLC0414  # where all other facts are
    Direction,
)
from callcenter.domain.consultation import ConsultationEvent
from callcenter.domain.deeds import (
    ToolCalled as ToolCalled,  # noqa: PLC0414  # where all other facts are
    ToolReturned as ToolReturned,  # noqa: PLC0414
)
from callcenter.domain.guardrails import GuardrailTripped
from callcenter.domain.handover import HandoffRefused
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallId,
    CallSid,
    EscalationId,
    ItemId,
    StreamSid,
)
from callcenter.domain.language_facts import LanguageChosen
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.domain.prices import Tokens
from callcenter.domain.queueing import QueueEvent
from callcenter.domain.recording import RecordingEvent
from callcenter.domain.supervision import SupervisionEvent
from callcenter.domain.verification import VerificationEvent
from callcenter.domain.voicemail import VoicemailEvent


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The carrier asked what to do with a caller, and we took the call."""

    call_sid: CallSid
    caller_number: str
    called_number: str
    roster: str = ""
    """The hash of the roster that serves this call."""
    direction: Direction = Direction.INBOUND
    """Outbound: we called, and the "caller" is who was called."""


@dataclass(frozen=True, slots=True)
class SessionOpened:
    """A Realtime session accepted its settings and waits for words."""

    agent: AgentName
    connect_ms: int


@dataclass(frozen=True, slots=True)
class SessionLost:
    """The Realtime session failed, or ended without being asked to."""

    reason: str
    final: bool = False
    """Whether another try would fare no better: a wrong key, a used-up quota."""


@dataclass(frozen=True, slots=True)
class StreamStarted:
    """The caller's audio began to flow."""

    stream_sid: StreamSid


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The caller's audio stopped, and what its socket had been through."""

    stream_sid: StreamSid
    reason: str
    frames: int = 0
    malformed: int = 0
    dropped: int = 0


@dataclass(frozen=True, slots=True)
class CallerSpoke:
    """A turn of the caller's, as it was transcribed; None when it could not be."""

    item_id: ItemId
    text: str | None
    began_ms: int
    ended_ms: int


@dataclass(frozen=True, slots=True)
class AgentSpoke:
    """A turn of an agent's: what was generated, and what the caller heard of it."""

    item_id: ItemId
    agent: AgentName
    generated: str
    heard: str
    began_ms: int
    spoken_ms: int
    heard_ms: int
    latency_ms: int | None = None
    """End of the caller's speech to the first audio sent; None if nobody had spoken."""
    audible_ms: int | None = None
    """… and to the first audio heard, as far as the stream's clock tells."""


@dataclass(frozen=True, slots=True)
class CallerBargedIn:
    """The caller began to speak while an agent was audible."""

    item_id: ItemId
    heard_ms: int


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key. Which one is nobody's business but the tool's."""

    at_ms: int


@dataclass(frozen=True, slots=True)
class ModelUsed:
    """A response was paid for: finished, failed or cut off."""

    tokens: Tokens
    cost_usd: float


@dataclass(frozen=True, slots=True)
class AgentHandedOff:
    """One agent passed the caller to another, in one session or by a relay."""

    from_agent: AgentName
    to_agent: AgentName
    reason: str = ""
    """What the caller wants, in the words of the agent who passed them on."""
    known: str = ""


@dataclass(frozen=True, slots=True)
class CallEscalated:
    """It was decided that the caller needs an operator."""

    escalation_id: EscalationId
    agent: AgentName
    reason: str
    topic: str
    began_ms: int = 0


@dataclass(frozen=True, slots=True)
class OperatorCalled:
    """An operator's telephone is about to ring. Written before it is made to."""

    escalation_id: EscalationId
    attempt_id: AttemptId
    operator: str
    destination: str


@dataclass(frozen=True, slots=True)
class OperatorBriefed:
    """The operator picked up, and heard who is calling and why."""

    attempt_id: AttemptId
    briefing: str


@dataclass(frozen=True, slots=True)
class OperatorAnswered:
    """The operator pressed 1: the only proof of a human being."""

    attempt_id: AttemptId


@dataclass(frozen=True, slots=True)
class AttemptEnded:
    """The try to reach an operator is over: what came of it."""

    attempt_id: AttemptId
    outcome: AttemptOutcome
    others: bool = False
    """Another operator still rings, or has the caller: they stay where they are."""


@dataclass(frozen=True, slots=True)
class OperatorLeft:
    """The talk between caller and operator is over."""

    attempt_id: AttemptId
    talked_s: int


@dataclass(frozen=True, slots=True)
class EscalationFailed:
    """No operator took the call: the caller comes back to the agent."""

    escalation_id: EscalationId


@dataclass(frozen=True, slots=True)
class NobodyAtWork:
    """There was no operator to ring: the caller never left the agent."""

    escalation_id: EscalationId


@dataclass(frozen=True, slots=True)
class CallResumed:
    """A new session took up the conversation where it was."""

    agent: AgentName
    reason: str


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """The caller left a message for the people of the house."""

    text: str


@dataclass(frozen=True, slots=True)
class HangUpDecided:
    """We are about to hang up. The carrier may do it, and never say so."""

    reason: str


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The call is over. Nothing follows but outcomes of what had been begun."""

    disposition: Disposition
    reason: str


Event: TypeAlias = (
    CallAnswered
    | SessionOpened
    | SessionLost
    | StreamStarted
    | StreamEnded
    | CallerSpoke
    | AgentSpoke
    | CallerBargedIn
    | KeyPressed
    | ModelUsed
    | AgentHandedOff
    | HandoffRefused
    | ToolCalled
    | ToolReturned
    | CallEscalated
    | OperatorCalled
    | OperatorBriefed
    | OperatorAnswered
    | AttemptEnded
    | OperatorLeft
    | EscalationFailed
    | NobodyAtWork
    | CallResumed
    | MessageTaken
    | CallbackRequested
    | CalledBack
    | ConsultationEvent
    | QueueEvent
    | RecordingEvent
    | SupervisionEvent
    | VerificationEvent
    | VoicemailEvent
    | GuardrailTripped
    | LanguageChosen
    | HangUpDecided
    | CallEnded
)

EVENTS: Final[dict[str, type[Event]]] = {one.__name__: one for one in Event.__args__}
"""Every kind of fact by its name, for those who write them down."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An event with its place: which call, the how-manieth, and when (UTC)."""

    call_id: CallId
    sequence: int
    at: datetime
    event: Event
