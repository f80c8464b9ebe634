"""What the floor needs of the worlds below and beside it.

Adapters satisfy these without importing them; `callcenter.assembly` brings them
together, and mypy checks the handshake there.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from callcenter.bridge.patience import Due
from callcenter.domain.consultation import LegOrder
from callcenter.domain.events import Fact
from callcenter.domain.ids import CallId, CallSid
from callcenter.domain.operators import Operator
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool, ToolResult
from callcenter.domain.transcript import Turn
from callcenter.domain.verification import Method


class Carrier(Protocol):
    """What we may ask of the telephone network about a live call."""

    async def redirect(self, call_sid: CallSid, document: str) -> None:
        """Replace what a live call hears. Raises CallIsOver or CarrierError."""
        ...

    async def hang_up(self, call_sid: CallSid) -> None:
        """End a call; harmless when it is over. Raises CarrierError."""
        ...

    async def is_over(self, call_sid: CallSid) -> bool:
        """Whether the call has ended. Raises CarrierError."""
        ...

    async def status_of(self, call_sid: CallSid) -> str:
        """In the carrier's words. Raises CarrierError."""
        ...

    async def ring(self, order: LegOrder) -> CallSid:
        """Place a call; never asked twice. Raises OutcomeUnknown or CarrierError."""
        ...

    async def members_of(self, conference: str) -> list[CallSid] | None:
        """Who is in a conference; None: it is not running. Raises CarrierError."""
        ...

    async def end_conference(self, conference: str) -> None:
        """Send everybody out; harmless when it is over. Raises CarrierError."""
        ...


class CallControl(Protocol):
    """What may be done to a call: by its agents' tools, its keys, its silences."""

    @property
    def deeds(self) -> "Deeds":
        """What its tools do to the world."""
        ...

    @property
    def allowance(self) -> "Allowance":
        """How much its agents may still do."""
        ...

    @property
    def standing(self) -> "Standing":
        """What its caller has proved of themselves."""
        ...

    @property
    def agent(self) -> str: ...

    @property
    def stays_meanwhile(self) -> bool: ...

    async def escalate(self, reason: str, topic: str) -> str: ...

    async def stop_transfer(self) -> bool: ...

    def reopens(self) -> str: ...

    async def end_when_heard(self, reason: str) -> None: ...

    async def take_message(self, text: str) -> None: ...

    async def request_callback(
        self, when: str, reason: str, due_at: datetime | None = None
    ) -> None: ...

    async def leave_voicemail(self) -> None: ...

    def last_turn(self) -> Turn | None: ...

    def key(self, digit: str) -> None: ...

    async def mind_the_silence(self, due: Due) -> None: ...

    async def rescue(self, reason: str) -> None: ...

    async def keep_within_limits(self) -> None: ...

    async def choose_language(self, wish: str) -> str: ...

    @property
    def typing_secrets(self) -> bool: ...

    def secret_entry(self) -> AbstractContextManager[None]: ...

    async def collect_digits(self, count: int, timeout_s: float) -> str: ...


class Allowance(Protocol):
    """See callcenter.floor.allowance."""

    def over(self, tools: Mapping[str, Tool]) -> Mapping[str, Tool]: ...


class Standing(Protocol):
    """See callcenter.floor.standing."""

    @property
    def verified(self) -> bool: ...

    @property
    def tries_left(self) -> int: ...

    def begin_try(self, method: Method) -> bool: ...

    def proved(self, method: Method) -> None: ...


class Deeds(Protocol):
    """See callcenter.floor.deeds."""

    def known(self, once: str) -> ToolResult | None: ...

    def begun(self, tool: str) -> int: ...

    def running(self, once: str) -> Awaitable[ToolResult] | None: ...

    async def written(self) -> None: ...

    async def outlive(
        self, once: str, use: Coroutine[Any, Any, ToolResult]
    ) -> ToolResult: ...


class Ledger(Protocol):
    """Where facts go. It never blocks and never fails: it has its own ways out."""

    def append(self, fact: Fact) -> None: ...

    async def flush(self, timeout_s: float) -> bool:
        """Wait until everything appended so far is stored. False: it is not yet."""
        ...


class Clock(Protocol):
    """Time of day for records, and a steady one for durations."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def steady_ms(self) -> int:
        """Milliseconds since some moment; never goes backward."""
        ...


class Recorder(Protocol):
    """Writes one stream's recording. It never waits; failures go to `on_failed`."""

    path: str

    def keep(self, sound: bytes) -> None: ...

    def close(self) -> None: ...


class Recordings(Protocol):
    """Where recordings go; see callcenter.storage.recordings."""

    def begin(self, call_id: CallId, on_failed: Callable[[str], None]) -> Recorder: ...


class Rosters(Protocol):
    """The agents, as their cards are now or were; see callcenter.tools.rosters."""

    def current(self) -> Roster:
        """The newest sound one: it serves whoever calls now."""
        ...

    def known(self, roster_hash: str) -> Roster:
        """The one with that hash; the current one when nobody remembers it."""
        ...


Recall = Callable[[CallSid], Awaitable[Sequence[Fact]]]
"""The facts of a call that another node had, or this one before it was restarted.

None when nobody has heard of it, or when the database cannot say.
"""

Operators = Callable[[], Sequence[Operator]]
"""Everybody on the list, from memory: a caller waits while it is read."""
