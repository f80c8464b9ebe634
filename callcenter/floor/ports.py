"""What the floor needs of the worlds below and beside it.

Adapters satisfy these without importing them; `callcenter.assembly` brings them
together, and mypy checks the handshake there.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from callcenter.domain.events import Event, Fact
from callcenter.domain.ids import CallSid
from callcenter.domain.opening import Opening
from callcenter.domain.operators import Operator
from callcenter.domain.tool import Tool
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
    """What an agent's tools may do to their own call."""

    async def escalate(self, reason: str, topic: str) -> str: ...

    async def end_when_heard(self, reason: str) -> None: ...

    async def take_message(self, text: str) -> None: ...

    async def request_callback(self, when: str, reason: str) -> None: ...


class Ledger(Protocol):
    """Where facts go. It never blocks and never fails: it has its own ways out."""

    def append(self, fact: Fact) -> None: ...


class Clock(Protocol):
    """Time of day for records, and a steady one for durations."""

    def now(self) -> datetime:
        """Aware, UTC."""
        ...

    def steady_ms(self) -> int:
        """Milliseconds since some moment; never goes backward."""
        ...


class Conversation(Protocol):
    """One session with the agents; see callcenter.realtime.conversation."""

    async def open(self) -> None: ...

    async def serve(self, socket: MediaSocket, started: Started) -> str: ...

    async def last_words(self, *, timeout_s: float) -> None: ...

    async def close(self) -> None: ...

    @property
    def wear(self) -> "Wear": ...


class Wear(Protocol):
    """What a stream's socket has been through."""

    @property
    def frames(self) -> int: ...

    @property
    def malformed(self) -> int: ...

    @property
    def dropped(self) -> int: ...


class Conversations(Protocol):
    """Makes a conversation for a call; nothing is connected yet."""

    def __call__(
        self,
        opening: Opening,
        tools: Mapping[str, Tool],
        *,
        briefing: str,
        record: Callable[[Event], None],
        clock: Callable[[], int],
        on_key: Callable[[str], None],
    ) -> Conversation: ...


Operators = Callable[[], Sequence[Operator]]
"""Everybody on the list, from memory: a caller waits while it is read."""
