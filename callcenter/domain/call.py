"""The state of a call: a fold over its facts.

What another node needs to go on (who speaks, what was said and heard, what was
established, how far an escalation has come) is here, and comes from facts alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from callcenter.domain import (
    consultation as c,
    deeds,
    events as e,
    language_facts,
    queueing,
    recording,
    supervision as s,
    verification,
    voicemail,
)
from callcenter.domain.callbacks import CalledBack, Direction
from callcenter.domain.deeds import Deeds
from callcenter.domain.handover import HandoffRefused, Handover
from callcenter.domain.ids import (
    AgentName,
    AttemptId,
    CallSid,
    EscalationId,
    RecordingSid,
)
from callcenter.domain.outcomes import AttemptOutcome, Disposition
from callcenter.domain.phases import UNMET, Phase, after
from callcenter.domain.transcript import Speaker, Turn

NOTHING_TOLD: Final = Handover()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try to reach one operator."""

    attempt_id: AttemptId
    operator: str
    outcome: AttemptOutcome | None = None

    @property
    def accepted(self) -> bool:
        return self.outcome is AttemptOutcome.ACCEPTED


@dataclass(frozen=True, slots=True)
class Escalation:
    """Why an operator is needed, and who has been tried."""

    escalation_id: EscalationId
    reason: str
    topic: str
    attempts: tuple[Attempt, ...] = ()
    failed: bool = False
    began_ms: int = 0


@dataclass(frozen=True, slots=True)
class CallState:
    """A call as it stands."""

    call_sid: CallSid = CallSid("")
    caller_number: str = ""
    called_number: str = ""
    direction: Direction = Direction.INBOUND
    called_back: CalledBack | None = None
    """Which wish this call answers; None: it is a caller's own."""
    roster: str = ""
    """The hash of the roster that it began with."""
    phase: Phase = Phase.RINGING
    agent: AgentName = AgentName("")
    handover: Handover = NOTHING_TOLD
    """What that agent was told when it took over."""
    handoffs: int = 0
    handoffs_in_a_row: int = 0
    """Since the caller last spoke."""
    refused_handoffs: int = 0
    turns: tuple[Turn, ...] = ()
    done: tuple[str, ...] = ()
    """What tools achieved, in the words of a briefing."""
    deeds: Deeds = ()
    """What tools must not do twice."""
    escalations: tuple[Escalation, ...] = ()
    consultation: c.Consultation = c.NOBODY
    line: queueing.Stay | None = None
    """Their time in line for an operator, the latest."""
    message_taken: bool = False
    callback_requested: bool = False
    voicemails: tuple[RecordingSid, ...] = ()
    transcribed: tuple[RecordingSid, ...] = ()
    """Those of them that the carrier has written down."""
    cost_usd: float = 0.0
    """What the model has cost so far."""
    language: str = ""
    """The tag of what was chosen; empty: what the entry agent begins in."""
    announced: bool = False
    """The caller was told that they are recorded."""
    recording_paused: bool = False
    verification_tries: int = 0
    verified: bool = False
    """The caller has proved who they are, in this call."""
    tool_calls: int = 0
    """Handoffs too: they are tools to the model."""
    supervisor: str = ""
    """Who speaks with the caller in the agent's place."""
    was_bridged: bool = False
    """Caller and operator have talked."""
    ending: str = ""
    """Why we are hanging up, once that is decided."""
    disposition: Disposition | None = None
    last_sequence: int = field(default=0, compare=False)

    @property
    def escalation(self) -> Escalation | None:
        """The latest one."""
        return self.escalations[-1] if self.escalations else None


def fold(facts: Iterable[e.Fact]) -> CallState:
    """The state after these facts, in the order of their sequence."""
    state = CallState()
    for fact in facts:
        state = apply(state, fact.event)
        state = replace(state, last_sequence=fact.sequence)
    return state


def apply(state: CallState, event: e.Event) -> CallState:
    """The state after one more fact. After the end, only messages still come in."""
    late = isinstance(event, voicemail.LateVoicemail)
    if state.phase is Phase.ENDED and not late:
        return state
    return replace(_applied(state, event), phase=after(state.phase, event))


def _applied(state: CallState, event: e.Event) -> CallState:  # noqa: C901, PLR0911, PLR0912  # one line a fact
    match event:
        case e.CallAnswered(sid, caller, called, roster, direction):
            return replace(
                state,
                call_sid=sid,
                caller_number=caller,
                called_number=called,
                roster=roster,
                direction=direction,
            )
        case e.CalledBack():
            return replace(state, called_back=event)
        case s.SupervisorTookOver(person):
            return replace(state, supervisor=person)
        case s.SupervisorGaveBack() | e.StreamEnded() | e.StreamStarted():
            return replace(state, supervisor="")
        case e.SessionOpened(agent=agent) | e.CallResumed(agent=agent):
            return replace(state, agent=agent)
        case e.AgentHandedOff(to_agent=agent, reason=reason, known=known):
            return replace(
                state,
                agent=agent,
                handover=Handover(reason, known),
                tool_calls=state.tool_calls + 1,
                handoffs=state.handoffs + 1,
                handoffs_in_a_row=state.handoffs_in_a_row + 1,
            )
        case e.CallerSpoke() | e.AgentSpoke() | s.SupervisorSpoke():
            turns = _with_turn(state.turns, _turn(event))
            row = state.handoffs_in_a_row if isinstance(event, e.AgentSpoke) else 0
            return replace(state, turns=turns, handoffs_in_a_row=row)
        case HandoffRefused():
            return replace(state, refused_handoffs=state.refused_handoffs + 1)
        case e.ModelUsed(cost_usd=cost):
            return replace(state, cost_usd=state.cost_usd + cost)
        case e.ToolCalled():
            begun = deeds.begin(state.deeds, event)
            return replace(state, deeds=begun, tool_calls=state.tool_calls + 1)
        case e.ToolReturned(done=done):
            achieved = (*state.done, done) if done else state.done
            settled = deeds.settle(state.deeds, event)
            return replace(state, done=achieved, deeds=settled)
        case _ if isinstance(event, c.ConsultationEvent):
            return replace(state, consultation=c.after(state.consultation, event))
        case queueing.QueueEntered() | queueing.QueueLeft():
            return replace(state, line=queueing.after(state.line, event))
        case e.CallEscalated(escalation_id, _, reason, topic, began_ms):
            escalation = Escalation(escalation_id, reason, topic, began_ms=began_ms)
            return replace(state, escalations=(*state.escalations, escalation))
        case e.OperatorCalled(attempt_id=attempt_id, operator=operator):
            return _with_attempt(state, Attempt(attempt_id, operator))
        case e.OperatorAnswered(attempt_id):
            return _with_outcome(state, attempt_id, AttemptOutcome.ACCEPTED)
        case e.OperatorLeft():
            return replace(state, was_bridged=True)
        case e.AttemptEnded(attempt_id, outcome):
            return _with_outcome(state, attempt_id, outcome)
        case e.EscalationFailed() | e.NobodyAtWork() if state.escalation:
            ended = replace(state.escalation, failed=True)
            return replace(state, escalations=(*state.escalations[:-1], ended))
        case e.MessageTaken():
            return replace(state, message_taken=True)
        case voicemail.VoicemailLeft(sid):
            return replace(
                state, message_taken=True, voicemails=(*state.voicemails, sid)
            )
        case voicemail.VoicemailTranscribed(sid):
            return replace(state, transcribed=(*state.transcribed, sid))
        case e.CallbackRequested():
            return replace(state, callback_requested=True)
        case recording.RecordingStarted():
            return replace(state, announced=True)
        case recording.RecordingPaused() | recording.RecordingResumed():
            paused = isinstance(event, recording.RecordingPaused)
            return replace(state, recording_paused=paused)
        case verification.VerificationTried():
            return replace(state, verification_tries=state.verification_tries + 1)
        case verification.CallerVerified():
            return replace(state, verified=True)
        case language_facts.LanguageChosen(language=language):
            return replace(state, language=language)
        case e.HangUpDecided(reason=reason):
            return replace(state, ending=reason)
        case e.CallEnded(disposition=disposition):
            return replace(state, disposition=disposition)
        case _:
            return state


def _turn(event: e.CallerSpoke | e.AgentSpoke | s.SupervisorSpoke) -> Turn:
    if isinstance(event, s.SupervisorSpoke):
        text = event.text or ""
        who = Speaker.COLLEAGUE
        return Turn(event.item_id, who, None, text, text, event.began_ms)
    if isinstance(event, e.CallerSpoke):
        text = event.text or ""
        return Turn(event.item_id, Speaker.CALLER, None, text, text, event.began_ms)
    return Turn(
        event.item_id,
        Speaker.AGENT,
        event.agent,
        event.heard,
        event.generated,
        event.began_ms,
    )


def _with_turn(turns: tuple[Turn, ...], turn: Turn) -> tuple[Turn, ...]:
    """Transcripts come late: a turn belongs where it began."""
    return tuple(sorted((*turns, turn), key=lambda one: one.began_ms))


def _with_attempt(state: CallState, attempt: Attempt) -> CallState:
    if state.escalation is None:
        return state
    latest = replace(state.escalation, attempts=(*state.escalation.attempts, attempt))
    return replace(state, escalations=(*state.escalations[:-1], latest))


def _with_outcome(
    state: CallState, attempt_id: AttemptId, outcome: AttemptOutcome
) -> CallState:
    return replace(
        state,
        escalations=tuple(
            replace(
                escalation,
                attempts=tuple(
                    replace(attempt, outcome=outcome)
                    if attempt.attempt_id == attempt_id
                    else attempt
                    for attempt in escalation.attempts
                ),
            )
            for escalation in state.escalations
        ),
    )


def disposition_of(state: CallState) -> Disposition:
    """How a call that ends in this state has ended for the caller."""
    if state.was_bridged:
        return Disposition.ESCALATED
    if state.callback_requested:
        return Disposition.CALLBACK
    if state.message_taken:
        return Disposition.VOICEMAIL
    if state.line and state.line.outcome is queueing.LineOutcome.ABANDONED:
        return Disposition.ABANDONED
    if state.phase in UNMET:
        return Disposition.ABANDONED
    if not any(turn.speaker is Speaker.CALLER for turn in state.turns):
        return Disposition.ABANDONED
    return Disposition.RESOLVED
