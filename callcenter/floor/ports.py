"""What the floor needs of the worlds below and beside it.

Adapters satisfy these without importing them; `callcenter.assembly` brings them
together, and mypy checks the handshake there.
"""

from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any, Protocol

from callcenter.bridge.patience import Due
from callcenter.bridge.tape import Tape
from callcenter.domain.events import Event, Fact
from callcenter.domain.handover import Handover
from callcenter.domain.ids import AgentName, CallId, CallSid
from callcenter.domain.opening import Opening
from callcenter.domain.operators import Operator
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool, ToolResult
from callcenter.domain.transcript import Turn
from callcenter.domain.verification import Method
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket


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

    async def escalate(self, reason: str, topic: str) -> str: ...

    async def end_when_heard(self, reason: str) -> None: ...

    async def take_message(self, text: str) -> None: ...

    async def request_callback(self, when: str, reason: str) -> None: ...

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


class Hush(Protocol):
    """See callcenter.realtime.hush."""

    def begin(self) -> None: ...

    def end(self) -> None: ...


class Line(Protocol):
    """The caller's end of a talk; see callcenter.realtime.line."""

    frames: int
    malformed: int

    @property
    def hush(self) -> Hush: ...

    @property
    def dropped(self) -> int: ...

    async def callers_turn(self) -> None: ...

    async def serve(self, socket: MediaSocket, started: Started) -> str: ...

    async def play_sound(self, audio: bytes) -> None: ...

    async def last_words(self, *, timeout_s: float) -> None: ...

    def owe(self) -> None: ...

    def rest(self) -> None: ...

    def end(self) -> None: ...


class Lines(Protocol):
    """Makes the line for a stream that is to come."""

    def __call__(
        self,
        *,
        clock: Callable[[], int],
        on_key: Callable[[str], None],
        on_due: Callable[[Due], None],
        tape: Tape | None,
        keep: Callable[[bytes], None],
    ) -> Line: ...


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


class Conversation(Protocol):
    """One session with the agents; see callcenter.realtime.conversation."""

    async def open(self) -> None: ...

    async def hold(self, renew_s: float) -> AgentName | None: ...

    async def say(self, note: str) -> None: ...

    async def speak(self, language: str) -> None: ...

    async def fill(self) -> None: ...

    async def ask_again(self) -> None: ...

    def pending(self) -> tuple[Turn, ...]: ...

    async def close(self) -> None: ...


class Conversations(Protocol):
    """Makes a conversation for a line; nothing is connected yet."""

    def __call__(
        self,
        opening: Opening,
        tools: Mapping[str, Tool],
        *,
        roster: Roster,
        language: str,
        line: Any,  # noqa: ANN401  # a Line of the very maker's
        briefing: str,
        handover: Handover,
        may_pass: Callable[[], str],
        record: Callable[[Event], None],
        clock: Callable[[], int],
    ) -> Conversation: ...


Recall = Callable[[CallSid], Awaitable[Sequence[Fact]]]
"""The facts of a call that another node had, or this one before it was restarted.

None when nobody has heard of it, or when the database cannot say.
"""

Operators = Callable[[], Sequence[Operator]]
"""Everybody on the list, from memory: a caller waits while it is read."""
