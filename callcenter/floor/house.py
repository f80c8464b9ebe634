"""What all calls of one node share: the ports, and the rules of the house."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from callcenter.domain.call import CallState
from callcenter.domain.destinations import Refusal
from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId
from callcenter.domain.operators import Operator
from callcenter.domain.tool import Tool
from callcenter.floor.ports import (
    CallControl,
    Carrier,
    Clock,
    Conversations,
    Ledger,
    Lines,
    Operators,
    Recall,
    Recordings,
    Rosters,
)


@dataclass(frozen=True, slots=True)
class Rules:
    """The house's own choices; times in seconds."""

    greeting: str | None = None
    """What callers are welcomed with. None: as the entry agent's card says. Empty: the
    same, but the agent itself says it, where otherwise a recording does."""
    recording_notice: str = ""
    """What Twilio says before the first stream, if calls are recorded."""
    model_ready: str = ""
    """Why the model cannot be used at all; empty when it can."""
    attempts: int = 3
    ring_s: int = 20
    last_words_s: float = 12.0
    """How long a goodbye may take before we act on it all the same."""
    stream_s: float = 60.0
    """How long a stream may take to come after its document; its token's life."""
    watch_s: float = 10.0
    """How often a caller between two legs is looked for at the carrier."""
    max_call_s: float = 3600.0
    max_call_cost_usd: float = 5.0
    warn_s: float = 60.0
    """So long before the longest time the caller is told."""
    tool_calls: int = 100
    """Of one call, handoffs too; whoever needs more is better off with a person."""
    tool_calls_a_minute: int = 30
    max_handoffs: int = 8
    """From agent to agent, in one call; then it is a human's turn."""
    max_calls: int = 50
    model_failures: int = 2
    """This many lost sessions in a row, and a human takes the call."""
    session_s: float = 50 * 60.0
    """A session ends after 60 minutes; it is renewed before, at a quiet moment."""
    gap_sound: bytes = b""
    """What a caller hears while a session is replaced: μ-law."""


@dataclass(frozen=True, slots=True)
class House:
    """Ports and rules."""

    rules: Rules
    carrier: Carrier
    ledger: Ledger
    clock: Clock
    lines: Lines
    conversations: Conversations
    rosters: Rosters
    recall: Recall
    operators: Operators
    refuses: Callable[[Operator, str], Refusal | None]
    """Asked before each dial, with the caller's number: why nobody may ring there."""
    toolbox: Callable[[CallId, str, CallControl], Mapping[str, Tool]]
    """Binds the tools to a call, its caller's number, and what they may do to it."""
    briefing: Callable[[CallState], Awaitable[str]]
    """What all agents know of a call as it stands: quickly, and it never fails."""
    recordings: Recordings | None = None
    """None: no call is recorded."""
    watchers: list[Callable[[Fact], None]] = field(default_factory=list)
