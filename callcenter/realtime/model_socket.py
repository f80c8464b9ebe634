"""The model's WebSocket: the library's own, past whose queue the audio goes.

Audio is nearly all there is, both ways, and has no use for a queue, a task that wakes
up for it, and an object of every layer: it is read and written here. Everything else,
and audio behind something that is still being handled, goes the library's way.
"""

from binascii import b2a_base64
from collections.abc import Callable
from secrets import token_bytes
from typing import Final, Literal

import msgspec
from typing_extensions import override
from websockets.asyncio.client import ClientConnection
from websockets.frames import Frame, Opcode, apply_mask  # type: ignore[attr-defined]  # in C, or else in Python
from websockets.http11 import Response
from websockets.protocol import State

Play = Callable[[str, str, bytes], None]
"""Told the item, the response, and their audio."""

DATA: Final = frozenset({Opcode.TEXT, Opcode.BINARY, Opcode.CONT})

WHOLE_TEXT: Final = 0x81
MASKED: Final = 0x80
SHORT: Final = 126
LONGEST: Final = 0xFFFF
"""With a length of two bytes: six seconds of sound. More would be no frame of ours."""


class AudioDelta(msgspec.Struct):
    """Some audio of the agent's; base64 in the message."""

    type: Literal["response.output_audio.delta"]
    item_id: str
    response_id: str
    delta: bytes


_audio_delta: Final = msgspec.json.Decoder(AudioDelta)


class ModelSocket(ClientConnection):
    """Give it a `play`, and call `handled` after each message that was received."""

    play: Play | None = None
    _waiting: int = 0

    @override
    def process_event(self, event: Frame | Response) -> None:  # type: ignore[override]
        if isinstance(event, Frame) and event.opcode in DATA:
            if event.fin and not self._waiting and self._played(event):
                return
            self._waiting += event.fin
        super().process_event(event)

    def handled(self) -> None:
        """A message that was received has been dealt with."""
        self._waiting = max(self._waiting - 1, 0)

    def _played(self, frame: Frame) -> bool:
        if self.play is None or frame.opcode is not Opcode.TEXT:
            return False
        try:
            found = _audio_delta.decode(frame.data)
        except msgspec.MsgspecError:
            return False
        self.play(found.item_id, found.response_id, found.delta)
        return True

    def append_now(self, audio: bytes) -> bool:
        """Send the caller's audio at once; False when the socket cannot take it now.

        The same message as the SDK's, without an object that is built and validated
        first, and without `send`'s locks: those keep the parts of a message together,
        and nobody sends one in parts here.
        """
        if self.paused or self.protocol.state is not State.OPEN:
            return False
        encoded = b2a_base64(audio, newline=False)
        text = b'{"type":"input_audio_buffer.append","audio":"' + encoded + b'"}'
        if len(text) > LONGEST:
            return False
        self.transport.write(_masked(text))
        return True


def _masked(text: bytes) -> bytes:
    """One whole frame of a client's (RFC 6455, 5.2 and 5.3)."""
    size, mask = len(text), token_bytes(4)
    if size < SHORT:
        head = bytes((WHOLE_TEXT, MASKED | size))
    else:
        head = bytes((WHOLE_TEXT, MASKED | SHORT)) + size.to_bytes(2)
    return head + mask + apply_mask(text, mask)
