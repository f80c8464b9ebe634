"""What happens on the two legs of a call, as the bridge sees it.

One leg is the caller's, through Twilio Media Streams; the other is the agent's, through
the Realtime session. The counterpart of events are commands.
"""

from dataclasses import dataclass
from typing import TypeAlias

from callcenter.domain.ids import ItemId, ResponseId


@dataclass(frozen=True, slots=True)
class CallerFrame:
    """A frame of the caller's audio arrived, with Twilio's own stream time."""

    timestamp_ms: int
    audio: bytes


@dataclass(frozen=True, slots=True)
class FramesMissing:
    """No frame came for a while: the network lost them, or the carrier sends none."""

    ms: int


@dataclass(frozen=True, slots=True)
class MarkReturned:
    """Twilio played, or cleared, everything we sent before this mark."""

    name: str


@dataclass(frozen=True, slots=True)
class StreamClosed:
    """The caller's stream is over; what had not been played never will be."""


@dataclass(frozen=True, slots=True)
class ResponseBegan:
    """The model began to answer."""

    response_id: ResponseId


@dataclass(frozen=True, slots=True)
class AgentAudio:
    """The model produced audio, usually faster than it can be played."""

    item_id: ItemId
    response_id: ResponseId
    audio: bytes


@dataclass(frozen=True, slots=True)
class AgentItemEnded:
    """The model will produce no more audio for this item."""

    item_id: ItemId


@dataclass(frozen=True, slots=True)
class ResponseEnded:
    """The model finished its answer, or gave it up."""

    response_id: ResponseId


@dataclass(frozen=True, slots=True)
class SessionLeft:
    """The session is gone or was replaced: what it was about to say never comes."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """The caller barged in, or the session cut the agent off."""


Event: TypeAlias = (
    CallerFrame
    | FramesMissing
    | MarkReturned
    | StreamClosed
    | ResponseBegan
    | AgentAudio
    | AgentItemEnded
    | ResponseEnded
    | SessionLeft
    | Interrupted
)
