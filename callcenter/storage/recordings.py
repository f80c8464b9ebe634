"""Recordings: a WAV file for each stream, written as it goes, deleted when it is old.

The call path hands sound over and never waits. One writer brings it to the disk; each
write ends with a header that fits, so a file that was cut off can still be played. A
disk that is full or slow ends a recording, never a call.
"""

import asyncio
import re
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from io import SEEK_END, FileIO
from pathlib import Path
from typing import Final

import structlog

from callcenter.domain.ids import CallId
from callcenter.wire.wav import MOST_BYTES, header

MOST_BLOCKS: Final = 30
"""Some seconds of sound each. A disk that is so far behind will not catch up."""

_STAMP: Final = "%Y%m%dT%H%M%S%f"
_NAME: Final = re.compile(r".+-(\d{8}T\d{12})Z\.wav")

_log: Final = structlog.get_logger(__name__)


class _File:
    """One WAV file. Its methods wait for the disk, and raise OSError."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: FileIO | None = None
        self._size = 0

    def write(self, sound: bytes) -> None:
        """Add sound; a crash at any moment leaves what was there before it."""
        if self._file is None:
            self._file = self._create()
        if self._size + len(sound) > MOST_BYTES:
            raise OSError("the file is as long as it can be")
        self._put(self._file, sound)
        self._size += len(sound)
        self._file.seek(0)
        self._put(self._file, header(self._size))
        self._file.seek(0, SEEK_END)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _create(self) -> FileIO:
        """What people said on the telephone is for nobody else's eyes."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path.touch(mode=0o600, exist_ok=False)
        file = FileIO(self._path, "r+")
        self._put(file, header(0))
        return file

    def _put(self, file: FileIO, data: bytes) -> None:
        if file.write(data) != len(data):
            raise OSError("the disk is full")


class Recording:
    """One stream's. Neither method waits or raises; a failure is told to `on_failed`.

    That may be in the middle of `keep`. Afterwards nothing more is written.
    """

    def __init__(
        self, path: Path, *, on_failed: Callable[[str], None], wake: Callable[[], None]
    ) -> None:
        self.path = str(path)
        self._on_failed = on_failed
        self._wake = wake
        self._file = _File(path)
        self._blocks: deque[bytes] = deque([b""])  # so that there is a file at once
        self._closed = False

    @property
    def due(self) -> bool:
        """Whether there is something for the disk."""
        return bool(self._blocks) or self._closed

    def keep(self, sound: bytes) -> None:
        """Have more sound written."""
        if self._closed:
            return
        if len(self._blocks) >= MOST_BLOCKS:
            self._fail("the disk is too slow")
            return
        self._blocks.append(sound)
        self._wake()

    def close(self) -> None:
        """Nothing follows."""
        self._closed = True
        self._wake()

    async def store(self) -> bool:
        """Bring what is due to the disk. False: this was the last of it."""
        sound, last = b"".join(self._blocks), self._closed
        self._blocks.clear()
        try:
            await asyncio.to_thread(self._file.write, sound)
        except OSError as error:
            self._fail(error.strerror or str(error))
            last = True
        if last:
            with suppress(OSError):
                await asyncio.to_thread(self._file.close)
        return not last

    def abandon(self) -> None:
        """The process ends: what is on the disk must do."""
        with suppress(OSError):
            self._file.close()

    def _fail(self, reason: str) -> None:
        self._blocks.clear()
        self._closed = True
        _log.warning("recording_failed", path=self.path, reason=reason)
        self._on_failed(reason)
        self._wake()


class Recordings:
    """The folder of them. Run `run()` while there are calls; then `flush()`."""

    def __init__(self, folder: Path, *, days: int, now: Callable[[], datetime]) -> None:
        self._folder = folder
        self._keep_for = timedelta(days=days)
        self._now = now
        self._open: list[Recording] = []
        self._due = asyncio.Event()
        self._idle = asyncio.Event()

    def begin(self, call_id: CallId, on_failed: Callable[[str], None]) -> Recording:
        """Make a new file for a stream of this call, named by it and by the moment."""
        name = f"{call_id}-{self._now().astimezone(UTC):{_STAMP}}Z.wav"
        recording = Recording(self._folder / name, on_failed=on_failed, wake=self._wake)
        self._open.append(recording)
        self._wake()
        return recording

    async def run(self) -> None:
        """Write what is handed over, until cancelled."""
        try:
            while True:
                await self._due.wait()
                self._due.clear()
                for recording in [one for one in self._open if one.due]:
                    if not await recording.store():
                        self._open.remove(recording)
                if not self._due.is_set():
                    self._idle.set()
        finally:
            for recording in self._open:
                recording.abandon()

    async def flush(self, timeout_s: float) -> bool:
        """Wait until everything handed over so far is written. False: it is not yet."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._due.is_set() or any(one.due for one in self._open):
                    self._idle.clear()
                    await self._idle.wait()
            return True
        return False

    async def purge(self) -> int:
        """Delete what is older than it may be; returns how many files that were."""
        return await asyncio.to_thread(self._purge, self._now() - self._keep_for)

    def _purge(self, before: datetime) -> int:
        """By the moment in their names: a copy or a backup has another one."""
        deleted = 0
        for path in self._folder.glob("*.wav"):
            named = _NAME.fullmatch(path.name)
            if named is None:
                continue  # not one of ours
            began = datetime.strptime(named[1], _STAMP).replace(tzinfo=UTC)
            if began >= before:
                continue
            try:
                path.unlink(missing_ok=True)
                deleted += 1
            except OSError as error:
                _log.warning("recording_not_deleted", path=str(path), reason=str(error))
        return deleted

    def _wake(self) -> None:
        self._due.set()
