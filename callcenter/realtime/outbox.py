"""What waits to be sent: to the caller's socket, and to the model's.

Nobody who handles audio waits for a socket: it is put here, and one writer for each
socket sends it. Both are bounded.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

from callcenter.domain.ids import StreamSid
from callcenter.wire.media import Clear, ToTwilio, render_to_twilio
from callcenter.wire.sockets import MediaSocket, PromptSocket, SocketClosed

SEND_SECONDS: Final = 5.0
"""Twilio reads faster than real time; a socket that blocks this long is dead."""

MAX_MESSAGES: Final = 20_000
"""Some ten minutes of speech, which no agent says in one breath."""

MAX_FRAMES: Final = 250
"""Five seconds of the caller's voice; older than that, it would only confuse."""


class CallerOutbox:
    """Messages for Twilio, in order; a clear overtakes the audio that it drops.

    One that is being sent already is not dropped, and the clear follows it.
    """

    def __init__(self) -> None:
        self._messages: deque[ToTwilio] = deque(maxlen=MAX_MESSAGES)
        self._some = asyncio.Event()
        self._sending = False
        self._prompt: PromptSocket | None = None
        self._stream_sid = StreamSid("")

    def put(self, message: ToTwilio) -> None:
        """Send it at once, if the socket takes it; otherwise when its turn comes."""
        if self._messages or self._sending or not self._sent_now(message):
            self._messages.append(message)
            self._some.set()

    def _sent_now(self, message: ToTwilio) -> bool:
        return self._prompt is not None and self._prompt.send_now(
            render_to_twilio(message, self._stream_sid)
        )

    def clear(self) -> None:
        """Drop what has not been sent, and have Twilio drop what it has not played."""
        self._messages.clear()
        self.put(Clear())

    async def run(self, socket: MediaSocket, stream_sid: StreamSid) -> None:
        """Send until cancelled, or until the socket is closed."""
        self._stream_sid = stream_sid
        self._prompt = socket if isinstance(socket, PromptSocket) else None
        try:
            while True:
                await self._some.wait()
                while self._messages:
                    message = self._next()
                    self._sending = True
                    async with asyncio.timeout(SEND_SECONDS):
                        await socket.send(render_to_twilio(message, stream_sid))
                    self._sending = False
                self._some.clear()
        except TimeoutError:
            await socket.close(1011, "too slow")
        except SocketClosed:
            return  # the reader sees it too, and ends the stream
        finally:
            self._prompt = None
            self._sending = False

    def _next(self) -> ToTwilio:
        return self._messages.popleft()


class ModelOutbox:
    """The caller's audio; the oldest is dropped when the model's socket is slow."""

    def __init__(self) -> None:
        self._frames: deque[bytes] = deque()
        self._some = asyncio.Event()
        self._sending = False
        self.dropped = 0

    @property
    def empty(self) -> bool:
        """Whether nothing waits that would have to go first."""
        return not self._frames and not self._sending

    def put(self, audio: bytes) -> None:
        if len(self._frames) >= MAX_FRAMES:
            self._frames.popleft()
            self.dropped += 1
        self._frames.append(audio)
        self._some.set()

    async def run(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        """Send until cancelled; frames are joined only when they have queued up."""
        while True:
            await self._some.wait()
            self._some.clear()
            audio = b"".join(self._frames)
            self._frames.clear()
            if audio:
                self._sending = True
                await send(audio)
                self._sending = False
