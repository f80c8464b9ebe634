"""What the carrier writes down: requests, warnings, what a phone lived through."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from enum import StrEnum
from secrets import token_hex


class Source(StrEnum):
    """Where the sound on a line comes from."""

    LINE = "line"
    RINGBACK = "ringback"
    SAY = "say"
    PLAY = "play"
    BEEP = "beep"
    STREAM = "stream"
    BRIDGE = "bridge"
    HOLD = "hold"
    """The music of a conference that has not begun, or of being held."""


class Happening(StrEnum):
    """What may happen to a phone."""

    RINGING = "ringing"
    CONNECTED = "connected"
    STREAM_STARTED = "stream started"
    STREAM_STOPPED = "stream stopped"
    CLEARED = "cleared"
    SAID = "said"
    ASKED = "asked"
    PROMPTED = "prompted"
    PRESSED = "pressed"
    SPOKE = "spoke"
    RECORDING = "recording"
    BRIDGED = "bridged"
    UNBRIDGED = "unbridged"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class PhoneEvent:
    """Something that happened to a phone, on that phone's own clock."""

    at_ms: int
    what: Happening
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of audible sound, as it reached the ear."""

    at_ms: int
    audio: bytes
    source: Source


@dataclass(frozen=True, slots=True)
class DebuggerEntry:
    """What Twilio's debugger would show: an error or a warning, by its code."""

    code: int
    text: str
    call_sid: str = ""


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One request, and what was answered. Status 0: no answer came."""

    kind: str
    """`webhook` (the carrier asked the server) or `rest` (the server asked us)."""
    method: str
    url: str
    params: Mapping[str, str]
    status: int
    body: str
    started_s: float
    ended_s: float
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recording:
    """What `<Record>` took down."""

    sid: str
    call_sid: str
    audio: bytes


def new_sid(prefix: str) -> str:
    """One of Twilio's names: two letters and 32 hexadecimal digits."""
    return prefix + token_hex(16)


def utc_now() -> datetime:
    return datetime.now(UTC)


def rfc2822(moment: datetime | None) -> str | None:
    """As Twilio writes dates: `Tue, 31 Aug 2010 20:36:28 +0000`."""
    return None if moment is None else format_datetime(moment)
