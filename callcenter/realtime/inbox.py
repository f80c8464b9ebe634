"""What comes from the caller's socket, as the line's events.

Nearly all of it is frames: a socket that can offers each to `take_now` as it comes, and
no reader has to wake up for it.
"""

import asyncio
from collections.abc import Callable

from callcenter.bridge import events as b
from callcenter.realtime.inflow import Inflow
from callcenter.wire import media
from callcenter.wire.sockets import MediaSocket, PromptSocket, SocketClosed


class CallerInbox:
    """One stream's."""

    def __init__(
        self, on_event: Callable[[b.Event], None], on_key: Callable[[str], None]
    ) -> None:
        self.frames = 0
        self.malformed = 0
        self._on_event = on_event
        self._on_key = on_key
        self._inflow = Inflow()

    async def run(self, socket: MediaSocket) -> str:
        """Read until the stream ends; returns why it did. Cancelling is safe."""
        if isinstance(socket, PromptSocket):
            socket.offer(self.take_now)
        while True:
            try:
                text = await socket.receive()
                message = media.parse_from_twilio(text)
            except media.Malformed:
                self.malformed += 1
                continue
            except SocketClosed:
                return "the caller's socket closed"
            if isinstance(text, bytes):  # Twilio sends none
                self.malformed += 1
            elif isinstance(message, media.Stopped):
                return "the stream stopped"
            else:
                self._take(message)

    def take_now(self, text: bytes) -> bool:
        """Take a frame or a mark; everything else is left to `run`."""
        try:
            message = media.parse_from_twilio(text)
        except media.Malformed:
            return False
        if isinstance(message, media.Frame | media.MarkEcho):
            self._take(message)
            return True
        return False

    def missing(self, now_s: float) -> int:
        """How much silence must stand in for frames that did not come, in ms."""
        return self._inflow.missing(now_s)

    def _take(self, message: media.FromTwilio | None) -> None:
        match message:
            case media.Frame(timestamp_ms=timestamp_ms, audio=audio):
                if self._inflow.admit(asyncio.get_running_loop().time()):
                    self.frames += 1
                    self._on_event(b.CallerFrame(timestamp_ms, audio))
                else:
                    self.malformed += 1
            case media.MarkEcho(name):
                self._on_event(b.MarkReturned(name))
            case media.Digit(digit):
                self._on_key(digit)
            case _:  # a second start, or something that we don't know
                self.malformed += 1
