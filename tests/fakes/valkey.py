"""A Valkey or Redis server of our own, on a socket in a folder of its own."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import pytest_asyncio


class Server:
    """May be stopped and started again, at the same address."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "socket"
        self._process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    async def start(self) -> None:
        program = shutil.which("valkey-server") or shutil.which("redis-server")
        if program is None:
            pytest.skip("no Valkey or Redis server is installed (Debian: redis-server)")
        self._process = await asyncio.create_subprocess_exec(
            *(program, "--port", "0", "--save", "", "--unixsocket", str(self._socket)),
            stdout=asyncio.subprocess.DEVNULL,
        )
        async with asyncio.timeout(5):
            while not self._socket.exists():  # noqa: ASYNC110  # a file says nothing
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            await self._process.wait()
            self._process = None
        self._socket.unlink(missing_ok=True)


@asynccontextmanager
async def server() -> AsyncIterator[Server]:
    with TemporaryDirectory(prefix="valkey-") as folder:
        one = Server(Path(folder))
        await one.start()
        try:
            yield one
        finally:
            await one.stop()


@pytest_asyncio.fixture
async def valkey() -> AsyncIterator[Server]:
    async with server() as one:
        yield one
