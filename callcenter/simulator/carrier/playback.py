"""Twilio's buffer of what the server sent: one queue of audio and marks.

It plays 8000 bytes a second. A mark comes back when the audio before it has played, at
once if there is none, and on `clear` together with all others: the server can't tell a
mark that was reached from one that was cleared.
"""

from collections import deque

from callcenter.wire.mulaw import FRAME_BYTES, SILENCE


class Playback:
    """Pure: the caller brings the clock by calling `tick` every 20 ms."""

    def __init__(self, limit_bytes: int | None = None) -> None:
        self._queue: deque[bytes | str] = deque()
        self._playing: list[str] = []
        """Marks inside the frame now playing: due when it is over."""
        self._sounding = False
        self._limit_bytes = limit_bytes
        self.queued_bytes = 0

    def play(self, audio: bytes) -> bool:
        """Queue audio. False: the buffer is full, and the audio is lost."""
        total = self.queued_bytes + len(audio)
        if self._limit_bytes is not None and total > self._limit_bytes:
            return False
        if audio:
            self._queue.append(audio)
            self.queued_bytes = total
        return True

    def mark(self, name: str) -> list[str]:
        """Queue a mark; return it if there is nothing to wait for."""
        if not self._queue and not self._sounding:
            return [name]
        self._queue.append(name)
        return []

    def clear(self) -> list[str]:
        """Drop the audio; return all marks that waited, in order."""
        marks = self._playing + [part for part in self._queue if isinstance(part, str)]
        self._queue.clear()
        self._playing = []
        self.queued_bytes = 0
        return marks

    def tick(self) -> tuple[bytes, list[str]]:
        """20 ms later: the next frame to hear, and the marks that were reached."""
        reached, self._playing = self._playing, []
        reached += self._leading_marks()
        frame = self._take_frame()
        self._sounding = bool(frame)
        return frame.ljust(FRAME_BYTES, SILENCE), reached

    def _leading_marks(self) -> list[str]:
        marks: list[str] = []
        while self._queue and isinstance(head := self._queue[0], str):
            marks.append(head)
            self._queue.popleft()
        return marks

    def _take_frame(self) -> bytes:
        frame = b""
        while self._queue and len(frame) < FRAME_BYTES:
            part = self._queue.popleft()
            if isinstance(part, str):
                self._playing.append(part)
                continue
            room = FRAME_BYTES - len(frame)
            frame += part[:room]
            if part[room:]:
                self._queue.appendleft(part[room:])
        self.queued_bytes -= len(frame)
        return frame
