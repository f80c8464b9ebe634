"""What a talk needs: the caller's line, sessions with the agents, and a colleague.

Adapters are in callcenter.realtime; they satisfy these without importing them.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Protocol

from callcenter.bridge.patience import Due
from callcenter.bridge.tape import Tape
from callcenter.bridge.utterances import Utterance
from callcenter.domain.events import Event
from callcenter.domain.handover import Handover
from callcenter.domain.ids import AgentName
from callcenter.domain.opening import Opening
from callcenter.domain.roster import Roster
from callcenter.domain.tool import Tool
from callcenter.domain.transcript import Turn
from callcenter.wire.media import Started
from callcenter.wire.sockets import MediaSocket
from callcenter.wire.sound import Tap


class Hush(Protocol):
    """See callcenter.realtime.hush."""

    def begin(self) -> None: ...

    def end(self) -> None: ...


class Line(Protocol):
    """The caller's end of a talk; see callcenter.realtime.line."""

    frames: int
    malformed: int
    tap: Tap | None

    @property
    def hush(self) -> Hush: ...

    @property
    def quiet(self) -> bool: ...

    @property
    def taken(self) -> bool: ...

    async def take(self) -> Any: ...  # noqa: ANN401  # a Colleague

    async def give_back(self, guest: Any) -> None: ...  # noqa: ANN401  # … of its own

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


class Colleague(Protocol):
    """A person who speaks on a line; see callcenter.realtime.colleague."""

    def speak(self, audio: bytes) -> None: ...

    def said(self) -> AsyncIterator[tuple[bool, Utterance]]: ...

    def rest(self) -> Iterator[tuple[bool, Utterance]]: ...


class Ear(Protocol):
    """What a session hears; see callcenter.realtime.ear."""

    async def stand_by(self) -> None: ...

    async def write_down(self, said: Utterance, person: str) -> None: ...

    async def listen_again(self) -> None: ...

    async def written(self) -> None: ...


class Conversation(Protocol):
    """One session with the agents; see callcenter.realtime.conversation."""

    async def open(self) -> None: ...

    async def hold(self, renew_s: float) -> AgentName | None: ...

    @property
    def ear(self) -> Ear: ...

    async def say(self, note: str) -> None: ...

    async def whisper(self, note: str) -> None: ...

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
