"""The server as a process of its own: to be told to end, or to be killed."""

import asyncio
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import callcenter
from tests.fakes.center import OPERATORS

START_S = 60.0
"""A process imports everything anew, on a machine that may be busy."""

ROOT = Path(callcenter.__file__).parents[1]
"""The very package that is tested, wherever another one may be installed."""


@asynccontextmanager
async def serving(
    folder: Path, environment: Mapping[str, str], *, port: int = 0
) -> AsyncIterator[tuple[Process, str]]:
    """`callcenter serve`; the process, and its address. It is gone afterwards."""
    (folder / "operators.toml").write_text(OPERATORS)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "callcenter", "serve"),
        *("--host", "127.0.0.1", "--port", str(port)),
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
        stderr=PIPE,
    )
    try:
        async with asyncio.TaskGroup() as tasks:
            address = await _address(process)
            reading = tasks.create_task(_read_on(process))
            yield process, address
            with suppress(ProcessLookupError):
                process.kill()
            await reading
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _address(process: Process) -> str:
    assert process.stderr is not None
    async with asyncio.timeout(START_S):
        while line := await process.stderr.readline():
            if b'"serving"' in line:
                return str(json.loads(line)["address"])
    raise AssertionError("the server did not start")


async def _read_on(process: Process) -> None:
    """A log that nobody reads would block the server."""
    assert process.stderr is not None
    while await process.stderr.readline():
        pass
