"""A server in its own process, on its own core, and what the kernel knows of it."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from bench.samples import NS_PER_MS

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 10.0
_TICKS_PER_S: Final = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """The server's core and the far ends'; the same one when there is but one."""
    ours = sorted(os.sched_getaffinity(0))
    return ours[0], ours[-1]


def pin(pid: int, core: int) -> None:
    """Keep a process on a core; where that is forbidden, it goes where it likes."""
    with suppress(OSError):
        os.sched_setaffinity(pid, {core})


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


class Process:
    """A running process."""

    def __init__(self, pid: int) -> None:
        self._proc = Path("/proc") / str(pid)

    def cpu_ms(self) -> float:
        """Processor time so far, in the kernel and out of it."""
        fields = (self._proc / "stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / _TICKS_PER_S

    def waited_ms(self) -> float:
        """How long its main thread could have run so far, but others had its core."""
        try:
            return int((self._proc / "schedstat").read_text().split()[1]) / NS_PER_MS
        except OSError:  # some kernels do not count it
            return 0.0

    def memory_kb(self) -> int:
        """What it holds: its share of memory that others hold, too, counts in part.

        Where the kernel does not tell, all of it counts.
        """
        rollup, status = self._proc / "smaps_rollup", self._proc / "status"
        told = (rollup if rollup.exists() else status).read_text()
        for line in told.splitlines():
            if line.startswith(("Pss:", "VmRSS:")):
                return int(line.split()[1])
        raise AssertionError("the kernel always tells one of them")


@asynccontextmanager
async def running(
    arguments: Sequence[str],
    *,
    port: int,
    core: int,
    folder: Path,
    environment: Mapping[str, str],
) -> AsyncIterator[Process]:
    """Run `python -m …` until the block is left; wait until it listens."""
    with (folder / "server.log").open("ab") as log:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            *arguments,
            cwd=folder,
            env={"PYTHONPATH": str(Path(__file__).parent.parent), **environment},
            stdout=log,
            stderr=log,
        )
    pin(child.pid, core)
    try:
        await _listening(child, port, folder)
        yield Process(child.pid)
    finally:
        if child.returncode is None:
            child.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_SECONDS):
                await child.wait()
        except TimeoutError:
            child.kill()
            await child.wait()


async def _listening(
    child: asyncio.subprocess.Process, port: int, folder: Path
) -> None:
    async with asyncio.timeout(START_SECONDS):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                if child.returncode is not None:
                    log = (folder / "server.log").read_text()
                    raise RuntimeError(f"It did not start:\n{log}") from None
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return
