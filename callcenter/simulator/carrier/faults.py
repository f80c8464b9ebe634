"""What can go wrong, as switches: on the stream, in the network, in the REST API."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Ending(StrEnum):
    """How a stream ends when the carrier ends it."""

    CLEAN = "stop, then close"
    RESET = "no stop, TCP reset"
    LINGER = "stop, but the socket stays open"


class Signature(StrEnum):
    """What the handshake's signature is worth."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSING = "missing"


class RestFault(StrEnum):
    """What the next REST request meets."""

    TOO_MANY = "429: not processed"
    SERVER_ERROR = "500: not processed"
    HANG = "no answer, not processed"
    EXECUTED_THEN_HANG = "no answer, but processed"


@dataclass(frozen=True, slots=True)
class Network:
    """The way between the phone and the server's stream."""

    delay_ms_up: int = 0
    delay_ms_down: int = 0
    jitter_ms: int = 0
    """Added to each delay, at random up to this; the order is kept."""


@dataclass(frozen=True, slots=True)
class StreamFaults:
    """Everything off is a faithful stream."""

    signature: Signature = Signature.RIGHT
    parameters: Mapping[str, str] | None = None
    """Sent in `start` in place of the document's: a wrong, missing or used token."""
    call_sid: str | None = None
    """Sent in `start` in place of the true one."""
    open_after_s: float = 0.0
    second_socket: bool = False
    """After `start`, the same stream knocks again on another socket."""
    before_start: tuple[str | bytes, ...] = ()
    duplicate_start: bool = False
    inject: Mapping[int, str | bytes] = field(default_factory=dict)
    """Stream time in ms to a raw frame: text or binary."""
    ending: Ending = Ending.CLEAN
    reset_after_ms: int | None = None
    close_code: int = 1000
    mark_delay_ms: int = 0
    lose_marks: bool = False
    duplicate_marks: bool = False
    swap_marks: bool = False
    """Marks come in pairs, the second first."""
    stop_reading_after_ms: int | None = None
    stall_at_ms: int | None = None
    stall_ms: int = 0
    """The caller's frames are held back that long, then come in a burst."""


NO_FAULTS: Final = StreamFaults()

MALFORMED_FRAMES: Final[tuple[str | bytes, ...]] = (
    "this is not JSON",
    "[]",
    '{"event":"media","streamSid":"MZ"}',
    '{"event":"media","media":{"payload":"%%%","timestamp":"1","chunk":"1"}}',
    '{"event":"media","media":{"payload":"","timestamp":"x","chunk":"1"}}',
    '{"event":"media","media":{"payload":7,"timestamp":1,"chunk":1}}',
    '{"event":"something new"}',
    '{"event":"dtmf","dtmf":{}}',
    b"\x00\xff\x00",
)
"""One of each kind a server may meet; `oversized_frame` makes the largest."""


def oversized_frame(payload_bytes: int = 5_000_000) -> str:
    """A media message far larger than any real one."""
    payload = "/" * payload_bytes
    return (
        '{"event":"media","media":{"track":"inbound","chunk":"1",'
        f'"timestamp":"20","payload":"{payload}"}}}}'
    )
