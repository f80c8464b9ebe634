"""The frames of a WebSocket that is open (RFC 6455, section 5), as a server sees them.

Pure: bytes in, frames out. Nearly all that a media stream brings is one kind, whole
text messages of some 400 bytes, so that is the short way through `feed`.
"""

from collections.abc import Iterator
from enum import IntEnum
from typing import Final, NamedTuple

from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C, or else in Python

MAX_BYTES: Final = 8 * 1024 * 1024
"""Of a message. One of over 64 KiB is dropped further up (callcenter.wire.media) and
costs no caller their line; one of over this is no accident."""

MAX_PARTS: Final = 64
"""Of a message. Empty ones cost work, too, and Twilio sends none in parts at all."""

MASKED: Final = 0x80
FIN: Final = 0x80
SHORT: Final = 126
"""From here on the length takes two bytes more, or eight (127)."""


class Opcode(IntEnum):
    """What a frame is (5.2)."""

    CONTINUATION = 0x0
    TEXT = 0x1
    BINARY = 0x2
    CLOSE = 0x8
    PING = 0x9
    PONG = 0xA


WHOLE_TEXT: Final = FIN | Opcode.TEXT


class BadFrame(Exception):
    """The other side does not keep to the protocol; `code` is why we close (7.4.1)."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Arrived(NamedTuple):
    """A whole message, or a control frame."""

    opcode: Opcode
    payload: bytes


def render(payload: bytes, opcode: int = Opcode.TEXT) -> bytes:
    """One whole frame of ours: a server masks nothing (5.1)."""
    size = len(payload)
    if size < SHORT:
        return bytes((FIN | opcode, size)) + payload
    if size <= 0xFFFF:
        return bytes((FIN | opcode, SHORT)) + size.to_bytes(2) + payload
    return bytes((FIN | opcode, 127)) + size.to_bytes(8) + payload


class FrameReader:
    """One connection's incoming bytes."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._needed = 0
        self._parts: list[bytes] = []
        self._parts_bytes = 0
        self._opcode = Opcode.CONTINUATION

    def feed(self, data: bytes) -> Iterator[Arrived]:
        """Yield what is whole by now. Raises BadFrame; nothing follows that."""
        if self._rest:
            self._rest += data
            if len(self._rest) < self._needed:
                return
            data = bytes(self._rest)
        at = 0
        while (span := _span(data, at)) is not None and span[1] <= len(data):
            first, (start, end) = data[at], span
            payload = apply_mask(data[start:end], data[start - 4 : start])
            at = end
            if first == WHOLE_TEXT and not self._parts:
                yield Arrived(Opcode.TEXT, payload)
            else:
                yield from self._other(first, payload)
        self._rest = bytearray(data[at:])
        self._needed = span[1] - at if span is not None else 0

    def _other(self, first: int, payload: bytes) -> Iterator[Arrived]:
        try:
            opcode = Opcode(first & 0x7F)  # a reserved bit makes it unknown, too
        except ValueError:
            raise BadFrame(1002, f"a frame that begins with {first:#x}") from None
        if opcode >= Opcode.CLOSE:
            if not first & FIN or len(payload) >= SHORT:
                raise BadFrame(1002, "a control frame that is cut up or too long")
            yield Arrived(opcode, payload)
            return
        if (opcode is Opcode.CONTINUATION) != bool(self._parts):
            raise BadFrame(1002, "messages that are mixed up")
        if not self._parts:
            self._opcode = opcode
        self._parts.append(payload)
        self._parts_bytes += len(payload)
        if self._parts_bytes > MAX_BYTES or len(self._parts) > MAX_PARTS:
            raise BadFrame(1009, "too long a message")
        if first & FIN:
            whole, self._parts, self._parts_bytes = b"".join(self._parts), [], 0
            yield Arrived(self._opcode, whole)


def _span(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins and ends; None: too soon to say.

    Raises BadFrame.
    """
    have = len(data) - at
    if have < 2:
        return None
    size, start = data[at + 1] - MASKED, at + 6
    if size < 0:
        raise BadFrame(1002, "a frame without a mask")
    if size >= SHORT:
        wide = 2 if size == SHORT else 8
        if have < 2 + wide:
            return None
        size, start = int.from_bytes(data[at + 2 : at + 2 + wide]), start + wide
        if size > MAX_BYTES:
            raise BadFrame(1009, "too long a frame")
    return start, start + size
