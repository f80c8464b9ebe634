"""Files that grow with the call, and go when they are old."""
# ruff: noqa: ASYNC240  # a test may wait for its own disk

import asyncio
import signal
import stat
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from io import FileIO
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs
from typing_extensions import override

from callcenter.domain.ids import CallId
from callcenter.storage import recordings as module
from callcenter.storage.recordings import MOST_BLOCKS, Recordings
from callcenter.wire.mulaw import silence
from callcenter.wire.wav import HEADER_BYTES, stereo
from tests.fakes.listening import played

CALL = CallId("call_1")
NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = b"\x01" * 8000
BLOCK = stereo(SECOND, silence(1000))


class Clock:
    """It stands still until somebody moves it."""

    def __init__(self) -> None:
        self.time = NOON

    def now(self) -> datetime:
        return self.time


def never(reason: str) -> None:
    raise AssertionError(reason)


@asynccontextmanager
async def writing(
    folder: Path, clock: Clock | None = None
) -> AsyncIterator[Recordings]:
    recordings = Recordings(folder, days=30, now=(clock or Clock()).now)
    async with asyncio.TaskGroup() as tasks:
        writer = tasks.create_task(recordings.run())
        yield recordings
        writer.cancel()


async def test_what_was_kept_is_in_the_file_before_the_end(tmp_path: Path) -> None:
    async with writing(tmp_path) as recordings:
        recording = recordings.begin(CALL, never)
        for _ in range(2):
            recording.keep(BLOCK)
            assert await recordings.flush(5)
        caller, agent = played(Path(recording.path))
        assert (caller, agent) == (SECOND * 2, silence(2000))
        recording.close()
        recording.keep(BLOCK)
        assert await recordings.flush(5)
        assert played(Path(recording.path))[0] == caller


async def test_a_file_is_named_by_its_call_and_moment_and_for_nobody_else(
    tmp_path: Path,
) -> None:
    async with writing(tmp_path / "new" / "folder") as recordings:
        recording = recordings.begin(CALL, never)
        assert await recordings.flush(5)
        path = Path(recording.path)
        assert path.name == "call_1-20260302T120000000000Z.wav"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert played(path) == (b"", b"")


async def test_a_file_that_was_cut_off_anywhere_is_played_up_to_there(
    tmp_path: Path,
) -> None:
    async with writing(tmp_path) as recordings:
        recording = recordings.begin(CALL, never)
        recording.keep(BLOCK)
        assert await recordings.flush(5)
    file = Path(recording.path).read_bytes()
    for length in (*range(HEADER_BYTES, HEADER_BYTES + 9), len(file) - 1, len(file)):
        caller, _ = played(file[:length])
        assert caller == SECOND[: (length - HEADER_BYTES) // 4]


KILLED = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from callcenter.storage.recordings import Recordings

async def main():
    async with asyncio.TaskGroup() as tasks:
        now = lambda: datetime.now(UTC)
        recordings = Recordings(Path(sys.argv[1]), days=1, now=now)
        tasks.create_task(recordings.run())
        recording = recordings.begin("call_1", print)
        while True:
            recording.keep(bytes([1]) * 32000)
            await recordings.flush(5)
            print(recording.path, flush=True)

asyncio.run(main())
"""


def test_what_was_written_before_the_process_was_killed_can_be_heard(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, tmp_path], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().strip() for _ in range(5)]
        process.send_signal(signal.SIGKILL)
    caller, agent = played(Path(lines[0]))
    assert len(caller) == len(agent) >= 5 * 8000


class Full:
    """A disk with room for so many bytes, and then no more."""

    def __init__(self, room: int) -> None:
        self.room = room

    def __call__(self, path: Path, mode: str) -> FileIO:
        disk = self

        class File(FileIO):
            @override
            def write(self, data: Any) -> int:
                taken = data[: disk.room]
                disk.room -= len(taken)
                return super().write(taken)

        return File(path, mode)


async def test_a_full_disk_ends_the_recording_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FileIO", Full(3 * len(BLOCK)))
    reasons: list[str] = []
    with capture_logs() as logs:
        async with writing(tmp_path) as recordings:
            recording = recordings.begin(CALL, reasons.append)
            for _ in range(5):
                recording.keep(BLOCK)
                assert await recordings.flush(5)
    assert reasons == ["the disk is full"]
    (warning,) = [line for line in logs if line["event"] == "recording_failed"]
    assert warning["log_level"] == "warning"
    assert len(played(Path(recording.path))[0]) == 2 * 8000


async def test_a_folder_that_cannot_be_written_ends_the_recording(
    tmp_path: Path,
) -> None:
    (tmp_path / "recordings").write_text("a file is in the way")
    reasons: list[str] = []
    async with writing(tmp_path / "recordings") as recordings:
        recordings.begin(CALL, reasons.append)
        assert await recordings.flush(5)
    assert len(reasons) == 1


async def test_no_file_is_written_twice(tmp_path: Path) -> None:
    reasons: list[str] = []
    async with writing(tmp_path) as recordings:
        first = recordings.begin(CALL, never)
        first.keep(BLOCK)
        recordings.begin(CALL, reasons.append)  # at the very same moment
        assert await recordings.flush(5)
    assert reasons == ["File exists"]
    assert played(Path(first.path))[0] == SECOND


async def test_a_disk_that_is_too_slow_ends_the_recording_not_the_memory(
    tmp_path: Path,
) -> None:
    reasons: list[str] = []
    recordings = Recordings(tmp_path, days=30, now=Clock().now)  # nobody writes
    recording = recordings.begin(CALL, reasons.append)
    for _ in range(2 * MOST_BLOCKS):
        recording.keep(BLOCK)
    assert reasons == ["the disk is too slow"]
    assert not await recordings.flush(0.01)


async def test_a_failed_recording_takes_no_other_with_it(tmp_path: Path) -> None:
    clock = Clock()
    async with writing(tmp_path, clock) as recordings:
        good = recordings.begin(CALL, never)
        slow = recordings.begin(CallId("call_2"), lambda _: None)
        for _ in range(2 * MOST_BLOCKS):
            slow.keep(BLOCK)
        good.keep(BLOCK)
        good.close()
        assert await recordings.flush(5)
    assert played(Path(good.path))[0] == SECOND


async def test_a_file_ends_before_its_size_no_longer_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MOST_BYTES", len(BLOCK))
    reasons: list[str] = []
    async with writing(tmp_path) as recordings:
        recording = recordings.begin(CALL, reasons.append)
        recording.keep(BLOCK)
        recording.keep(BLOCK[:4])
        assert await recordings.flush(5)
    assert reasons == ["the file is as long as it can be"]


async def test_recordings_go_when_they_are_old(tmp_path: Path) -> None:
    clock = Clock()
    (tmp_path / "holiday.wav").write_bytes(b"not ours")
    async with writing(tmp_path, clock) as recordings:
        old = recordings.begin(CALL, never)
        clock.time += timedelta(days=1)
        young = recordings.begin(CALL, never)
        assert await recordings.flush(5)
        clock.time = NOON + timedelta(days=30)
        assert await recordings.purge() == 0
        clock.time += timedelta(seconds=1)
        assert await recordings.purge() == 1
    assert not Path(old.path).exists()
    assert Path(young.path).exists()
    assert (tmp_path / "holiday.wav").exists()


async def test_a_recording_that_cannot_be_deleted_keeps_no_other(
    tmp_path: Path,
) -> None:
    clock = Clock()
    (tmp_path / "call_0-20260101T120000000000Z.wav").mkdir()
    (tmp_path / "call_1-20260101T120000000000Z.wav").touch()
    with capture_logs() as logs:
        assert await Recordings(tmp_path, days=30, now=clock.now).purge() == 1
    assert [line["event"] for line in logs] == ["recording_not_deleted"]


async def test_no_folder_is_no_reason_to_fail(tmp_path: Path) -> None:
    nowhere = Recordings(tmp_path / "nowhere", days=30, now=Clock().now)
    assert await nowhere.purge() == 0
