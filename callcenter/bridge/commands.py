"""What the bridge asks of the two legs. The counterpart of commands are events."""

from dataclasses import dataclass
from typing import TypeAlias

from callcenter.bridge.run import Heard
from callcenter.domain.ids import ItemId


@dataclass(frozen=True, slots=True)
class Listen:
    """Pass the caller's audio to the agent."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class Play:
    """Play audio to the caller."""

    audio: bytes


@dataclass(frozen=True, slots=True)
class SetMark:
    """Ask Twilio to say when everything before this has played."""

    name: str


@dataclass(frozen=True, slots=True)
class Clear:
    """Drop whatever audio is still queued for the caller."""


@dataclass(frozen=True, slots=True)
class Truncate:
    """Make the agent remember only what the caller heard of an item."""

    item_id: ItemId
    heard_ms: int


@dataclass(frozen=True, slots=True)
class Report:
    """An item is over: this much of it reached the caller."""

    heard: Heard


@dataclass(frozen=True, slots=True)
class FallSilent:
    """The agent is quiet: all was heard or dropped, and no response is on its way."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Write this next stretch of the recording down."""

    sound: bytes
    """As a WAV file holds it; see callcenter.wire.wav."""


Command: TypeAlias = (
    Listen | Play | SetMark | Clear | Truncate | Report | FallSilent | Keep
)
