"""What all calls of one node share: the ports, and the rules of the house."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from callcenter.domain.call import CallState
from callcenter.domain.destinations import Refusal
from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId
from callcenter.domain.operators import Operator
from callcenter.domain.redaction import Redactor
from callcenter.domain.tool import Tool
from callcenter.floor.ports import (
    CallControl,
    Carrier,
    Clock,
    Ledger,
    Operators,
    Recall,
    Recordings,
    Rosters,
)
from callcenter.floor.queue import Queue
from callcenter.floor.talk_ports import Conversations, Lines


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
    transfer: str = "warm"
    """Whether the agent stays until an operator is there, or the caller is dialled
    through at once ("cold")."""
    house_number: str = ""
    """What operators see who are rung for a caller who dialled none of our numbers."""
    consult_s: float = 90.0
    """For all operators together."""
    max_talk_s: int = 3600
    """No operator's leg outlives it."""
    all_at_once: bool = False
    """Whether all who fit are rung together; then `attempts` are rounds."""
    most_waiting: int = 0
    """So many stand in line at most; 0: nobody does."""
    crowded: int = 10
    """More than so many in line, and nobody is rung for those who come now."""
    line_s: float = 900.0
    """The longest wait."""
    ladder_s: float = 1200.0
    """So long one way to a person may take, ringing and waiting together."""
    look_s: float = 0.5
    """How often a caller in line looks whether it is their turn."""
    tell_s: float = 30.0
    """How often they are told how things stand, if nothing changes."""
    public_base: str = ""
    """Where Twilio reaches us, if that is known beforehand."""
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
    no_agents: Callable[[], str] = str
    """Why new calls do without the agents, such as that they have cost too much; empty:
    they do not. Asked at the beginning of each call."""
    queue: Queue | None = None
    """None: nobody waits in line."""
    recordings: Recordings | None = None
    """None: no call is recorded."""
    watchers: list[Callable[[Fact], None]] = field(default_factory=list)
    redacted: Callable[[Fact], Fact] = field(
        default_factory=lambda: Redactor().publishable
    )
    """What watchers are told of a fact; the ledger sees to what is stored."""

    def tell(self, fact: Fact) -> None:
        """Have everybody who watches know of a fact."""
        told = self.redacted(fact)
        for watch in self.watchers:
            with suppress(Exception):  # whoever watches must not hurt whom they watch
                watch(told)
