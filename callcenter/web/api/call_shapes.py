"""What the API tells of calls: the shapes in the document."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

EXAMPLE_CALL: JsonDict = {
    "id": "0f9b3c5e7a1d4e2f",
    "call_sid": "CA00000000000000000000000000000001",
    "caller_number": "+4755512345",
    "called_number": "+15005550006",
    "started_at": "2026-11-22T10:04:11+00:00",
    "ended_at": "2026-11-22T10:06:40+00:00",
    "disposition": "escalated",
    "phase": "ended",
    "agent": "support",
    "roster": "5f3a9c1e",
    "seconds": 149,
    "cost_usd": 0.214,
    "agents": ["triage", "support"],
    "operator": "Ada",
    "recorded": False,
    "voicemail": False,
    "escalated": True,
    "tool_failed": False,
}


class Call(BaseModel):
    """A call's own row. Versions to come may add to it."""

    id: str
    call_sid: str = Field(description="The carrier's id of the caller's leg.")
    caller_number: str = Field(description="Empty when it was withheld.")
    called_number: str
    started_at: datetime
    ended_at: datetime | None = Field(description="Null while it is live.")
    disposition: str | None = Field(
        description="resolved, escalated, callback, voicemail, abandoned, failed, spam."
    )
    phase: str
    agent: str | None = Field(description="Who has it, or had it last.")
    roster: str = Field(description="The hash of the agents' cards that served it.")


class ListedCall(Call):
    """A call in a list."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CALL]})

    seconds: int | None = Field(description="How long it was; null while it is live.")
    cost_usd: float = Field(description="What the model cost.")
    agents: list[str] = Field(description="Whom the caller met.")
    operator: str | None = Field(description="Who talked to the caller last.")
    recorded: bool
    voicemail: bool
    escalated: bool
    tool_failed: bool
    found: dict[str, Any] | None = Field(
        default=None,
        description="Where `text` was said: the turn and an excerpt of it.",
    )


class CallPage(BaseModel):
    """A page of calls, the newest first."""

    items: list[ListedCall]
    next: str | None = Field(description="The next page's `cursor`; null: the last.")


class Turn(BaseModel):
    """What one side said at one time."""

    item_id: str
    sequence: int
    speaker: str = Field(description="caller or agent.")
    agent: str | None
    heard: str | None = Field(description="As the other side heard it.")
    generated: str | None = Field(description="As it was meant.")
    began_ms: int = Field(description="Since the call was answered.")
    heard_ms: int | None
    spoken_ms: int | None
    latency_ms: int | None = Field(description="End of the caller's words to audio.")
    audible_ms: int | None
    interrupted: bool


class Turns(BaseModel):
    """The transcript, in the order in which it was said."""

    items: list[Turn]


class Event(BaseModel):
    """One fact of a call; docs/api.md has the kinds and what `data` then has."""

    sequence: int = Field(description="Grows within the call; there may be gaps.")
    kind: str
    at: datetime
    data: dict[str, Any]


class Events(BaseModel):
    """The record of a call, in order."""

    items: list[Event]


class StreamedEvent(Event):
    """One fact, as `data:` of a Server-Sent Event. Its `id:` is where to resume."""

    call_id: str


class ToolCall(BaseModel):
    """What an agent asked a tool for, and what came of it."""

    tool_call_id: str
    sequence: int
    at: datetime
    tool: str
    agent: str | None
    arguments: str | None = Field(description="JSON, as the model wrote it.")
    output: str | None
    outcome: str | None = Field(description="ok, failed, timed_out, refused.")
    took_ms: int | None
    done: str | None
    personal: bool


class ToolCalls(BaseModel):
    """What agents had done."""

    items: list[ToolCall]


class Attempt(BaseModel):
    """One try to reach one operator."""

    attempt_id: str
    operator: str
    destination: str
    outcome: str | None
    started_at: datetime
    briefed_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    talked_s: int | None
    briefing: str | None


class Escalation(BaseModel):
    """A decision that an operator was needed."""

    escalation_id: str
    sequence: int
    at: datetime
    agent: str
    reason: str
    topic: str
    outcome: str | None
    attempts: list[Attempt]


class Escalations(BaseModel):
    """Of one call."""

    items: list[Escalation]


class Handoff(BaseModel):
    """An agent passed the caller to another."""

    sequence: int
    at: datetime
    from_agent: str
    to_agent: str
    reason: str | None
    known: str | None


class WholeCall(Call):
    """Everything of one call, as `callcenter calls show --json` has it."""

    turns: list[Turn]
    tool_calls: list[ToolCall]
    handoffs: list[Handoff]
    escalations: list[Escalation]
    messages: list[dict[str, Any]]
    callbacks: list[dict[str, Any]]
    voicemails: list[dict[str, Any]]
    recordings: list[dict[str, Any]]
    timings: dict[str, Any]
    wrap_up: dict[str, Any] | None = Field(
        description="What was written down when it was over; null until then."
    )
    events: list[Event]


class Recording(BaseModel):
    """One stream's recording: WAV, the caller on the left."""

    name: str = Field(description="For its address.")
    at: datetime
    bytes: int | None = Field(description="Null: the file is gone.")
    url: str


class Recordings(BaseModel):
    """Of one call, in order."""

    items: list[Recording]
