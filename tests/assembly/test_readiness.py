"""`/readyz` tells the truth about the database, and costs little."""

import asyncio
from pathlib import Path

import pytest

from callcenter.assembly import readiness
from callcenter.assembly.readiness import Readiness
from callcenter.errors import StorageError
from tests.fakes.asking import asking
from tests.fakes.center import center


class Watch:
    """A clock that a test sets."""

    ms = 0

    def now(self) -> None:
        raise AssertionError

    def steady_ms(self) -> int:
        return self.ms


class Checks:
    """A database's check: how often it was asked, and what it says."""

    def __init__(self, *, says: str = "", hangs: bool = False) -> None:
        self.times = 0
        self.says = says
        self.hangs = hangs

    async def __call__(self) -> None:
        self.times += 1
        await asyncio.sleep(0)
        if self.hangs:
            await asyncio.Event().wait()
        if self.says:
            raise StorageError(self.says)


async def test_a_database_is_tried_once_a_second_however_many_ask() -> None:
    watch, checks = Watch(), Checks()
    ready = Readiness(lambda: (), checks, watch)  # type: ignore[arg-type]
    async with asyncio.TaskGroup() as tasks:
        for _ in range(50):
            tasks.create_task(ready())
    assert checks.times == 1
    checks.says = "It is gone."
    watch.ms = readiness.FRESH_MS - 1
    assert await ready() == []
    watch.ms = readiness.FRESH_MS
    assert await ready() == ["It is gone."]
    checks.says = ""
    watch.ms += readiness.FRESH_MS
    assert await ready() == []


async def test_a_database_that_hangs_does_not_hang_the_probe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.05)
    ready = Readiness(lambda: ("It drains.",), Checks(hangs=True), Watch())  # type: ignore[arg-type]
    async with asyncio.timeout(2):
        assert await ready() == ["It drains.", readiness.TOO_SLOW]


async def test_what_is_known_anyhow_is_not_said_twice() -> None:
    ready = Readiness(lambda: ("Gone.",), Checks(says="Gone."), Watch())  # type: ignore[arg-type]
    assert await ready() == ["Gone."]


async def test_a_node_whose_database_is_deleted_is_not_ready(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "FRESH_MS", 0)
    async with center(tmp_path) as here, asking(here.address) as probe:
        before = await probe.client.get(f"{here.address}/readyz")
        assert before.status_code == 200
        (tmp_path / "callcenter.db").unlink()
        after = await probe.client.get(f"{here.address}/readyz")
        assert after.status_code == 503
        (reason,) = after.json()["reasons"]
        assert "is gone" in reason
